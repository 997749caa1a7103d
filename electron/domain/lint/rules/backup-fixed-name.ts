/** Rule backup.fixed-name. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { type Invocation, calls, placeOf } from '../shell/invocations.ts';
import { endOfPipeline } from '../shell/pipelines.ts';
import type { Word } from '../shell/syntax.ts';
import { postgres } from '../shell/tools.ts';

export const backupFixedName: CommandRule = {
  id: 'backup.fixed-name',
  scope: 'command',
  severity: 'error',
  title: 'Backups need a name of their own',
  why: 'The second run writes over the good backup of the first one, with whatever state things are in by then.',
  remedy:
    'Put time and place into the name (`$(date -u +%Y%m%dT%H%M%SZ)`), write to a `.partial` file, and rename it when it is proven.',
  bad: `umask 077
pg_dump -Fc -d mazevault >backup.dump`,
  good: `umask 077
pg_dump -Fc -d mazevault >"backup-$(date -u +%Y%m%dT%H%M%SZ).dump"`,
  badLine: 2,
  check,
};

const DUMPERS = ['pg_dump', 'pg_dumpall', 'mysqldump', 'mariadb-dump', 'etcdctl'];

function check(command: ShellText): readonly Hit[] {
  return calls(command, ...DUMPERS).flatMap((call) => {
    if (call.name === 'etcdctl' && !call.args.some((word) => word.value === 'save')) return [];
    const target = targetOf(call);
    if (
      target === null ||
      target.parts.some((part) => part.kind !== 'text') ||
      target.value.startsWith('/dev/')
    )
      return [];
    const at = placeOf(command, isRemote(call) ? call.at(call.word.start) : call.at(target.start));
    return [{ at, message: `The next run writes over ${target.value}.` }];
  });
}

function targetOf(call: Invocation): Word | null {
  const option = postgres(call).first('f', '--file')?.valueWord;
  if (option !== undefined && option !== null) return option;
  if (call.name === 'etcdctl') return call.args.at(-1) ?? null;
  return (
    endOfPipeline(call).redirects.find(({ operator }) => operator === '>' || operator === '>|')?.target ??
    null
  );
}

/** Within `sh -c` the redirection may stand in the text around it. */
function isRemote(call: Invocation): boolean {
  return call.via.length > 0;
}
