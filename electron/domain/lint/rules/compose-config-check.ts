/** Rule compose.config-check. */
import type { Hit, SequenceRule, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { tagEdits } from '../shell/tagEdits.ts';
import { compose } from '../shell/tools.ts';

export const composeConfigCheck: SequenceRule = {
  id: 'compose.config-check',
  scope: 'sequence',
  severity: 'warning',
  title: 'A changed compose file must be checked',
  why: 'A slip of the hand in the file shows only when `up` has already stopped the old containers.',
  remedy: 'Keep a copy, show the difference, and run `docker compose config -q` before `up`.',
  bad: `sed -i.before 's/1\\.0\\.16/1.0.17/' docker-compose.yml
docker compose up -d --wait backend`,
  good: `sed -i.before 's/1\\.0\\.16/1.0.17/' docker-compose.yml
docker compose config -q
docker compose up -d --wait backend`,
  badLine: 2,
  check,
};

function check(commands: readonly ShellText[]): readonly Hit[] {
  const edited = commands.some((command) => tagEdits(command).length > 0);
  const checked = commands.some((command) => compose(command).some(({ name }) => name === 'config'));
  if (!edited || checked) return [];
  return commands.flatMap((command) =>
    compose(command)
      .filter(({ name }) => name === 'up')
      .slice(0, 1)
      .map(({ call }) => hitAt(command, call, 'The changed file goes into use without a check.')),
  );
}
