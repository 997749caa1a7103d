/**
 * The text that is sent around a command: it starts the right shell whatever the login shell is, carries directory
 * and exported variables from step to step, and hands the command's own exit status through. Pure. Must never end
 * with 0 unless the command itself did: whatever goes wrong in the wrapper ends with 126 and says so on stderr.
 */
import { fail, ok } from '../../contract/result.ts';
import type { Result } from '../../contract/result.ts';

export type ShellKind = 'bash' | 'sh';

/** What the wrapper has to know of a prepared host. */
export interface WrapperHost {
  readonly shell: ShellKind;
  /** Absolute path of that shell. */
  readonly shellPath: string;
  /** Absolute path of the private folder on the host; characters of `[A-Za-z0-9/._-]` only. */
  readonly stateDir: string;
}

/** Exit status of anything the wrapper itself could not do. */
export const wrapperFailedCode = 126;

/** Longest command; longer ones belong into a file that is deployed and reviewed. */
export const longestCommandBytes = 1_000_000;

/** Largest state that is carried; beyond it the step ends with 126. */
const largestStateBytes = 131_072;

/** The last line of every script: only a script that arrived whole has it. */
const lastLine = '#whole';

/**
 * The script that runs `command`. It first has the shell parse the command without running it, and once more with a
 * lone `)` after it: if that is no syntax error, a quotation or here-document is still open.
 */
export function wrapperScript(command: string, host: WrapperHost, carry: boolean): Result<string> {
  const bytes = Buffer.byteLength(command);
  if (command.trim() === '') return fail('bad-request', 'The command is empty. Nothing was sent.');
  if (command.includes('\0'))
    return fail('bad-request', 'The command holds a NUL character. Nothing was sent.');
  if (bytes > longestCommandBytes) {
    return fail('bad-request', `The command is ${String(bytes)} bytes long, at most 1000000 can be sent.`, {
      hint: 'Deploy it as a script and run that.',
    });
  }
  const bash = host.shell === 'bash';
  const parser = `${quote(host.shellPath)}${bash ? ' -O extglob' : ''} -n`;
  return ok(
    [
      'unset __hp',
      `__hp_dir=${quote(host.stateDir)}`,
      `__hp_cmd=${quote(command)}`,
      '__hp_stop() { printf "holdpoint: %s\\n" "$1" >&2; trap - EXIT; exit 126; }',
      `__hp_said=$(printf "%s\\n" "$__hp_cmd" | ${parser} 2>&1) || __hp_stop "not run, syntax error: $__hp_said"`,
      `if printf "%s\\n)\\n" "$__hp_cmd" | ${parser} >/dev/null 2>&1; then`,
      '  __hp_stop "not run: a quotation or here-document is not closed"',
      'fi',
      ...loadState,
      '( umask 077 && printf "%s\\n" $$ >|"$__hp_dir/pid" ) || __hp_stop "not run: cannot write to $__hp_dir"',
      ...(carry ? [...saveState(host.shell), ...(bash ? bashTrap : shTrap)] : []),
      ...(bash ? ['set -o pipefail'] : []),
      'eval "$__hp_cmd"',
      ...(carry && !bash ? ['__hp_rc=$?', '__hp_end', 'exit $__hp_rc'] : []),
      lastLine,
    ].join('\n'),
  );
}

/** The exec request that carries the script in itself. Free of `'`, `\` and `!` inside its quotes, for any shell. */
export function inlineExec(script: string, host: WrapperHost): string {
  return execOf(host, `printf %s ${Buffer.from(script).toString('base64')} | base64 -d`);
}

/** The exec request that runs a script which was put into a file on the host. */
export function fileExec(file: string, host: WrapperHost): string {
  return execOf(host, `cat ${file}`);
}

function execOf(host: WrapperHost, source: string): string {
  const whole = `case $__hp in *"${lastLine}") eval "$__hp" ;; *) echo "holdpoint: the command did not arrive whole and was not run" >&2; exit 126 ;; esac`;
  return `exec ${host.shellPath} -c '__hp=$(${source}); ${whole}'`;
}

/** Sends a signal to the process group of the command that was started last. */
export function signalExec(name: 'INT' | 'TERM' | 'KILL', host: WrapperHost): string {
  return `exec /bin/sh -c 'p=$(cat ${host.stateDir}/pid) && kill -s ${name} -- -$p'`;
}

/** Quotes any text for POSIX shells. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A state file that carries these variables and no directory. Names must be shell identifiers. */
export function initialState(env: Readonly<Record<string, string>>): string {
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}\n`);
  return `__hp_cwd=\n${exports.join('')}__hp_kept=1\n`;
}

/** What belongs to a session rather than to the work in it is not carried. */
const sessionVariables = [
  ...['PWD', 'OLDPWD', 'SHLVL', 'TERM', 'COLUMNS', 'LINES', 'LANG', 'LANGUAGE'],
  ...['SSH_CLIENT', 'SSH_CONNECTION', 'SSH_TTY', 'SSH_ORIGINAL_COMMAND', 'SSH_AUTH_SOCK'],
];
const localeVariables = [
  ...[
    'LC_ALL',
    'LC_CTYPE',
    'LC_COLLATE',
    'LC_MESSAGES',
    'LC_MONETARY',
    'LC_NUMERIC',
    'LC_TIME',
    'LC_ADDRESS',
  ],
  ...['LC_IDENTIFICATION', 'LC_MEASUREMENT', 'LC_NAME', 'LC_PAPER', 'LC_TELEPHONE'],
];

/** Sourcing happens at the top level: inside a function bash would make the variables local. */
const loadState = [
  '__hp_cwd=; __hp_kept=',
  '[ -r "$__hp_dir/state" ] && . "$__hp_dir/state"',
  '[ "$__hp_kept" = 1 ] || __hp_stop "not run: the state left by the previous step is missing or damaged"',
  'if [ -n "$__hp_cwd" ]; then',
  '  cd -- "$__hp_cwd" 2>/dev/null || __hp_stop "not run: the directory of the previous step is gone: $__hp_cwd"',
  'fi',
];

/** Exported variables, one assignment a line. Under bash `%q` quotes; elsewhere the shell's own `export -p` does. */
const exportsOf: Readonly<Record<ShellKind, readonly string[]>> = {
  bash: [
    '    for __hp_name in $(builtin compgen -e); do',
    `      case $__hp_name in ${sessionVariables.join('|')}|_|LC_*|SHELLOPTS|BASHOPTS|__hp*) continue ;; esac`,
    '      builtin printf "export %s=%q\\n" "$__hp_name" "${!__hp_name}"',
    '    done',
  ],
  sh: [`    unset ${[...sessionVariables, ...localeVariables].join(' ')} __hp_cmd __hp_rc`, '    export -p'],
};

/**
 * Writes directory and exported variables beside the old state and renames. Everything is prepared for a command
 * that has changed PATH, IFS, options or functions.
 */
function saveState(shell: ShellKind): string[] {
  return [
    '__hp_quote() {',
    '  __hp_rest=$1; __hp_out=',
    '  while :; do',
    `    case $__hp_rest in *"'"*) ;; *) break ;; esac`,
    `    __hp_out=$__hp_out\${__hp_rest%%"'"*}"'\\\\''"; __hp_rest=\${__hp_rest#*"'"}`,
    '  done',
    `  command printf "'%s'" "$__hp_out$__hp_rest"`,
    '}',
    '__hp_save() (',
    '  set +eux; trap - EXIT; unset IFS; umask 077; __hp_new=$__hp_dir/state.new; __hp_at=$PWD',
    '  {',
    '    command printf "__hp_cwd=%s\\n" "$(__hp_quote "$__hp_at")" &&',
    '    {',
    ...exportsOf[shell],
    '    } && command printf "__hp_kept=1\\n"',
    '  } >|"$__hp_new" || exit 1',
    '  PATH=/usr/bin:/bin:/usr/local/bin:$PATH',
    `  [ "$(command wc -c <"$__hp_new")" -le ${String(largestStateBytes)} ] || exit 1`,
    '  command mv -f "$__hp_new" "$__hp_dir/state"',
    ')',
    '__hp_unkept() {',
    '  echo "holdpoint: the command ended with $__hp_rc, but its directory and variables could not be kept" >&2',
    '}',
  ];
}

/** The command may set an EXIT trap of its own: it is run after the state is saved, with the command's status. */
const bashTrap = [
  '__hp_user=',
  `__hp_trap='{ __hp_rc=$?; set +x; } 2>/dev/null; __hp_end; (exit $__hp_rc); eval "$__hp_user"'`,
  '__hp_end() {',
  '  __hp_save && return 0',
  '  __hp_unkept',
  '  [ "$__hp_rc" -eq 0 ] || return 0',
  '  (eval "$__hp_user"); builtin trap - EXIT; exit 126',
  '}',
  'trap() {',
  '  builtin trap "$@" || return',
  '  [ "$BASH_SUBSHELL" -eq 0 ] || return 0',
  '  local __hp_now; __hp_now=$(builtin trap -p EXIT)',
  '  case $__hp_now in',
  '    *__hp_end*) return 0 ;;',
  '    "") __hp_user= ;;',
  '    *) eval "set -- ${__hp_now#trap -- }"; __hp_user=$1 ;;',
  '  esac',
  '  builtin trap "$__hp_trap" EXIT',
  '}',
  'builtin trap "$__hp_trap" EXIT',
];

/** Here the command's own EXIT trap replaces this one; then the state is kept only if the command does not `exit`. */
const shTrap = [
  '__hp_done=',
  '__hp_end() {',
  '  [ -z "$__hp_done" ] || return 0',
  '  __hp_done=1',
  '  __hp_save && return 0',
  '  __hp_unkept',
  '  [ "$__hp_rc" -ne 0 ] || { trap - EXIT; exit 126; }',
  '}',
  `trap '{ __hp_rc=$?; set +x; } 2>/dev/null; __hp_end' EXIT`,
];
