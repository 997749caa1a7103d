/** Rule kubectl.disable-eviction. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { kubectl } from '../shell/tools.ts';

export const kubectlDisableEviction: CommandRule = {
  id: 'kubectl.disable-eviction',
  scope: 'command',
  severity: 'error',
  title: 'Drains must respect disruption budgets',
  why: '`--disable-eviction` deletes pods past their disruption budgets. It takes down what the budgets keep up.',
  remedy: 'Leave it out, and find out which budget stops the drain.',
  bad: 'kubectl drain node-3 --ignore-daemonsets --disable-eviction',
  good: 'kubectl drain node-3 --ignore-daemonsets --timeout=10m',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return kubectl(command).flatMap((sub) => {
    const found = sub.name === 'drain' ? sub.options.first('--disable-eviction') : null;
    return found === null || found.value === 'false'
      ? []
      : [hitAt(command, sub.call, 'Disruption budgets are passed over.', found.word)];
  });
}
