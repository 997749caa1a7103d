/** Rule shell.local-expansion. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { placeOf, readingOf } from '../shell/invocations.ts';
import { REMOTE, unwrap } from '../shell/wrappers.ts';

export const shellLocalExpansion: CommandRule = {
  id: 'shell.local-expansion',
  scope: 'command',
  severity: 'error',
  title: 'Variables expand on the workstation',
  why: 'The shell that reads the line fills the variable in, not the one in the pod or on the host. Where it is not set, the program gets nothing: `pg_dump -h "" -U ""`.',
  remedy: 'Let a shell over there fill it in: `kubectl exec … -- sh -c \'exec pg_dump -h "$DB_HOST"\'`.',
  bad: 'kubectl exec -i -n mazevault deploy/mazevault-backend -- psql -X -h "$DB_HOST" -c \'SELECT 1\'',
  good: 'kubectl exec -i -n mazevault deploy/mazevault-backend -- sh -c \'exec psql -X -h "$DB_HOST" -c "SELECT 1"\'',
  check,
};

function check(command: ShellText): readonly Hit[] {
  const { assigned, invocations } = readingOf(command);
  return invocations.flatMap((call) => {
    const inner = unwrap(call.name, call.args);
    if (inner === null || !REMOTE.some((remote) => remote === inner.via)) return [];
    const words = inner.kind === 'words' ? inner.words : [inner.word];
    const found = words.flatMap((word) =>
      word.parts.flatMap((part) =>
        part.kind === 'variable' && /^[A-Za-z_]/.test(part.name) && !assigned.has(part.name) ? [part] : [],
      ),
    );
    const [first] = found;
    if (first === undefined) return [];
    const names = [...new Set(found.map((part) => `$${part.name}`))].join(', ');
    const message = `${names} ${names.includes(',') ? 'are' : 'is'} filled in here, not where ${inner.via} goes.`;
    return [{ at: placeOf(command, call.at(first.start)), message }];
  });
}
