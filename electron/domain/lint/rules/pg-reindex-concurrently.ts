/** Rule pg.reindex-concurrently. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt, placeOf } from '../shell/invocations.ts';
import { sqlParts } from '../shell/sql.ts';

export const pgReindexConcurrently: CommandRule = {
  id: 'pg.reindex-concurrently',
  scope: 'command',
  severity: 'error',
  title: 'REINDEX needs CONCURRENTLY',
  why: 'A plain `REINDEX` stops all writes to the table, and all queries that use the index, until it is done.',
  remedy:
    '`REINDEX INDEX CONCURRENTLY` one index after the other, where bloat was measured; afterwards look for invalid indexes.',
  bad: "psql -X -c 'SET lock_timeout = 5000' -c 'REINDEX DATABASE mazevault' -v ON_ERROR_STOP=1",
  good: "psql -X -c 'SET lock_timeout = 5000' -c 'REINDEX INDEX CONCURRENTLY secrets_name' -v ON_ERROR_STOP=1",
  check,
};

const REINDEX =
  /\breindex\s+(?:\((?![^)]*concurrently)[^)]*\)\s*)?(?:database|schema|system|table|index)\b(?!\s+concurrently)/gi;

function check(command: ShellText): readonly Hit[] {
  const sql = calls(command, 'psql').flatMap((call) =>
    sqlParts(call).flatMap((part) =>
      [...part.masked.matchAll(REINDEX)].map((match) => ({
        at: placeOf(command, part.at(match.index)),
        message: `${match[0].replace(/\s+/g, ' ').toUpperCase()} blocks writes until it is done.`,
      })),
    ),
  );
  const tool = calls(command, 'reindexdb')
    .filter((call) => !call.args.some((word) => word.value === '--concurrently'))
    .map((call) => hitAt(command, call, 'reindexdb blocks writes until it is done.'));
  return [...sql, ...tool];
}
