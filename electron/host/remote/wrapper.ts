/**
 * The script around a command: it checks that the command is whole, carries directory and exported variables from step
 * to step, and hands the command's own exit status through. Pure. Must never end with 0 unless the command itself did:
 * whatever goes wrong in the wrapper ends with 126 and says so on stderr.
 */
import { fail, ok } from '../../contract/result.ts';
import type { Result } from '../../contract/result.ts';
import { loadState, saveState } from './carry.ts';
import { quote } from './quote.ts';

export type ShellKind = 'bash' | 'sh';

/** What the wrapper has to know of a prepared host. */
export interface WrapperHost {
  readonly shell: ShellKind;
  /** Absolute path of that shell; characters of `[A-Za-z0-9/._-]` only. */
  readonly shellPath: string;
  /** The shell knows `set -o pipefail`. */
  readonly pipefail: boolean;
  /** Absolute path of the private folder, of the same characters; null: nothing is kept on the host. */
  readonly stateDir: string | null;
  /** Exported for every command. With a folder they are in the state from the beginning. */
  readonly env: Readonly<Record<string, string>>;
  /** Printed on each stream before the command runs, as an escape sequence that no terminal shows. */
  readonly startMark: string | null;
  /** Tells this command's process from that of another: characters of `[a-z0-9]`, other ones for each command. */
  readonly tag: string;
}

/** Exit status of anything the wrapper itself could not do. */
export const wrapperFailedCode = 126;

/** Longest command; longer ones belong into a file that is deployed and reviewed. */
export const longestCommandBytes = 1_000_000;

/** The last line of a script that goes through base64 or a file: only a script that arrived whole has it. */
export const lastLine = '#whole';

/** Refuses what no wrapper can carry: an empty command, a NUL character, more than 1 MB. */
export function checkCommand(command: string): Result<null> {
  const bytes = Buffer.byteLength(command);
  if (command.trim() === '') return fail('bad-request', 'The command is empty. Nothing was sent.');
  if (command.includes('\0'))
    return fail('bad-request', 'The command holds a NUL character. Nothing was sent.');
  if (bytes > longestCommandBytes) {
    return fail('bad-request', `The command is ${String(bytes)} bytes long, at most 1000000 can be sent.`, {
      hint: 'Deploy it as a script and run that.',
    });
  }
  return ok(null);
}

/** The script that runs the command it finds in `$1`. */
export function wrapperScript(host: WrapperHost, carry: boolean): string {
  const { shell, stateDir } = host;
  const kept = carry && stateDir !== null;
  return [
    '__hp_cmd=$1; set --; unset __hp',
    '__hp_stop() { printf "holdpoint: %s\\n" "$1" >&2 || echo "holdpoint: $1" >&2; trap - EXIT; exit 126; }',
    ...(shell === 'bash' ? bashCheck : shCheck),
    ...(stateDir === null ? exportsOf(host.env) : loading(host, stateDir, kept)),
    ...(kept ? saveState(shell) : []),
    ...(host.pipefail ? ['set -o pipefail'] : []),
    ...(host.startMark === null ? [] : [printMark(host.startMark)]),
    // The newline makes a backslash at the very end what it is in a script.
    'eval "$__hp_cmd\n"',
    ...(kept && shell === 'sh' ? ['__hp_rc=$?', '__hp_end', 'exit $__hp_rc'] : []),
  ].join('\n');
}

/** The whole script with the command in it. */
export function fileScript(command: string, host: WrapperHost, carry: boolean): string {
  return `set -- ${quote(command)}\n${wrapperScript(host, carry)}\n${lastLine}`;
}

/** The start mark as it is printed. Terminals ignore an operating system command that they do not know. */
export function startMarkBytes(mark: string): string {
  return `\x1b]633;S;${mark}\x07`;
}

function printMark(mark: string): string {
  const print = `printf "\\033]633;S;${mark}\\007"`;
  return `${print}; [ -t 1 ] || ${print} >&2`;
}

function loading({ shell, tag }: WrapperHost, stateDir: string, carry: boolean): readonly string[] {
  return [
    `__hp_dir=${quote(stateDir)}`,
    ...loadState(shell, carry),
    `echo "$$ ${tag}" >|"$__hp_dir/pid" || __hp_stop "not run: cannot write to $__hp_dir"`,
  ];
}

function exportsOf(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`);
}

/**
 * The shell parses the command without running it, in a subshell: `set -n` is in force from the second line on. If it
 * were not, `exit 77` ends the subshell before the command's first line. What a parser accepts silently is an open
 * here-document at the end: then a lone `)` after it is no syntax error.
 */
function parse(tail: string): string {
  return `eval "set -n\nexit 77\n$__hp_cmd${tail}"`;
}

const notClosed = '__hp_stop "not run: a quotation or here-document is not closed"';
const notWell = '__hp_stop "not run, syntax error: $__hp_said"';

/** bash warns of an open here-document, so that the second look is needed only when it said something. */
const bashCheck = [
  `__hp_said=$(shopt -s extglob; ${parse('')} 2>&1) || ${notWell}`,
  'if [ -n "$__hp_said" ]; then',
  `  if (shopt -s extglob; ${parse('\n)\n')}) >/dev/null 2>&1; then ${notClosed}; fi`,
  'fi',
];

const shCheck = [
  `__hp_said=$( (${parse('')}) 2>&1 ) || ${notWell}`,
  `if (${parse('\n)\n')}) >/dev/null 2>&1; then ${notClosed}; fi`,
];
