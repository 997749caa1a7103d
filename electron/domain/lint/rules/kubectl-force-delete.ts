/** Rule kubectl.force-delete. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { kubectl } from '../shell/tools.ts';

export const kubectlForceDelete: CommandRule = {
  id: 'kubectl.force-delete',
  scope: 'command',
  severity: 'error',
  title: 'Pods must not be deleted by force',
  why: 'The name is free at once while the old process may still run on its node. Two databases then write to one volume.',
  remedy: 'Delete without `--force`, or fence the node first.',
  bad: 'kubectl delete pod postgres-0 -n mazevault --force --grace-period=0',
  good: 'kubectl delete pod postgres-0 -n mazevault',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return kubectl(command).flatMap((sub) => {
    const found = sub.name === 'delete' ? sub.options.first('--force') : null;
    return found === null || found.value === 'false'
      ? []
      : [hitAt(command, sub.call, 'What is deleted may still be running.', found.word)];
  });
}
