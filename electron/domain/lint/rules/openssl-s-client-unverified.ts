/** Rule openssl.s-client-unverified. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt } from '../shell/invocations.ts';

export const opensslSClientUnverified: CommandRule = {
  id: 'openssl.s-client-unverified',
  scope: 'command',
  severity: 'error',
  title: 's_client must end on a bad certificate',
  why: '`openssl s_client` says that a certificate is bad, and goes on. Its status is 0.',
  remedy: 'Add `-verify_return_error`, and `-servername`.',
  bad: 'openssl s_client -connect vault.internal:443 -servername vault.internal </dev/null',
  good: 'openssl s_client -connect vault.internal:443 -servername vault.internal -verify_return_error </dev/null',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return calls(command, 'openssl')
    .filter(
      ({ args }) =>
        args[0]?.value === 's_client' && !args.some((word) => word.value === '-verify_return_error'),
    )
    .map((call) => hitAt(command, call, 's_client goes on with a certificate that is not valid.'));
}
