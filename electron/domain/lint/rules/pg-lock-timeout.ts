/** Rule pg.lock-timeout. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, placeOf } from '../shell/invocations.ts';
import { sqlParts } from '../shell/sql.ts';

export const pgLockTimeout: CommandRule = {
  id: 'pg.lock-timeout',
  scope: 'command',
  severity: 'warning',
  title: 'Locks need a limit',
  why: 'The command waits behind a long transaction, and everything else waits behind the command. A table that is waited for is down.',
  remedy: "Set `lock_timeout`, such as `PGOPTIONS='-c lock_timeout=5s'`, and try again later.",
  bad: "psql -X -c 'REINDEX INDEX CONCURRENTLY secrets_name'",
  good: "PGOPTIONS='-c lock_timeout=5s' psql -X -c 'REINDEX INDEX CONCURRENTLY secrets_name'",
  check,
};

function check(command: ShellText): readonly Hit[] {
  if (/lock_timeout/i.test(command.text)) return [];
  return calls(command, 'psql').flatMap((call) =>
    sqlParts(call).flatMap((part) => {
      const match = /\b(?:reindex|alter\s+table|vacuum\s+(?:\(\s*)?full|cluster|drop\s+index)\b/i.exec(
        part.masked,
      );
      if (match === null) return [];
      const name = match[0].replace(/\s+/g, ' ').toUpperCase();
      return [
        { at: placeOf(command, part.at(match.index)), message: `${name} may wait for a lock without end.` },
      ];
    }),
  );
}
