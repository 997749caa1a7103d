/** Rule shell.or-branches. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { placeOf, readingOf } from '../shell/invocations.ts';

export const shellOrBranches: CommandRule = {
  id: 'shell.or-branches',
  scope: 'command',
  severity: 'error',
  title: 'Alternatives must not stand in one block',
  why: 'Whoever pastes the block runs both branches, one after the other.',
  remedy: 'Make a variant of the runbook, with one step for each branch.',
  bad: `docker compose pull
# OR
docker load <backend.tar`,
  good: 'docker load <backend.tar',
  badLine: 2,
  examples: 'document',
  check,
};

function check(command: ShellText): readonly Hit[] {
  const { comments, script } = readingOf(command);
  return comments
    .filter(({ text }) =>
      /^\s*(?:or|or else|alternatively|alternative|either)\s*[:.,-]*\s*(?:\([^)]*\))?\s*$/i.test(text),
    )
    .filter(
      ({ start }) =>
        script.commands.some((other) => other.end <= start) &&
        script.commands.some((other) => other.start > start),
    )
    .map(({ start }) => ({
      at: placeOf(command, start),
      message: 'Both branches run when the block is pasted.',
    }));
}
