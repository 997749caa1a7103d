/** Rule shell.set-e. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt } from '../shell/invocations.ts';

export const shellSetE: CommandRule = {
  id: 'shell.set-e',
  scope: 'command',
  severity: 'warning',
  title: 'No set -e in a shell that stays',
  why: 'It ends the session at the first command that fails, and everything that was set in it is gone, in the middle of a change.',
  remedy: "Use `&&` or `|| exit`, or put the commands into `sh -c '…'`.",
  bad: `set -e
systemctl reload nginx`,
  good: 'systemctl reload nginx && systemctl is-active nginx',
  examples: 'document',
  check,
};

function check(command: ShellText): readonly Hit[] {
  if (command.role !== 'document' && command.interactive !== true) return [];
  return calls(command, 'set')
    .filter((call) => !call.nested && call.via.length === 0 && call.command.after !== ')')
    .flatMap((call) => {
      const word = call.args.find(({ value }) => /^-[a-z]*e[a-z]*$/.test(value) || value === 'errexit');
      return word === undefined
        ? []
        : [hitAt(command, call, 'The first failure ends the shell that people work in.', word)];
    });
}
