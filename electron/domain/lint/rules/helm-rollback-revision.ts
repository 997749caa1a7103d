/** Rule helm.rollback-revision. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { helm } from '../shell/tools.ts';

export const helmRollbackRevision: CommandRule = {
  id: 'helm.rollback-revision',
  scope: 'command',
  severity: 'error',
  title: 'helm rollback needs a revision',
  why: 'Without one Helm takes the revision before the last. After a second try that is the failed one.',
  remedy: 'Record the revision before the change (`helm history`), and name it.',
  bad: 'helm rollback mazevault -n mazevault --wait',
  good: 'helm rollback mazevault 11 -n mazevault --wait',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return helm(command)
    .filter((sub) => sub.name === 'rollback' && sub.args.length < 2)
    .map((sub) => hitAt(command, sub.call, 'It is not said which revision Helm goes back to.'));
}
