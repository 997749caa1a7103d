/** Rule compose.wait. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { compose } from '../shell/tools.ts';

export const composeWait: CommandRule = {
  id: 'compose.wait',
  scope: 'command',
  severity: 'error',
  title: 'docker compose up needs --wait',
  why: '`up -d` ends with success as soon as the containers are started. One that falls over a second later is not seen.',
  remedy: 'Add `--wait --wait-timeout 300`, and check the running digests afterwards.',
  bad: 'docker compose up -d backend',
  good: 'docker compose up -d --wait --wait-timeout 300 backend',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return compose(command)
    .filter((sub) => sub.name === 'up' && !sub.options.has('--wait', '--help', '--dry-run', '--no-start'))
    .map((sub) => hitAt(command, sub.call, 'This ends before the services are healthy.'));
}
