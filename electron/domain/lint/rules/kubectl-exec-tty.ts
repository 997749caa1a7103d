/** Rule kubectl.exec-tty. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { kubectl } from '../shell/tools.ts';

export const kubectlExecTty: CommandRule = {
  id: 'kubectl.exec-tty',
  scope: 'command',
  severity: 'error',
  title: 'kubectl exec must not ask for a terminal',
  why: 'With `-t` the terminal turns line ends around and mixes errors into the output. A dump that goes through it is broken.',
  remedy: 'Use `-i` alone.',
  bad: 'kubectl exec -it -n mazevault deploy/mazevault-backend -- pg_dump -Fc',
  good: 'kubectl exec -i -n mazevault deploy/mazevault-backend -- pg_dump -Fc',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return kubectl(command)
    .filter((sub) => sub.name === 'exec')
    .flatMap((sub) => {
      const found = sub.options.first('t', '--tty');
      return found === null || found.value === 'false'
        ? []
        : [hitAt(command, sub.call, 'The terminal changes what comes through it.', found.word)];
    });
}
