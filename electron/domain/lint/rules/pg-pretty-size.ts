/** Rule pg.pretty-size. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, placeOf } from '../shell/invocations.ts';
import { sqlParts } from '../shell/sql.ts';

export const pgPrettySize: CommandRule = {
  id: 'pg.pretty-size',
  scope: 'command',
  severity: 'warning',
  title: 'Sizes must be numbers',
  why: '`pg_size_pretty` prints `12 GB`, which cannot be compared with a limit or with last week.',
  remedy: 'Select `pg_database_size(…)` alone, expect a limit, and keep the value for the trend.',
  bad: 'psql -X -c "SELECT pg_size_pretty(pg_database_size(\'mazevault\'))"',
  good: 'psql -XAt -c "SELECT pg_database_size(\'mazevault\')"',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return calls(command, 'psql').flatMap((call) =>
    sqlParts(call).flatMap((part) => {
      const at = part.masked.search(/\bpg_size_pretty\s*\(/i);
      return at === -1
        ? []
        : [{ at: placeOf(command, part.at(at)), message: 'A size for people has no limit and no trend.' }];
    }),
  );
}
