/** Rule pg.dump-format. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt } from '../shell/invocations.ts';
import { postgres } from '../shell/tools.ts';

export const pgDumpFormat: CommandRule = {
  id: 'pg.dump-format',
  scope: 'command',
  severity: 'warning',
  title: 'Dumps need a format that can be checked',
  why: 'A plain dump cannot be listed with `pg_restore -l`, nor restored in parallel or in part. Whether it is whole shows only in an emergency.',
  remedy: 'Write `pg_dump -Fc` (or `-Fd`).',
  bad: `umask 077
pg_dump -d mazevault -f "mazevault-$(date -u +%Y%m%dT%H%M%SZ).sql"`,
  good: `umask 077
pg_dump -Fc -d mazevault -f "mazevault-$(date -u +%Y%m%dT%H%M%SZ).dump"`,
  badLine: 2,
  check,
};

function check(command: ShellText): readonly Hit[] {
  return calls(command, 'pg_dump').flatMap((call) => {
    const options = postgres(call);
    const format = options.first('F', '--format')?.value ?? '';
    return /^[cdt]/.test(format) || options.has('s', '--schema-only', '--version')
      ? []
      : [hitAt(command, call, 'The dump is plain text, which pg_restore cannot list or check.')];
  });
}
