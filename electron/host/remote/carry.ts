/**
 * How directory and exported variables go from step to step: the parts of the wrapper's script that read and write the
 * state on the host. Pure. What is read must be whole, and what is written must never harm the state it follows.
 */
import { quote } from './quote.ts';

/** Largest state that is carried; beyond it the step ends with 126. */
const largestStateBytes = 131_072;

/**
 * The first state of a run: these variables and no directory. Names must be shell identifiers. Its first line is its
 * number, its last line says that it is whole.
 */
export function initialState(env: Readonly<Record<string, string>>): string {
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}\n`);
  return `#0\n__hp_cwd=\n${exports.join('')}__hp_kept=0\n`;
}

/** What belongs to a session rather than to the work in it is not carried. */
const sessionVariables = [
  ...['PWD', 'OLDPWD', 'SHLVL', 'TERM', 'COLUMNS', 'LINES', 'LANG', 'LANGUAGE'],
  ...['SSH_CLIENT', 'SSH_CONNECTION', 'SSH_TTY', 'SSH_ORIGINAL_COMMAND', 'SSH_AUTH_SOCK'],
];
const localeVariables = [
  ...['LC_ALL', 'LC_CTYPE', 'LC_COLLATE', 'LC_MESSAGES', 'LC_MONETARY', 'LC_NUMERIC', 'LC_TIME'],
  ...['LC_ADDRESS', 'LC_IDENTIFICATION', 'LC_MEASUREMENT', 'LC_NAME', 'LC_PAPER', 'LC_TELEPHONE'],
];
/** What a login may bring along and a command may unset; bash itself tells which variables a login brought. */
const loginVariables = [
  ...['USER', 'LOGNAME', 'HOME', 'MAIL', 'SHELL', 'TZ', 'EDITOR', 'PAGER', 'KUBECONFIG'],
  ...['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy', 'no_proxy'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'ALL_PROXY', 'NO_PROXY'],
];
/** Of these bash lets nobody assign some; the others describe the shell that was. */
const bashOwnVariables = ['SHELLOPTS', 'BASHOPTS', 'BASH_VERSINFO', 'UID', 'EUID', 'PPID', 'GROUPS', '_'];

/** Reads the state; ends with 126 unless there is a whole one. `$__hp_dir` and `__hp_stop` must be there. */
export function loadState(shell: 'bash' | 'sh', carry: boolean): readonly string[] {
  return [
    ...(shell === 'bash' && carry ? ['builtin compgen -e >|"$__hp_dir/env"'] : []),
    ...(shell === 'bash' ? bashLoad : shLoad),
    '[ -n "$__hp_kept" ] || __hp_stop "not run: the state left by the previous step is missing or damaged"',
    'if [ -n "$__hp_cwd" ]; then',
    '  cd -- "$__hp_cwd" 2>/dev/null || __hp_stop "not run: the directory of the previous step is gone: $__hp_cwd"',
    'fi',
  ];
}

/**
 * bash has two places and takes turns: `state` for even numbers, `state.1` for odd ones. The whole one with the higher
 * number counts, so that no process has to be started to read, replace or rename. `eval` happens at the top level:
 * inside a function the variables would be local.
 */
const bashLoad = [
  '__hp_cwd= __hp_kept= __hp_n=-1 __hp_state=',
  '__hp_read() {',
  '  __hp_text=',
  '  IFS= builtin read -r -d "" __hp_text <"$1"',
  "  __hp_m=${__hp_text%%$'\\n'*}; __hp_m=${__hp_m#\\#}",
  '  case $__hp_m in ""|*[^0-9]*) return 0 ;; esac',
  "  case $__hp_text in *$'\\n'__hp_kept=\"$__hp_m\"$'\\n') ;; *) return 0 ;; esac",
  '  if [ "$__hp_m" -gt "$__hp_n" ]; then __hp_n=$__hp_m __hp_state=$__hp_text; fi',
  '}',
  '{ __hp_read "$__hp_dir/state"; __hp_read "$__hp_dir/state.1"; } 2>/dev/null',
  'eval "$__hp_state"; unset __hp_state __hp_text',
];

const shLoad = ['__hp_cwd=; __hp_kept=', '[ -r "$__hp_dir/state" ] && . "$__hp_dir/state"'];

/**
 * Keeps the state when the command is over. Prepared for one that has changed PATH, IFS, options or functions. A command
 * that ends after one that began later (contact was lost, the work went on without it) must not undo what that one left.
 */
export function saveState(shell: 'bash' | 'sh'): readonly string[] {
  return [
    ...(shell === 'bash'
      ? [...bashUnset, ...bashSave, ...unkept, ...bashTrap]
      : [...shSave, ...unkept, ...shTrap]),
  ];
}

const unkept = [
  '__hp_late() { echo "holdpoint: a command that was sent later has left its own already" >&2; }',
  '__hp_unkept() {',
  '  echo "holdpoint: the command ended with $__hp_rc, but its directory and variables could not be kept" >&2',
  '}',
];

/** A variable that the login brings each time and that the command has unset stays unset. */
const bashUnset = [
  '__hp_unset() {',
  '  while IFS= builtin read -r __hp_v; do',
  `    case $__hp_v in ${sessionVariables.join('|')}|LC_*|__hp*) continue ;; esac`,
  '    [ -n "${!__hp_v+x}" ] || builtin printf "unset %s\\n" "$__hp_v"',
  '  done <"$__hp_dir/env"',
  '  return 0',
  '}',
];

/**
 * Runs in the shell that is about to end; in a subshell of it when the command's own EXIT trap comes after. No local
 * variables: they would hide exported ones of the same name.
 */
const bashSave = [
  '__hp_save() {',
  '  set +aeux; builtin trap - DEBUG ERR RETURN; builtin unset IFS; umask 077; __hp_was=$__hp_n',
  '  { __hp_read "$__hp_dir/state"; __hp_read "$__hp_dir/state.1"; } 2>/dev/null; __hp_text= __hp_state=',
  '  [ "$__hp_n" = "$__hp_was" ] || { __hp_late; return 1; }',
  '  __hp_n=$((__hp_n + 1)); __hp_file=$__hp_dir/state; [ $((__hp_n % 2)) -eq 0 ] || __hp_file=$__hp_file.1',
  `  builtin export -n ${[...sessionVariables, ...bashOwnVariables].join(' ')} "\${!LC_@}" "\${!__hp@}" 2>/dev/null`,
  '  {',
  '    builtin printf "#%s\\n__hp_cwd=%q\\n" "$__hp_n" "$PWD" && builtin export -p && __hp_unset &&',
  '    builtin printf "__hp_kept=%s\\n" "$__hp_n"',
  '  } >|"$__hp_file" || return 1',
  '  IFS= builtin read -r -d "" __hp_text <"$__hp_file"',
  `  if [ "\${#__hp_text}" -gt ${String(largestStateBytes)} ]; then builtin : >|"$__hp_file"; return 1; fi`,
  "  case $__hp_text in *$'\\n'__hp_kept=\"$__hp_n\"$'\\n') return 0 ;; esac",
  '  return 1',
  '}',
];

/**
 * The command may set an EXIT trap of its own: it is run after the state is saved, with the command's status. Only in the
 * shell itself: a child that is ended before it has become its program still has the trap. (Bash 3 has no BASHPID.)
 */
const bashTrap = [
  '__hp_user=',
  `__hp_trap='{ __hp_rc=$?; set +x; } 2>/dev/null; if [ "\${BASHPID:-$$}" = "$$" ]; then __hp_end; [ -z "$__hp_user" ] || { (exit $__hp_rc); eval "$__hp_user"; }; fi'`,
  '__hp_end() {',
  '  if [ -z "$__hp_user" ]; then __hp_save && return 0; else (__hp_save) && return 0; fi',
  '  __hp_unkept',
  '  [ "$__hp_rc" -eq 0 ] || return 0',
  '  [ -z "$__hp_user" ] || (eval "$__hp_user")',
  '  builtin trap - EXIT; exit 126',
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

/** Writes beside the old state and renames. */
const shSave = [
  '__hp_quote() {',
  '  __hp_rest=$1; __hp_out=',
  '  while :; do',
  `    case $__hp_rest in *"'"*) ;; *) break ;; esac`,
  `    __hp_out=$__hp_out\${__hp_rest%%"'"*}"'\\\\''"; __hp_rest=\${__hp_rest#*"'"}`,
  '  done',
  `  __hp_out="'$__hp_out$__hp_rest'"`,
  '}',
  '__hp_save() (',
  '  set +eux; trap - EXIT; unset IFS; umask 077; __hp_quote "$PWD"; __hp_new=$__hp_dir/state.new',
  '  IFS= command read -r __hp_rest <"$__hp_dir/state" && [ "$__hp_rest" = "#$__hp_kept" ] || { __hp_late; exit 1; }',
  `  unset ${[...sessionVariables, ...localeVariables].join(' ')} __hp_cmd __hp_rc`,
  '  __hp_env=$(export -p) || exit 1',
  `  [ "\${#__hp_env}" -le ${String(largestStateBytes)} ] || exit 1`,
  '  __hp_bin=/usr/bin:/bin:/usr/local/bin:$PATH',
  '  {',
  '    PATH=$__hp_bin command printf "#%s\\n__hp_cwd=%s\\n" "$((__hp_kept + 1))" "$__hp_out" && export -p &&',
  `    for __hp_v in ${loginVariables.join(' ')}; do`,
  '      eval "[ -n \\"\\${$__hp_v+x}\\" ]" || echo "unset $__hp_v"',
  '    done &&',
  '    echo "__hp_kept=$((__hp_kept + 1))"',
  '  } >|"$__hp_new" || exit 1',
  '  PATH=$__hp_bin command mv -f "$__hp_new" "$__hp_dir/state"',
  ')',
];

/**
 * Here the command's own EXIT trap replaces this one; then the state is kept only if the command does not `exit`. The
 * explicit `exit` is for mksh, which ends with 0 when a signal kills it in spite of a trap; ksh93 then shows the trap a
 * 0 and ends otherwise by itself, so that a 0 is never made explicit.
 */
const shTrap = [
  '__hp_done=',
  '__hp_end() {',
  '  [ -z "$__hp_done" ] || return 0',
  '  __hp_done=1',
  '  __hp_save && return 0',
  '  __hp_unkept',
  '  [ "$__hp_rc" -ne 0 ] || { trap - EXIT; exit 126; }',
  '}',
  `trap '{ __hp_rc=$?; set +x; } 2>/dev/null; __hp_end; [ "$__hp_rc" -eq 0 ] || exit "$__hp_rc"' EXIT`,
];
