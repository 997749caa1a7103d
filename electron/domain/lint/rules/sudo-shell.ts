/** Rule sudo.shell. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt } from '../shell/invocations.ts';
import { optionsOf } from '../shell/options.ts';

export const sudoShell: CommandRule = {
  id: 'sudo.shell',
  scope: 'command',
  severity: 'error',
  title: 'No root shell inside a step',
  why: 'What is typed after it belongs to no step. The step hangs, and nobody sees when it is root that types.',
  remedy: 'Put `sudo` before each command that needs it, and let `sudo -v` be a check of its own.',
  bad: 'sudo -i',
  good: 'sudo -n systemctl reload nginx',
  check,
};

function check(command: ShellText): readonly Hit[] {
  const sudo = calls(command, 'sudo').filter(({ args }) => {
    const options = optionsOf(args, { short: 'ugCDhpRrTtU', long: [], stop: true });
    const [first] = options.rest;
    if (first === undefined) return options.has('i', 's', '--login', '--shell');
    return (
      ['su', 'bash', 'sh', 'zsh'].includes(first.value) &&
      options.rest.every(({ value }) => !value.includes('c'))
    );
  });
  const su = calls(command, 'su').filter(
    (call) => call.via.length === 0 && !call.args.some(({ value }) => /^-\w*c$|^--command/.test(value)),
  );
  return [...sudo, ...su].map((call) => hitAt(command, call, 'This opens a shell that stays open.'));
}
