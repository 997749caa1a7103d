/** Rule pg.psql-strict. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { type Invocation, calls, hitAt } from '../shell/invocations.ts';
import type { Options } from '../shell/options.ts';
import { sqlParts } from '../shell/sql.ts';
import { postgres } from '../shell/tools.ts';

export const pgPsqlStrict: CommandRule = {
  id: 'pg.psql-strict',
  scope: 'command',
  severity: 'error',
  title: 'psql needs -X and ON_ERROR_STOP',
  why: 'Without `-X` the start-up file of whoever runs it changes what happens. Without `ON_ERROR_STOP` psql goes on after an error in a script and ends with 0.',
  remedy: 'Write `psql -X -v ON_ERROR_STOP=1`.',
  bad: "psql -d mazevault -c 'SELECT count(*) FROM secrets'",
  good: "psql -X -v ON_ERROR_STOP=1 -d mazevault -c 'SELECT count(*) FROM secrets'",
  check,
};

function check(command: ShellText): readonly Hit[] {
  return calls(command, 'psql').flatMap((call) => {
    const options = postgres(call);
    if (options.has('l', '--list', '--version', 'V', '--help')) return [];
    const startUp = !options.has('X', '--no-psqlrc');
    const goesOn = !stops(options) && isScript(call, options);
    const missing = [
      ...(startUp ? ['-X'] : []),
      ...(goesOn || (startUp && !stops(options)) ? ['-v ON_ERROR_STOP=1'] : []),
    ];
    return missing.length === 0 ? [] : [hitAt(command, call, `psql without ${missing.join(' and ')}.`)];
  });
}

function stops(options: Options): boolean {
  const set = [
    ...(options.named.get('v') ?? []),
    ...(options.named.get('--set') ?? []),
    ...(options.named.get('--variable') ?? []),
  ];
  return set.some(({ value }) => /^ON_ERROR_STOP(?:=(?:1|on|true))?$/i.test(value ?? ''));
}

/** A single statement of `-c` fails the call by itself. */
function isScript(call: Invocation, options: Options): boolean {
  if (options.has('f', '--file')) return true;
  const parts = sqlParts(call);
  if (parts.length !== 1)
    return (
      parts.length > 1 ||
      call.command.pipedFrom ||
      call.command.redirects.some(({ operator }) => operator === '<')
    );
  return parts.some(({ masked }) => masked.replace(/;\s*$/, '').includes(';'));
}
