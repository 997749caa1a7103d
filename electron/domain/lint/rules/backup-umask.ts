/** Rule backup.umask. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt, readingOf } from '../shell/invocations.ts';
import { endOfPipeline } from '../shell/pipelines.ts';
import { postgres } from '../shell/tools.ts';

export const backupUmask: CommandRule = {
  id: 'backup.umask',
  scope: 'command',
  severity: 'warning',
  title: 'Backups must not be readable for everybody',
  why: 'With the usual umask every user of the host can read the file, and with it the whole database.',
  remedy: 'Begin with `umask 077`, and encrypt what leaves the host.',
  bad: 'pg_dump -Fc -d mazevault >"backup-$(date -u +%Y%m%dT%H%M%SZ).dump"',
  good: `umask 077
pg_dump -Fc -d mazevault >"backup-$(date -u +%Y%m%dT%H%M%SZ).dump"`,
  check,
};

function check(command: ShellText): readonly Hit[] {
  const { invocations } = readingOf(command);
  if (invocations.some((call) => call.name === 'umask')) return [];
  return calls(command, 'pg_dump', 'pg_dumpall', 'mysqldump', 'mariadb-dump').flatMap((call) => {
    const written =
      postgres(call).has('f', '--file') ||
      endOfPipeline(call).redirects.some(
        ({ operator, target }) => operator.startsWith('>') && target?.value !== '/dev/null',
      );
    return written ? [hitAt(command, call, 'Other users of the host can read the dump.')] : [];
  });
}
