/** Rule helm.no-history. */
import type { Hit, SequenceRule, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { helm } from '../shell/tools.ts';

export const helmNoHistory: SequenceRule = {
  id: 'helm.no-history',
  scope: 'sequence',
  severity: 'error',
  title: 'The revision to go back to must be recorded',
  why: 'After a failed upgrade nobody knows for sure which revision worked, and a release that is stuck in `pending-upgrade` is not seen before.',
  remedy:
    'Run `helm history -o json` first: the last one must be `deployed`, and its revision is kept for the rollback.',
  bad: 'helm upgrade mazevault ./mazevault-1.0.17.tgz -n mazevault --wait',
  good: `helm history mazevault -n mazevault --max 1 -o json
helm upgrade mazevault ./mazevault-1.0.17.tgz -n mazevault --wait`,
  check,
};

function check(commands: readonly ShellText[]): readonly Hit[] {
  const recorded = commands.some((command) =>
    helm(command).some(({ name }) => name === 'history' || name === 'status'),
  );
  if (recorded) return [];
  return commands.flatMap((command) =>
    helm(command)
      .filter(({ name, options }) => name === 'upgrade' && !options.has('--dry-run', 'i', '--install'))
      .slice(0, 1)
      .map(({ call }) => hitAt(command, call, 'The revision that works now is not recorded.')),
  );
}
