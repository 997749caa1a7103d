/** Rule helm.wait. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { helm } from '../shell/tools.ts';

export const helmWait: CommandRule = {
  id: 'helm.wait',
  scope: 'command',
  severity: 'error',
  title: 'Helm needs --wait',
  why: 'Without it Helm ends with success as soon as the objects are written, before one new pod has started.',
  remedy: 'Add `--wait --timeout 10m`.',
  bad: 'helm rollback mazevault 11 -n mazevault',
  good: 'helm rollback mazevault 11 -n mazevault --wait --timeout 10m',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return helm(command)
    .filter((sub) => ['upgrade', 'install', 'rollback'].includes(sub.name))
    .filter((sub) => !sub.options.has('--wait', '--atomic', '--dry-run', '--help', '--rollback-on-failure'))
    .map((sub) => hitAt(command, sub.call, `helm ${sub.name} ends before the pods are ready.`));
}
