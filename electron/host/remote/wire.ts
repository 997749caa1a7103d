/**
 * The exec requests that go to a host: a wrapped command in one of three forms, and signals. Pure. Each must mean the
 * same to whatever login shell the account has, or be refused by it as a whole.
 */
import { quoteForAnyShell } from './quote.ts';
import { signalGroup } from './signalGroup.ts';
import { fileScript, lastLine, wrapperScript } from './wrapper.ts';
import type { WrapperHost } from './wrapper.ts';

/** The command in plain words, for login shells that were seen to read `quoteForAnyShell` rightly. */
export function directExec(command: string, host: WrapperHost, carry: boolean): string {
  const script = quoteForAnyShell(wrapperScript(host, carry));
  return `exec ${host.shellPath} -c ${script} ${host.shellPath} ${quoteForAnyShell(command)}`;
}

/** The command in base64. Free of `'`, `\` and `!` inside its quotes, for any login shell at all. */
export function encodedExec(command: string, host: WrapperHost, carry: boolean): string {
  const script = fileScript(command, host, carry);
  return execOf(host, `printf %s ${Buffer.from(script).toString('base64')} | base64 -d`);
}

/** The exec request that runs a script (see `fileScript`) which was put into a file on the host. */
export function fileExec(file: string, host: WrapperHost): string {
  return execOf(host, `cat ${file}`);
}

function execOf(host: WrapperHost, source: string): string {
  const whole = `case $__hp in *"${lastLine}") eval "$__hp" ;; *) echo "holdpoint: the command did not arrive whole and was not run" >&2; exit 126 ;; esac`;
  return `exec ${host.shellPath} -c '__hp=$(${source}); ${whole}'`;
}

/**
 * Sends a signal to the process group of the command with this tag. As long as it has not begun, what the one before it
 * has left running there is not signalled in its place: exit 1. One that has only just begun is given a moment to get
 * under way: bash with an EXIT trap loses a signal that comes while it starts a program, unless it is KILL.
 */
export function signalExec(name: 'INT' | 'TERM' | 'KILL', stateDir: string, tag: string): string {
  const ours = `c() { read -r p t <${stateDir}/pid && [ "$t" = ${tag} ]; }`;
  const moment = name === 'KILL' ? '' : '{ sleep 0.2 2>/dev/null || sleep 1; } && c && ';
  return `exec /bin/sh -c '${ours}; c && ${moment}{ ${signalGroup(name, '$p')}; }'`;
}
