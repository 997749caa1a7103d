/** Rule compose.down. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { compose } from '../shell/tools.ts';

export const composeDown: CommandRule = {
  id: 'compose.down',
  scope: 'command',
  severity: 'error',
  title: 'Stop services, do not take the project down',
  why: '`down` stops the database too, deletes the containers with their logs, and the networks. Anonymous volumes are not attached again by the next `up`.',
  remedy: 'Save the logs, then `docker compose stop` the application services only.',
  bad: 'docker compose down',
  good: 'docker compose stop backend frontend',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return compose(command)
    .filter((sub) => sub.name === 'down' && !sub.options.has('v', '--volumes'))
    .map((sub) =>
      hitAt(command, sub.call, 'This takes down the database too, and deletes containers and logs.'),
    );
}
