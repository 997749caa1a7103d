/** Rule compose.pull-order. */
import type { Hit, SequenceRule, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { tagEdits } from '../shell/tagEdits.ts';
import { compose } from '../shell/tools.ts';

export const composePullOrder: SequenceRule = {
  id: 'compose.pull-order',
  scope: 'sequence',
  severity: 'error',
  title: 'Tags must be changed before the pull',
  why: '`pull` fetches the tags that stand in the file. Before the edit those are the old ones; the new images are then fetched during the outage, by `up`.',
  remedy:
    'Change the tags first, check the file (`docker compose config -q`), then pull and compare the digests.',
  bad: `docker compose pull
sed -i.before 's/1\\.0\\.16/1.0.17/' docker-compose.yml
docker compose config -q`,
  good: `sed -i.before 's/1\\.0\\.16/1.0.17/' docker-compose.yml
docker compose config -q
docker compose pull`,
  check,
};

function check(commands: readonly ShellText[]): readonly Hit[] {
  const edits = commands.flatMap((command, i) => tagEdits(command).map((offset) => ({ i, offset })));
  return commands.flatMap((command, i) =>
    compose(command)
      .filter(({ name }) => name === 'pull')
      .filter(({ call }) =>
        edits.some((edit) => edit.i > i || (edit.i === i && edit.offset > call.at(call.word.start))),
      )
      .map(({ call }) =>
        hitAt(command, call, 'The old images are pulled: the tags are changed further down.'),
      ),
  );
}
