/**
 * How the live shell between steps comes to report its prompts: the account's own login shell, with its own start-up
 * files, and a mark with a random nonce (OSC 633) before each prompt. Nothing of the person's files or history changes,
 * and where a shell cannot be set up without that, it is started as it is.
 */
import { ok } from '../../contract/result.ts';
import type { Result } from '../../contract/result.ts';
import type { Connection } from '../connect/connection.ts';
import { upload } from './exchange.ts';
import { quoteForAnyShell } from './quote.ts';

export interface LiveHost {
  readonly stateDir: string | null;
  /** The login shell reads `quoteForAnyShell` rightly. */
  readonly direct: boolean;
  readonly loginShell: string | null;
  /** Digits only. */
  readonly nonce: string;
  readonly timeoutMs: number;
}

/**
 * The exec request for the account's login shell, set up; null when that is not possible. bash and fish take the set-up
 * in their arguments; zsh and the others read it from a file in the run's folder on the host.
 */
export async function liveShellCommand(
  connection: Connection,
  host: LiveHost,
): Promise<Result<string | null>> {
  const { loginShell, nonce, stateDir } = host;
  if (!host.direct || loginShell === null) return ok(null);
  if (loginShell === 'bash') return ok(shellOut(BASH_START, bashSetup(nonce)));
  if (loginShell === 'fish') return ok(shellOut('exec "$SHELL" -l -i -C "$1"', fishMarks(nonce)));
  if (stateDir === null) return ok(null);
  if (loginShell === 'zsh') {
    const put = await upload(connection, `${stateDir}/.zshenv`, Buffer.from(zshSetup(nonce)), host.timeoutMs);
    return put.ok ? ok(shellOut(`ZDOTDIR=${stateDir} exec "$SHELL" -l -i`, '')) : put;
  }
  if (!posixShells.includes(loginShell)) return ok(null);
  const file = `${stateDir}/live.sh`;
  const put = await upload(connection, file, Buffer.from(posixSetup(nonce)), host.timeoutMs);
  return put.ok ? ok(shellOut(`ENV=${file} exec "$SHELL" -i`, '')) : put;
}

const posixShells = ['sh', 'dash', 'ash', 'ksh', 'ksh93', 'mksh', 'oksh', 'loksh', 'lksh'];

/** The file descriptor stays open for the shell that reads its set-up from it. */
const BASH_START = 'exec "$SHELL" -c "$2" "$SHELL" "$1"';
const bashReadsPipe = 'exec "$0" --rcfile <(printf %s "$1") -i';

function shellOut(script: string, setup: string): string {
  const args = setup === '' ? [] : [setup, ...(script === BASH_START ? [bashReadsPipe] : [])];
  return `exec /bin/sh -c '${script}'${[' sh', ...args.map(quoteForAnyShell)].join(' ')}`;
}

/**
 * The marks: `C` before a command and `D` with its status after it, or `P` with the status alone where a shell has no
 * hook before a command. As `printf` and prompts take them.
 */
function startMark(nonce: string): string {
  return `\\e]633;C;${nonce}\\a`;
}

function endMark(nonce: string, status: string): string {
  return `\\e]633;D;${status};${nonce}\\a`;
}

/** What a login shell reads, in bash's own order; then the marks. `PS0` needs bash 4.4 and is ignored before. */
function bashSetup(nonce: string): string {
  return [
    'if [ -r /etc/profile ]; then . /etc/profile; fi',
    'if [ -r ~/.bash_profile ]; then . ~/.bash_profile',
    'elif [ -r ~/.bash_login ]; then . ~/.bash_login',
    'elif [ -r ~/.profile ]; then . ~/.profile; fi',
    endHook(nonce),
    bashHooks(nonce),
  ].join('\n');
}

function endHook(nonce: string): string {
  return `_hp_e() { _hp_s=$?; printf "${endMark(nonce, '$_hp_s')}"; return $_hp_s; }`;
}

function bashHooks(nonce: string): string {
  return `PROMPT_COMMAND="_hp_e\${PROMPT_COMMAND:+; $PROMPT_COMMAND}"; PS0="${startMark(nonce)}$PS0"`;
}

/** `eval`, so that a shell without arrays can at least read it. */
function zshHooks(nonce: string): string {
  return (
    `_hp_c() { printf "${startMark(nonce)}"; }; ` +
    'eval "precmd_functions=(_hp_e \\$precmd_functions); preexec_functions=(_hp_c \\$preexec_functions)"'
  );
}

function fishMarks(nonce: string): string {
  return [
    `function _hp_c --on-event fish_preexec; printf "${startMark(nonce)}"; end`,
    `function _hp_e --on-event fish_prompt; printf "${endMark(nonce, '$status')}"; end`,
  ].join('; ');
}

/** zsh reads this first; from here on its own files are those of the person. */
function zshSetup(nonce: string): string {
  return [
    'unset ZDOTDIR',
    'if [ -r ~/.zshenv ]; then . ~/.zshenv; fi',
    'typeset -ga precmd_functions preexec_functions',
    endHook(nonce),
    zshHooks(nonce),
  ].join('\n');
}

/** dash, ash, ksh: what a login shell and an interactive one read, then a mark in the prompt itself. */
function posixSetup(nonce: string): string {
  return [
    'unset ENV',
    'if [ -r /etc/profile ]; then . /etc/profile; fi',
    'if [ -r ~/.profile ]; then . ~/.profile; fi',
    'if [ -n "$ENV" ]; then eval "_hp_f=\\"$ENV\\""',
    'else case $KSH_VERSION in *MIRBSD*|*LEGACY*) _hp_f=~/.mkshrc ;; ?*) _hp_f=~/.kshrc ;; *) _hp_f= ;; esac; fi',
    'if [ -n "$_hp_f" ] && [ -r "$_hp_f" ]; then . "$_hp_f"; fi',
    posixMarks(nonce),
    'unset _hp_f _hp_d _hp_m',
  ].join('\n');
}

/**
 * The mark is in PS1 with `$?` for the shell to expand. mksh and busybox are told that it takes no room on the line;
 * ksh93 sees that by itself, as long as there are only digits in it.
 */
function posixMarks(nonce: string): string {
  return [
    `_hp_m=$(printf "\\033]633;P;_;${nonce}\\007"); _hp_m=\${_hp_m%%_*}\\$?\${_hp_m#*_}`,
    'case $KSH_VERSION:$BB_ASH_VERSION in ' +
      '*MIRBSD*|*LEGACY*) _hp_d=$(printf "\\001"); PS1=$_hp_d$(printf "\\r")$_hp_d$_hp_m$_hp_d${PS1#"$_hp_d"?} ;; ' +
      ':?*) PS1="\\[$_hp_m\\]$PS1" ;; *) PS1=$_hp_m$PS1 ;; esac',
  ].join('; ');
}

/**
 * One line that sets up whatever shell is in front, typed into it: every shell has to read it, so that fish sees only
 * words, and busybox takes no line of 1 000 bytes. A blank in front keeps it out of histories that go by that; bash is
 * told to forget it where it does not.
 */
export function typedSetup(nonce: string): string {
  const forget = 'case $HISTCONTROL in *ignore[sb]*) ;; *) history -d $((HISTCMD-1)) ;; esac';
  const posix = [
    `if [ "$BASH_VERSION$ZSH_VERSION" ]; then ${endHook(nonce)}`,
    `if [ "$ZSH_VERSION" ]; then ${zshHooks(nonce)}`,
    `else ${bashHooks(nonce)}; ${forget}; fi`,
    `else ${posixMarks(nonce)}; fi`,
  ].join('; ');
  return ` test "$FISH_VERSION" && eval ${quoteForAnyShell(fishMarks(nonce))} || eval ${quoteForAnyShell(posix)}`;
}
