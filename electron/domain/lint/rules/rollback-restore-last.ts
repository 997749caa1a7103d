/** Rule rollback.restore-last. */
import type { Hit, SequenceRule, ShellText } from '../rule.ts';
import { calls, placeOf, readingOf } from '../shell/invocations.ts';
import { compose, helm, postgres } from '../shell/tools.ts';

export const rollbackRestoreLast: SequenceRule = {
  id: 'rollback.restore-last',
  scope: 'sequence',
  severity: 'error',
  title: 'The database is restored before the application starts',
  why: 'The old version starts on the new schema, writes to it, and everything it wrote is lost or mixed up when the database is restored afterwards.',
  remedy:
    'Stop the application, restore into a new database, check it, put it in place, and start the old version last.',
  bad: `hostname -f
docker compose up -d --wait backend
pg_restore --exit-on-error -d mazevault backup.dump`,
  good: `hostname -f
pg_restore --exit-on-error -d mazevault_restore backup.dump
docker compose up -d --wait backend`,
  badLine: 3,
  examples: 'document',
  check,
};

function check(commands: readonly ShellText[]): readonly Hit[] {
  let started = false;
  const found: Hit[] = [];
  for (const command of commands) {
    // What takes a step back is not part of the way forward.
    if (command.role === 'rollback' || command.role === 'dry-run') continue;
    const events = [
      ...starts(command).map((offset) => ({ offset, restore: false })),
      ...restores(command).map((offset) => ({ offset, restore: true })),
    ].sort((a, b) => a.offset - b.offset);
    for (const { offset, restore } of events) {
      if (!restore) started = true;
      else if (started)
        found.push({
          at: placeOf(command, offset),
          message: 'The database is restored after the application was started on it.',
        });
    }
  }
  return found.slice(0, 1);
}

function starts(command: ShellText): readonly number[] {
  return [
    ...compose(command).filter(({ name }) => name === 'up' || name === 'start'),
    ...helm(command).filter(({ name }) => name === 'rollback'),
  ].map(({ call }) => call.at(call.word.start));
}

/** By a command, or by a comment that says so. */
function restores(command: ShellText): readonly number[] {
  const said = readingOf(command).comments.filter(({ text }) =>
    /\brestore\s+(?:the\s+)?(?:database|db|backup)\b/i.test(text),
  );
  const done = calls(command, 'pg_restore').filter((call) => !postgres(call).has('l', '--list'));
  return [...said.map(({ start }) => start), ...done.map((call) => call.at(call.word.start))];
}
