/** Rule helm.atomic. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { helm } from '../shell/tools.ts';

export const helmAtomic: CommandRule = {
  id: 'helm.atomic',
  scope: 'command',
  severity: 'error',
  title: 'Helm must not roll back by itself',
  why: '`--atomic` puts the old images back when something fails, on a database that may be migrated already. Nobody decides it.',
  remedy: 'Leave it out, use `--wait`, and decide at a hold with the linked rollback.',
  bad: 'helm upgrade mazevault mazevault/mazevault --version 1.0.17 --wait --atomic',
  good: 'helm upgrade mazevault mazevault/mazevault --version 1.0.17 --wait',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return helm(command).flatMap((sub) => {
    const found = sub.options.first('--atomic', '--rollback-on-failure');
    return found === null
      ? []
      : [hitAt(command, sub.call, `${found.word.value} rolls back without asking anybody.`, found.word)];
  });
}
