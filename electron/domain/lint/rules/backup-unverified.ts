/** Rule backup.unverified. */
import type { Hit, SequenceRule, ShellText } from '../rule.ts';
import { calls, hitAt, readingOf } from '../shell/invocations.ts';

export const backupUnverified: SequenceRule = {
  id: 'backup.unverified',
  scope: 'sequence',
  severity: 'error',
  title: 'Backups must be proven',
  why: 'A dump that ended with 0 can be empty, cut short, or of the wrong database. Nobody knows before it is needed.',
  remedy:
    'List it (`pg_restore -l`) against the number of entries of the last one, take its checksum, and restore it once.',
  bad: `umask 077
pg_dump -Fc -d mazevault >"backup-$(date -u +%Y%m%dT%H%M%SZ).dump"`,
  good: `umask 077
file=backup-$(date -u +%Y%m%dT%H%M%SZ).dump
pg_dump -Fc -d mazevault >"$file"
pg_restore -l "$file" >"$file.list"
sha256sum -- "$file"`,
  badLine: 2,
  check,
};

const DUMPERS = new Set(['pg_dump', 'pg_dumpall', 'pg_basebackup', 'mysqldump', 'mariadb-dump']);
const PROOFS = ['pg_restore', 'sha256sum', 'shasum', 'sha512sum', 'pg_verifybackup', 'b2sum'];

function check(commands: readonly ShellText[]): readonly Hit[] {
  const proven = commands.some((command) => calls(command, ...PROOFS).length > 0);
  if (proven) return [];
  return commands.flatMap((command) =>
    readingOf(command)
      .invocations.filter((call) => DUMPERS.has(call.name) || /backup[\w.-]*\.sh$/.test(call.word.value))
      .map((call) => hitAt(command, call, 'Nothing shows that this backup can be restored.')),
  );
}
