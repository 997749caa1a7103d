/**
 * Finds out what a host is: whether there is a POSIX shell at all, which one commands can have, where state can be
 * kept, what the clock says. It runs nothing but harmless words of its own and leaves nothing but the run's folder.
 */
import { randomBytes } from 'node:crypto';
import { fail, ok } from '../../contract/result.ts';
import type { Result } from '../../contract/result.ts';
import type { Connection } from '../connect/connection.ts';
import { cleanLine } from '../connect/serverText.ts';
import { describeEnd, exchange } from './exchange.ts';
import type { Answer } from './exchange.ts';
import type { HostOptions } from './preparedHost.ts';
import { quoteForAnyShell } from './quote.ts';
import type { ShellKind } from './wrapper.ts';

/** What kind of host it is: one with a POSIX shell, or one whose commands are only observed. */
export type HostKind =
  { readonly kind: 'posix'; readonly noise: string } | { readonly kind: 'observed'; readonly rttMs: number };

export interface Survey {
  readonly shell: ShellKind;
  readonly shellPath: string;
  readonly pipefail: boolean;
  readonly base64: boolean;
  /** The login shell reads `quoteForAnyShell` rightly. */
  readonly direct: boolean;
  readonly loginShell: string | null;
  readonly stateDir: string | null;
  /** An earlier connection of the run has left its state there. */
  readonly hasState: boolean;
  readonly clockOffsetMs: number | null;
  readonly rttMs: number;
}

const clockRounds = 3;
const hint =
  'The account may be restricted (ForceCommand, nologin) or the host may be no Unix. Nothing was run.';

/**
 * Asks for a sum that only a POSIX shell works out. A host that does not, but answers what it is sent, is observed;
 * one that says the same to everything and refuses it (nologin) is a failure with what it said.
 */
export async function identify(connection: Connection, timeoutMs: number): Promise<Result<HostKind>> {
  const mark = randomBytes(12).toString('hex');
  const asked = await exchange(connection, `exec /bin/sh -c 'echo posix-${mark}-$((40+2))'`, {
    timeoutMs,
    endless: true,
  });
  if (!asked.ok) return asked;
  const sum = `posix-${mark}-42`;
  const { stdout, stderr } = asked.value;
  if (stdout.includes(sum)) return ok({ kind: 'posix', noise: `${stdout.split(sum)[0] ?? ''}${stderr}` });
  const started = performance.now();
  const word = `echo-${mark}`;
  const second = await exchange(connection, `echo ${word}`, { timeoutMs, endless: true });
  if (!second.ok) return second;
  const rttMs = performance.now() - started;
  const first = asked.value;
  const reads = said(second.value).includes(word) || said(first) !== said(second.value);
  const accepts = !(second.value.end.how === 'exit' && second.value.end.code !== 0);
  if (reads || accepts) return ok({ kind: 'observed', rttMs });
  return fail(
    'unsupported',
    `${connection.facts.address} runs no command (${describeEnd(first.end)}): ${cleanLine(said(first), 200)}`,
    { hint },
  );
}

function said(answer: Answer): string {
  return `${answer.stderr} ${answer.stdout}`;
}

/** All that a login shell could read otherwise than it was meant. */
const hardText = "a'b\"c\\d\\\\e\\'$f`g`!h {i,j} ~ * ? [k] # % ^ & | ; < > ( ) = \u00e9\u65e5\n\t.";

/** Surveys a POSIX host. One question and a few more for the clock, over one channel. */
export async function survey(
  connection: Connection,
  options: HostOptions,
  timeoutMs: number,
): Promise<Result<Survey>> {
  const hard = await ask(connection, options, timeoutMs, ` sh ${quoteForAnyShell(hardText)}`);
  if (!hard.ok) return hard;
  if (hard.value !== null) return ok(hard.value);
  // A login shell such as csh stumbles over the text itself: ask again without it.
  const plain = await ask(connection, options, timeoutMs, '');
  if (!plain.ok) return plain;
  if (plain.value !== null) return ok(plain.value);
  return fail('unsupported', `${connection.facts.address} did not answer like a POSIX shell.`, { hint });
}

/** One line without `'`, `\\` and `!` (a test for a link is written without it), so that any login shell passes it on. */
function surveyScript(options: HostOptions, mark: string): string {
  return [
    ...(options.files === 'forbidden' ? ['d=;'] : [findFolder(folderName(options))]),
    'k=sh; p=no; s=$(command -v bash); case $s in /*) k=bash; p=yes ;; *) s=/bin/sh; if (set -o pipefail) 2>/dev/null; then p=yes; fi ;; esac;',
    'x=$(printf %s aG9sZA== | base64 -d 2>/dev/null); if [ "$x" = hold ]; then x=yes; else x=no; fi;',
    'w=no; if [ -n "$d" ]; then if [ -s "$d/state" ] || [ -s "$d/state.1" ]; then w=yes; fi; fi;',
    `echo ${mark}; echo "$k"; echo "$s"; echo "$p"; echo "$x"; echo "$w"; echo "$SHELL"; echo "$d"; echo ${mark};`,
    `printf %s "$1"; echo ${mark};`,
    'while read -r x; do date +%s%N; done',
  ].join(' ');
}

function folderName(options: HostOptions): string {
  const clean = (text: string): string => text.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 60);
  const target = options.target === undefined ? '' : `.${clean(options.target)}`;
  return `holdpoint-${clean(options.runId)}${target}`;
}

/**
 * Memory first, because a full disk on the host must not stop the work on it; but only for root: of others, logind
 * empties /dev/shm when their last session ends (RemoveIPC), and a dropped link is such an end. A folder that is there is
 * entered before it is judged: between two looks at a name, others could put something else under it. Once it is ours in
 * a place that is sticky or ours, nobody else can.
 */
function findFolder(name: string): string {
  return [
    'umask 077; d=;',
    'f=/var/tmp; if [ "$(id -u 2>/dev/null)" = 0 ]; then f=/dev/shm; fi;',
    'for b in "$f" /var/tmp "$TMPDIR" /tmp "$HOME" /dev/shm; do',
    `d=; case $b in /*) ;; *) continue ;; esac; if [ -n "$(printf %s "$b" | tr -d A-Za-z0-9/._-)" ]; then continue; fi; d=$b/${name};`,
    'if [ -O "$b" ] || [ -k "$b" ]; then :; else d=; continue; fi;',
    'mkdir -m 700 "$d" 2>/dev/null || { p=$(cd -P "$b" 2>/dev/null && pwd -P) &&',
    `[ "$(cd -P "$d" 2>/dev/null && [ -O . ] && pwd -P)" = "\${p%/}/${name}" ]; } || { d=; continue; };`,
    'if ( : >"$d/probe" ) 2>/dev/null; then break; fi; d=; done;',
  ].join(' ');
}

/** Resolves with null when the answer makes no sense. */
async function ask(
  connection: Connection,
  options: HostOptions,
  timeoutMs: number,
  args: string,
): Promise<Result<Survey | null>> {
  const mark = `mark-${randomBytes(12).toString('hex')}`;
  const clock = createClock(mark);
  const command = `exec /bin/sh -c '${surveyScript(options, mark)}'${args}`;
  const result = await exchange(connection, command, { timeoutMs, onText: clock.onText });
  if (!result.ok) return result;
  const [, answer, echoed] = result.value.stdout.split(mark);
  const lines = answer?.split('\n').slice(1) ?? [];
  const [kind, shellPath = '', pipefail, base64, hasState, login = '', stateDir = ''] = lines;
  if (!/^\/[A-Za-z0-9/._-]+$/.test(shellPath)) return ok(null);
  const loginShell = /^[A-Za-z0-9._-]{1,40}$/.exec(login.slice(login.lastIndexOf('/') + 1))?.[0] ?? null;
  return ok({
    shell: kind === 'bash' ? 'bash' : 'sh',
    shellPath,
    pipefail: pipefail === 'yes',
    base64: base64 === 'yes',
    direct: args !== '' && echoed === `\n${hardText}`,
    loginShell,
    stateDir: stateDir === '' ? null : stateDir,
    hasState: hasState === 'yes',
    ...clock.best(),
  });
}

interface ClockRounds {
  readonly onText: (text: string, channel: { write(text: string): void; end(): void }) => void;
  best(): { readonly clockOffsetMs: number | null; readonly rttMs: number };
}

/** Asks for the host's time some times over; the quickest answer counts. */
function createClock(mark: string): ClockRounds {
  const rounds: { readonly rtt: number; readonly offset: number }[] = [];
  let sentAt = 0;
  return {
    onText(text, channel) {
      const after = text.split(`${mark}\n`)[3];
      if (after === undefined) return;
      const lines = after.split('\n').slice(0, -1);
      const last = lines.at(-1);
      if (lines.length > rounds.length && last !== undefined) {
        rounds.push({ rtt: performance.now() - sentAt, offset: hostMillis(last) - Date.now() });
      }
      if (rounds.length === clockRounds) channel.end();
      else {
        sentAt = performance.now();
        channel.write('\n');
      }
    },
    best() {
      const first = rounds[0];
      if (first === undefined) return { clockOffsetMs: null, rttMs: 0 };
      const { rtt, offset } = rounds.reduce((a, b) => (b.rtt < a.rtt ? b : a), first);
      const clockOffsetMs = offset + rtt / 2;
      return { clockOffsetMs: Number.isFinite(clockOffsetMs) ? clockOffsetMs : null, rttMs: rtt };
    },
  };
}

/** GNU date prints nanoseconds; others only whole seconds, of which the middle is taken. */
function hostMillis(text: string): number {
  const parts = /^(\d{10})(\d{9})?/.exec(text);
  const fraction = parts?.[2];
  return Number(parts?.[1] ?? Number.NaN) * 1000 + (fraction === undefined ? 500 : Number(fraction) / 1e6);
}
