/** Rule pg.restore-exit. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { calls, hitAt } from '../shell/invocations.ts';
import { postgres } from '../shell/tools.ts';

export const pgRestoreExit: CommandRule = {
  id: 'pg.restore-exit',
  scope: 'command',
  severity: 'error',
  title: 'pg_restore needs --exit-on-error',
  why: 'Without it pg_restore goes on after errors. A database with holes looks restored.',
  remedy: 'Add `--exit-on-error`.',
  bad: 'pg_restore -j 4 -d mazevault_restore backup.dump',
  good: 'pg_restore --exit-on-error -j 4 -d mazevault_restore backup.dump',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return calls(command, 'pg_restore').flatMap((call) => {
    const reads = postgres(call).has('l', '--list', 'f', '--file', '--version', '--help');
    return reads || postgres(call).has('e', '--exit-on-error', '1', '--single-transaction')
      ? []
      : [hitAt(command, call, 'pg_restore goes on after an error.')];
  });
}
