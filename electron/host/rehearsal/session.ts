/**
 * One SSH session channel of the rehearsal host: gathers what the client asks for, then runs the shell. Output is
 * delivered to the last byte before the exit status goes out.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { ServerChannel, Session } from 'ssh2';
import type { Result } from '../../contract/result.ts';
import { signalGroup, type Programs } from './programs.ts';
import { startPty, type TerminalRequest } from './pty.ts';

/** What every session of a host shares. */
export interface SessionSetting {
  readonly programs: Programs;
  readonly shell: string;
  readonly home: string;
  readonly starter: string;
  /** Folder for session folders. */
  readonly sessions: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The part of a running command that the two ways of starting one have in common. */
interface Running {
  readonly process: ChildProcessWithoutNullStreams;
  group(): Promise<number | undefined>;
  resize(cols: number, rows: number): Promise<void>;
  dispose(): Promise<void>;
}

type Answer = (() => unknown) | undefined;

const signals: Readonly<Record<string, NodeJS.Signals>> = {
  INT: 'SIGINT',
  TERM: 'SIGTERM',
  KILL: 'SIGKILL',
  HUP: 'SIGHUP',
  QUIT: 'SIGQUIT',
  USR1: 'SIGUSR1',
  USR2: 'SIGUSR2',
};
const signalNumbers: Readonly<Record<number, string>> = {
  1: 'HUP',
  2: 'INT',
  3: 'QUIT',
  9: 'KILL',
  15: 'TERM',
};

/** Only these may come from the client (sshd_config(5), AcceptEnv). */
const acceptedVariable = /^(?:LANG|LC_[A-Z]+)$/;

let count = 0;

/** Serves one session. `ssh2` hands over the requests in the order in which they came. */
export function serveSession(session: Session, setting: SessionSetting): void {
  const env: Record<string, string> = { ...setting.env };
  const sent = new Set<string>();
  let terminal: TerminalRequest | undefined;
  let running: Promise<Running | undefined> | undefined;

  session.on('env', (accept: Answer, reject: Answer, info) => {
    // The published type of this event says `value`; ssh2 sends `val`.
    const value = 'val' in info && typeof info.val === 'string' ? info.val : undefined;
    const allowed = acceptedVariable.test(info.key) && value !== undefined;
    if (allowed) env[info.key] = value;
    (allowed ? accept : reject)?.();
  });
  session.on('pty', (accept: Answer, _reject, info) => {
    terminal = { cols: info.cols, rows: info.rows, modes: { ...info.modes } };
    // A client that sends no terminal type must not leave programs without one.
    env['TERM'] = /^[\w.+-]{1,64}$/.test(info.term) ? info.term : 'dumb';
    accept?.();
  });
  session.on('window-change', (accept: Answer, _reject, info) => {
    accept?.();
    if (terminal) terminal = { ...terminal, cols: info.cols, rows: info.rows };
    void running?.then((it) => it?.resize(info.cols, info.rows)).catch(ignoreGone);
  });
  session.on('signal', (accept: Answer, reject: Answer, info) => {
    const name = info.name.replace(/^SIG/, '');
    const signal = signals[name];
    if (!signal || !running) return void reject?.();
    accept?.();
    sent.add(name);
    void running.then((it) => signalRunning(it, signal)).catch(ignoreGone);
  });
  const start = (channel: ServerChannel, command: string | undefined): void => {
    running = begin(channel, { command, terminal, env, setting, sent });
  };
  session.on('exec', (accept, _reject, info) => {
    start(accept(), info.command);
  });
  session.on('shell', (accept) => {
    start(accept(), undefined);
  });
}

/** A process or terminal that ended in the meantime needs no signal and no size. */
function ignoreGone(): void {
  return;
}

async function signalRunning(running: Running | undefined, signal: NodeJS.Signals): Promise<void> {
  const group = await running?.group();
  if (group !== undefined) signalGroup(group, signal);
}

interface Begin {
  readonly command: string | undefined;
  readonly terminal: TerminalRequest | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly setting: SessionSetting;
  /** Signals that came over this channel. */
  readonly sent: ReadonlySet<string>;
}

/** Starts the command and couples it with the channel. Resolves once it runs; `undefined` when it could not start. */
async function begin(channel: ServerChannel, it: Begin): Promise<Running | undefined> {
  channel.on('error', ignoreGone);
  const started = await startRunning(it).catch((error: unknown) => {
    refuse(channel, `The rehearsal host could not start the command: ${String(error)}`);
    return undefined;
  });
  if (!started) return undefined;
  if (!started.ok) {
    refuse(channel, [started.error.message, started.error.hint].filter(Boolean).join(' '));
    return undefined;
  }
  const running = started.value;
  void couple(channel, running, it).catch((error: unknown) => {
    refuse(channel, `The rehearsal host lost the command: ${String(error)}`);
  });
  return running;
}

async function startRunning(it: Begin): Promise<Result<Running>> {
  const { setting } = it;
  const env = it.command === undefined ? it.env : { ...it.env, SHELL: setting.shell };
  if (it.terminal) {
    return startPty({
      ...(it.command === undefined ? {} : { command: it.command }),
      terminal: it.terminal,
      shell: setting.shell,
      env,
      cwd: setting.home,
      starter: setting.starter,
      session: join(setting.sessions, String(++count)),
    });
  }
  const words = it.command === undefined ? [] : ['-c', it.command];
  const child = spawn(setting.shell, words, {
    cwd: setting.home,
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return { ok: true, value: plainChild(child) };
}

function plainChild(child: ChildProcessWithoutNullStreams): Running {
  return {
    process: child,
    group: () => Promise.resolve(child.pid),
    resize: () => Promise.resolve(),
    dispose: () => Promise.resolve(),
  };
}

/** Runs to the end of the command: pipes, waits until all is delivered, reports how it ended. */
async function couple(channel: ServerChannel, running: Running, it: Begin): Promise<void> {
  const { process: child } = running;
  const { programs } = it.setting;
  const groups: number[] = [];
  const watch = (group: number | undefined): void => {
    if (group === undefined) return;
    groups.push(group);
    programs.add(group);
  };
  watch(child.pid);
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  if (it.terminal) void running.group().then(watch, ignoreGone);

  child.stdin.on('error', ignoreGone);
  // As sshd does: the end of the client's input is no end of the terminal.
  channel.pipe(child.stdin, { end: !it.terminal });
  const delivered = [deliver(child.stdout, channel), deliver(child.stderr, channel.stderr)];
  const gone = new Promise<void>((resolve) => {
    channel.once('close', () => {
      resolve();
      hangUp(running, it.terminal !== undefined);
    });
  });

  try {
    const [code, signal] = await ended;
    await Promise.race([Promise.all(delivered), gone]);
    report(channel, code, signal, it);
  } finally {
    for (const group of groups) programs.remove(group);
    await running.dispose();
  }
}

/** Copies a stream to the channel; resolves when the last byte has been taken by the protocol. */
function deliver(from: Readable, to: Writable): Promise<void> {
  return new Promise((resolve) => {
    let waiting = 0;
    let over = false;
    const settle = (): void => {
      if (over && waiting === 0) resolve();
    };
    from.on('data', (bytes: Buffer) => {
      waiting += 1;
      const room = to.write(bytes, () => {
        waiting -= 1;
        settle();
      });
      if (room) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
    from.once('close', () => {
      over = true;
      settle();
    });
    from.on('error', ignoreGone);
  });
}

/**
 * The client has closed the channel. A terminal hangs up; a command without one loses its pipes and may go on, as
 * with sshd. Output that nobody reads must not keep it waiting for ever.
 */
function hangUp(running: Running, onTerminal: boolean): void {
  const { process: child } = running;
  child.stdin.end();
  child.stdout.destroy();
  child.stderr.destroy();
  if (!onTerminal) return;
  void signalRunning(running, 'SIGHUP').catch(ignoreGone);
  child.kill('SIGHUP');
}

function report(channel: ServerChannel, code: number | null, signal: NodeJS.Signals | null, it: Begin): void {
  const name = signal?.replace(/^SIG/, '') ?? signalBehind(code, it);
  if (name === undefined) channel.exit(code ?? 255);
  else channel.exit(name);
  channel.end();
}

/**
 * script(1) turns “killed by signal n” into exit status 128 + n. It is told apart from a program that chose that
 * status by whether the client had sent this signal.
 */
function signalBehind(code: number | null, it: Begin): string | undefined {
  if (!it.terminal || code === null || code <= 128) return undefined;
  const name = signalNumbers[code - 128];
  return name !== undefined && it.sent.has(name) ? name : undefined;
}

function refuse(channel: ServerChannel, why: string): void {
  channel.stderr.write(`${why}\r\n`, () => {
    channel.exit(126);
    channel.end();
  });
}
