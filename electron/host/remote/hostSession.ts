/**
 * Makes a connection ready for steps: finds the shell, makes the private folder that carries state from step to step,
 * measures clock and round trip. Must never leave the folder behind once it is told to clean up, and never run a
 * step's command by itself.
 */
import { randomBytes } from 'node:crypto';
import { fail, ok } from '../../contract/result.ts';
import type { Result } from '../../contract/result.ts';
import type { ChannelEnd, Connection } from '../connect/connection.ts';
import { cleanLine } from '../connect/serverText.ts';
import { fileExec, initialState, inlineExec, signalExec, wrapperScript } from './wrapper.ts';
import type { ShellKind, WrapperHost } from './wrapper.ts';

export interface HostOptions {
  readonly runId: string;
  /** Variables that every command of the run finds exported. Must hold no secret. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds for each exchange with the host. Default 30 000. */
  readonly timeoutMs?: number;
}

export interface PreparedHost {
  readonly shell: ShellKind;
  /** Private folder on the host, the same for every connection of a run. */
  readonly stateDir: string;
  /** Host clock minus this computer's. */
  readonly clockOffsetMs: number;
  readonly rttMs: number;
  /**
   * The exact exec request for a command. A long command is first put into a file on the host. `carry`: what the
   * command exports and its directory are kept for the next one; without it they are only read. A command that is
   * killed or replaces its shell (`exec`) leaves the state as it was.
   */
  wrap(command: string, options: { readonly carry: boolean }): Promise<Result<string>>;
  /** The exec request that signals the process group of the command started last, for servers that refuse signals. */
  signalCommand(name: 'INT' | 'TERM' | 'KILL'): string;
  /** Removes the folder. Never rejects. */
  cleanup(): Promise<void>;
}

/** An exec string longer than this goes into a file on the host. */
const longestInlineBytes = 65_536;
const clockRounds = 3;

/** Prepares a host. What an earlier connection of the same run left there is taken up again. */
export async function prepareHost(
  connection: Connection,
  options: HostOptions,
): Promise<Result<PreparedHost>> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const badName = Object.keys(options.env ?? {}).find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (badName !== undefined)
    return fail('bad-request', `${JSON.stringify(badName)} is no name for a variable.`);
  const found = await survey(connection, options, timeoutMs);
  if (!found.ok) return found;
  const { base64, clockOffsetMs, rttMs, ...host } = found.value;
  let uploads = 0;

  return ok({
    shell: host.shell,
    stateDir: host.stateDir,
    clockOffsetMs,
    rttMs,
    wrap: async (command, { carry }) => {
      const script = wrapperScript(command, host, carry);
      if (!script.ok) return script;
      const inline = inlineExec(script.value, host);
      if (base64 && Buffer.byteLength(inline) <= longestInlineBytes) return ok(inline);
      uploads += 1;
      const file = `${host.stateDir}/command-${String(uploads)}`;
      const put = await upload(connection, file, Buffer.from(script.value), timeoutMs);
      return put.ok ? ok(fileExec(file, host)) : put;
    },
    signalCommand: (name) => signalExec(name, host),
    cleanup: async () => {
      await exchange(connection, `exec /bin/sh -c 'rm -rf -- ${host.stateDir}'`, { timeoutMs });
    },
  });
}

interface Survey extends WrapperHost {
  readonly base64: boolean;
  readonly clockOffsetMs: number;
  readonly rttMs: number;
}

/** One line without `'`, `\\` and `!` (a test for a link is written without it), so that any login shell passes it on. */
function surveyScript(runId: string, mark: string): string {
  const name = `holdpoint-${runId.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 60)}`;
  return [
    'umask 077; d=;',
    // Memory first: a full disk on the host must not stop the work on it.
    'for b in /dev/shm "$TMPDIR" /tmp "$HOME"; do',
    `d=; case $b in /*) ;; *) continue ;; esac; if [ -n "$(printf %s "$b" | tr -d A-Za-z0-9/._-)" ]; then continue; fi; d=$b/${name};`,
    'mkdir -m 700 "$d" 2>/dev/null || { [ -d "$d" ] && [ -O "$d" ] && if [ -L "$d" ]; then false; fi; } || continue;',
    'if ( : >"$d/probe" ) 2>/dev/null; then break; fi; d=; done;',
    'k=sh; s=$(command -v bash); case $s in /*) k=bash ;; *) s=/bin/sh ;; esac;',
    'x=$(printf %s aG9sZA== | base64 -d 2>/dev/null); if [ "$x" = hold ]; then x=yes; else x=no; fi;',
    `echo ${mark}; echo "$k"; echo "$s"; echo "$x"; echo "$d"; echo ${mark};`,
    'while read -r x; do date +%s%N; done',
  ].join(' ');
}

async function survey(
  connection: Connection,
  options: HostOptions,
  timeoutMs: number,
): Promise<Result<Survey>> {
  const mark = `mark-${randomBytes(12).toString('hex')}`;
  const command = `exec /bin/sh -c '${surveyScript(options.runId, mark)}'`;
  const { address } = connection.facts;
  const dates: { readonly at: number; readonly text: string }[] = [];
  let sentAt = 0;
  const rounds: { readonly rtt: number; readonly offset: number }[] = [];
  const result = await exchange(connection, command, {
    timeoutMs,
    onText: (text, channel) => {
      const after = text.split(`${mark}\n`)[2];
      if (after === undefined) return;
      const lines = after.split('\n').slice(0, -1);
      const last = lines.at(-1);
      if (lines.length > dates.length && last !== undefined) {
        const now = Date.now();
        dates.push({ at: now, text: last });
        rounds.push({ rtt: performance.now() - sentAt, offset: hostMillis(last) - now });
      }
      if (dates.length === clockRounds) channel.end();
      else {
        sentAt = performance.now();
        channel.write('\n');
      }
    },
  });
  if (!result.ok) return result;
  const answer = result.value.stdout.split(`${mark}\n`)[1]?.split('\n');
  const [kind, shellPath = '', base64, stateDir = ''] = answer ?? [];
  if (answer === undefined || !/^\/[A-Za-z0-9/._-]+$/.test(shellPath)) {
    const said = cleanLine(`${result.value.stderr} ${result.value.stdout}`, 200);
    return fail(
      'unsupported',
      `${address} did not answer like a POSIX shell (${describe(result.value.end)}): ${said}`,
      {
        hint: 'The account may be restricted (ForceCommand, nologin) or the host may be no Unix. Nothing was run.',
      },
    );
  }
  if (stateDir === '') {
    return fail(
      'unsupported',
      `${address} has no place for the state of the run: neither /dev/shm, $TMPDIR, /tmp nor the home folder is writable.`,
      {
        hint: 'Make room or make one of them writable, then connect again.',
      },
    );
  }
  const host: WrapperHost = { shell: kind === 'bash' ? 'bash' : 'sh', shellPath, stateDir };
  const kept = await initialise(connection, host, options.env ?? {}, timeoutMs);
  if (!kept.ok) return kept;
  const best = rounds.reduce((a, b) => (b.rtt < a.rtt ? b : a), rounds[0] ?? { rtt: 0, offset: 0 });
  return ok({
    ...host,
    base64: base64 === 'yes',
    rttMs: best.rtt,
    clockOffsetMs: best.offset + best.rtt / 2,
  });
}

/** GNU date prints nanoseconds; others only whole seconds, of which the middle is taken. */
function hostMillis(text: string): number {
  const parts = /^(\d{10})(\d{9})?/.exec(text);
  const fraction = parts?.[2];
  return Number(parts?.[1] ?? Number.NaN) * 1000 + (fraction === undefined ? 500 : Number(fraction) / 1e6);
}

/** Writes the first state of a run, unless an earlier connection of the run has left one. */
async function initialise(
  connection: Connection,
  host: WrapperHost,
  env: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Result<undefined>> {
  const state = `${host.stateDir}/state`;
  const there = await exchange(connection, `exec /bin/sh -c 'test -s ${state}'`, { timeoutMs });
  if (!there.ok) return there;
  if (there.value.end.how === 'exit' && there.value.end.code === 0) return ok(undefined);
  return upload(connection, state, Buffer.from(initialState(env)), timeoutMs);
}

/** Puts bytes into a file of mode 0600 and has the host count them. */
async function upload(
  connection: Connection,
  file: string,
  bytes: Uint8Array,
  timeoutMs: number,
): Promise<Result<undefined>> {
  const script = `umask 077; cat >${file}.part && mv -f ${file}.part ${file} && wc -c <${file}`;
  const done = await exchange(connection, `exec /bin/sh -c '${script}'`, { timeoutMs, input: bytes });
  if (!done.ok) return done;
  const { end, stdout, stderr } = done.value;
  if (
    end.how === 'exit' &&
    end.code === 0 &&
    new RegExp(`(^|\\s)${String(bytes.byteLength)}\\s*$`).test(stdout)
  ) {
    return ok(undefined);
  }
  const { address } = connection.facts;
  const said = cleanLine(stderr, 200);
  return fail(
    'refused',
    `The command could not be put into ${file} on ${address} (${describe(end)}). ${said}`,
    {
      kept: 'Nothing was run.',
      hint: 'Check that there is room on the host, then try again.',
    },
  );
}

interface Exchange {
  readonly timeoutMs: number;
  readonly input?: Uint8Array;
  /** Gets all of stdout so far, whenever more has come. */
  readonly onText?: (text: string, channel: { write(text: string): void; end(): void }) => void;
}

interface Answer {
  readonly end: ChannelEnd;
  readonly stdout: string;
  readonly stderr: string;
}

const longestAnswer = 65_536;

/** Runs a small command of the app's own. */
async function exchange(connection: Connection, command: string, options: Exchange): Promise<Result<Answer>> {
  const text = { stdout: '', stderr: '' };
  let told = (): void => undefined;
  const opened = await connection.exec({
    command,
    onData: (stream, bytes) => {
      if (text[stream].length < longestAnswer) text[stream] += Buffer.from(bytes).toString('utf8');
      if (stream === 'stdout') told();
    },
  });
  if (!opened.ok) return opened;
  const channel = opened.value;
  const limit = { over: false };
  const timer = setTimeout(() => {
    limit.over = true;
    channel.close();
  }, options.timeoutMs);
  if (options.input !== undefined) channel.write(options.input);
  const { onText } = options;
  if (onText === undefined) channel.endInput();
  else {
    const handle = {
      write: (words: string) => {
        channel.write(Buffer.from(words));
      },
      end: () => {
        channel.endInput();
      },
    };
    told = () => {
      onText(text.stdout, handle);
    };
    told();
  }
  const end = await channel.ended;
  clearTimeout(timer);
  const { address } = connection.facts;
  if (limit.over) {
    return fail(
      'network',
      `${address} did not finish preparing within ${String(options.timeoutMs / 1000)} s.`,
      {
        hint: 'A start-up file of the account (.bashrc, .profile) may be waiting for something.',
      },
    );
  }
  if (end.how === 'lost')
    return fail('network', `Contact with ${address} was lost while preparing it. ${end.why}`);
  return ok({ end, ...text });
}

function describe(end: ChannelEnd): string {
  switch (end.how) {
    case 'exit':
      return `exit ${String(end.code)}`;
    case 'signal':
      return `signal ${end.signal}`;
    case 'lost':
      return end.why;
  }
}
