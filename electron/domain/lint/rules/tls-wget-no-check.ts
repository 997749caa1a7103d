/** Rule tls.wget-no-check. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt } from '../shell/invocations.ts';

export const tlsWgetNoCheck: CommandRule = {
  id: 'tls.wget-no-check',
  scope: 'command',
  severity: 'error',
  title: 'wget must check certificates',
  why: 'With this option anybody on the way can answer, and what they send is kept as if it were the real file.',
  remedy: 'Name the authority: `--ca-certificate=ca.pem`.',
  bad: 'wget --no-check-certificate https://mirror.internal/backup.tar',
  good: 'wget --ca-certificate=ca.pem https://mirror.internal/backup.tar',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return calls(command, 'wget').flatMap((call) => {
    const word = call.args.find(({ value }) => value === '--no-check-certificate');
    return word === undefined ? [] : [hitAt(command, call, 'wget does not check the certificate.', word)];
  });
}
