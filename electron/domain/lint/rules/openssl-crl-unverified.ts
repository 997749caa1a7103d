/** Rule openssl.crl-unverified. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt } from '../shell/invocations.ts';

export const opensslCrlUnverified: CommandRule = {
  id: 'openssl.crl-unverified',
  scope: 'command',
  severity: 'error',
  title: 'A revocation list is checked by its signature',
  why: 'Dates alone are printed for the list of any issuer, and for one that somebody made up. No rule says what passes.',
  remedy: 'Verify it (`openssl crl -noout -verify -CAfile ca.pem`), and expect a limit on `nextUpdate`.',
  bad: 'openssl crl -in full.crl -noout -lastupdate -nextupdate',
  good: 'openssl crl -in full.crl -noout -nextupdate -verify -CAfile ca.pem',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return calls(command, 'openssl')
    .filter(
      ({ args }) =>
        args[0]?.value === 'crl' && !args.some((word) => /^-(?:verify|CAfile|CApath)$/.test(word.value)),
    )
    .map((call) => hitAt(command, call, 'Neither signature nor issuer of the list is checked.'));
}
