/** Rule shell.unquoted-variable. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { placeOf } from '../shell/invocations.ts';
import { outermost } from '../shell/pipelines.ts';
import type { Part } from '../shell/syntax.ts';

export const shellUnquotedVariable: CommandRule = {
  id: 'shell.unquoted-variable',
  scope: 'command',
  severity: 'warning',
  title: 'Variables need quotes',
  why: 'An empty variable is no argument at all, and one with a blank is two. `pg_dump -h $DB_HOST -U $DB_USER` then takes `-U` for the host.',
  remedy: 'Write `"$NAME"`, or a parameter of the runbook, which the app quotes.',
  bad: 'tar -xf $ARCHIVE',
  good: 'tar -xf "$ARCHIVE"',
  check,
};

function check(command: ShellText): readonly Hit[] {
  return outermost(command).flatMap((call) => {
    if (call.name === '[[' || call.name === 'for') return [];
    const found = call.args.flatMap((word) => word.parts.flatMap((part) => (isBare(part) ? [part] : [])));
    const [first] = found;
    if (first === undefined) return [];
    const names = [...new Set(found.map((part) => `$${part.name}`))].join(', ');
    return [{ at: placeOf(command, call.at(first.start)), message: `Without quotes: ${names}.` }];
  });
}

function isBare(part: Part): part is Part & { readonly kind: 'variable' } {
  return part.kind === 'variable' && part.quote === 'none' && !/^[?#$!-]$/.test(part.name);
}
