/** Rule compose.down-volumes. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { compose } from '../shell/tools.ts';

export const composeDownVolumes: CommandRule = {
  id: 'compose.down-volumes',
  scope: 'command',
  severity: 'error',
  title: 'Volumes must not go with the containers',
  why: '`down -v` deletes the named volumes, and the database with them. There is no way back but the backup.',
  remedy: 'Leave `-v` out; remove a single volume by its name, in a step of its own with a confirmation.',
  bad: 'docker compose down -v',
  good: 'docker compose stop backend frontend',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return compose(command).flatMap((sub) => {
    const found = sub.name === 'down' ? sub.options.first('v', '--volumes') : null;
    return found === null
      ? []
      : [hitAt(command, sub.call, 'This deletes the volumes, and the data in them.', found.word)];
  });
}
