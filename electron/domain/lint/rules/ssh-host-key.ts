/** Rule ssh.host-key. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt } from '../shell/invocations.ts';

export const sshHostKey: CommandRule = {
  id: 'ssh.host-key',
  scope: 'command',
  severity: 'error',
  title: 'Host keys must be checked',
  why: 'Without the check whoever answers gets the password and the commands.',
  remedy: 'Compare the fingerprint once and keep it in known_hosts.',
  bad: 'ssh -o StrictHostKeyChecking=no db1.internal uptime',
  good: 'ssh -o StrictHostKeyChecking=yes db1.internal uptime',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return calls(command, 'ssh', 'scp', 'sftp').flatMap((call) => {
    const word = call.args.find(({ value }) =>
      /(?:StrictHostKeyChecking[= ](?:no|off)\b|UserKnownHostsFile[= ]\/dev\/null)/i.test(value),
    );
    return word === undefined ? [] : [hitAt(command, call, `${call.name} trusts whoever answers.`, word)];
  });
}
