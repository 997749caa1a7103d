/**
 * One command or shell on this computer as a CommandChannel. Its end is what the operating system reports; must never
 * resolve `ended` while output is undelivered.
 */
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fail, ok, type Result } from '../../../contract/result.ts';
import type { ChannelEnd, CommandChannel, ExecRequest, TerminalSize } from '../connection.ts';
import { openPtyPair, type PtyPair } from './ptyPair.ts';

type DataListener = ExecRequest['onData'];
type SignalName = Parameters<CommandChannel['signal']>[0];

export interface LocalCommand {
  /** Program and its arguments. */
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A local channel can be ended for good when the connection goes. */
export interface LocalChannel extends CommandChannel {
  /** Hangs up, and kills what does not go within so many ms. */
  end(graceMs: number): Promise<void>;
}

/** Makes the terminal it gets as "$1" its own, then becomes the command. */
const ON_TERMINAL = 'exec 0<>"$1" 1>&0 2>&0; shift; exec "$@"';
const GIVEN_UP = 'The channel was closed from this side before the command ended';

/** Starts a command without a terminal: standard output and error apart, byte for byte. */
export async function startPlain(
  command: LocalCommand,
  listener: DataListener,
): Promise<Result<LocalChannel>> {
  const [program, ...args] = command.argv;
  // A group of its own, so that a signal reaches everything the command has started.
  let child: ChildProcessWithoutNullStreams;
  try {
    child = spawn(program, args, { cwd: command.cwd, env: command.env, detached: true, stdio: 'pipe' });
  } catch (error) {
    return notStarted(program, error);
  }
  const gate = new Gate(listener);
  child.stdout.on('data', (bytes: Buffer) => {
    gate.deliver('stdout', bytes);
  });
  child.stderr.on('data', (bytes: Buffer) => {
    gate.deliver('stderr', bytes);
  });
  // A command that does not read its input is no news.
  child.stdin.on('error', () => undefined);
  child.once('close', (code, signal) => {
    gate.finish(endOf(code, signal));
  });
  const started = await startOf(child, program);
  if (!started.ok) return started;
  return ok({
    onData: (next) => {
      gate.listener = next;
    },
    write: (bytes) => {
      if (child.stdin.writable) child.stdin.write(Uint8Array.from(bytes));
    },
    endInput: () => {
      child.stdin.end();
    },
    resize: () => undefined,
    signal: (name) => {
      signalGroup(child, name);
    },
    pause: () => {
      child.stdout.pause();
      child.stderr.pause();
    },
    resume: () => {
      child.stdout.resume();
      child.stderr.resume();
    },
    close: () => {
      gate.finish({ how: 'lost', why: GIVEN_UP });
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
      signalGroup(child, 'HUP');
    },
    end: (graceMs) => endGroup(child, graceMs),
    ended: gate.ended,
  });
}

/** Starts a command or shell as the leader of a session on a terminal of its own. */
export async function startOnTerminal(
  command: LocalCommand,
  size: TerminalSize,
  listener: DataListener,
): Promise<Result<LocalChannel>> {
  const gate = new Gate(listener);
  let pair: PtyPair;
  try {
    pair = await openPtyPair(size, (bytes) => {
      gate.deliver('stdout', bytes);
    });
  } catch (error) {
    return fail('unsupported', `No terminal could be opened on this computer: ${textOf(error)}`, {
      kept: 'Nothing was started.',
    });
  }
  let child: ChildProcess;
  try {
    const { cwd, env, argv } = command;
    const args = ['-c', ON_TERMINAL, 'sh', pair.name, ...argv];
    child = spawn('/bin/sh', args, { cwd, env, detached: true, stdio: 'ignore' });
  } catch (error) {
    pair.close();
    return notStarted(command.argv[0], error);
  }
  child.once('exit', (code, signal) => {
    void pair.drained().then(() => {
      gate.finish(endOf(code, signal));
      pair.close();
    });
  });
  const started = await startOf(child, '/bin/sh');
  if (!started.ok) {
    pair.close();
    return started;
  }
  return ok(terminalChannel(child, pair, gate));
}

function terminalChannel(child: ChildProcess, pair: PtyPair, gate: Gate): LocalChannel {
  return {
    onData: (next) => {
      gate.listener = next;
    },
    write: (bytes) => {
      pair.write(bytes);
    },
    // On a terminal the end of input is a key, as it is through SSH.
    endInput: () => {
      pair.write(Uint8Array.of(0x04));
    },
    resize: (size) => {
      pair.resize(size);
    },
    signal: (name) => {
      if (name !== 'TERM') pair.write(Uint8Array.of(name === 'INT' ? 0x03 : 0x1c));
      signalGroup(child, name);
    },
    pause: () => {
      pair.pause();
    },
    resume: () => {
      pair.resume();
    },
    close: () => {
      gate.finish({ how: 'lost', why: GIVEN_UP });
      signalGroup(child, 'HUP');
      pair.close();
    },
    end: (graceMs) => endGroup(child, graceMs),
    ended: gate.ended,
  };
}

/** Lets output through until the end is known, and the end only once. */
class Gate {
  listener: DataListener;
  readonly ended: Promise<ChannelEnd>;
  #settle: (end: ChannelEnd) => void = () => undefined;
  #finished = false;

  constructor(listener: DataListener) {
    this.listener = listener;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  deliver(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    if (!this.#finished) this.listener(stream, bytes);
  }

  finish(end: ChannelEnd): void {
    this.#finished = true;
    this.#settle(end);
  }
}

function endOf(code: number | null, signal: NodeJS.Signals | null): ChannelEnd {
  if (code !== null) return { how: 'exit', code };
  return { how: 'signal', signal: (signal ?? 'SIG?').replace(/^SIG/, '') };
}

function startOf(child: ChildProcess, program: string): Promise<Result<null>> {
  return new Promise((resolve) => {
    child.once('spawn', () => {
      resolve(ok(null));
    });
    child.on('error', (error) => {
      resolve(notStarted(program, error));
    });
  });
}

/** Some reasons (a command line that is too long) come at once, others as an event. */
function notStarted(program: string, error: unknown): Result<never> {
  return fail('refused', `${program} could not be started on this computer: ${textOf(error)}`, {
    kept: 'Nothing was run.',
  });
}

function textOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'E2BIG') return 'the command is too long for one command line.';
  if (code === 'ENOENT') return 'it is not installed, or the home folder does not exist.';
  return code === '' ? (error instanceof Error ? error.message : String(error)) : `${code}.`;
}

/** Signals the whole process group; one that is gone, or not ours any more, is no error. */
function signalGroup(child: ChildProcess, name: SignalName | 'HUP'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, `SIG${name}`);
  } catch {
    return;
  }
}

async function endGroup(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  signalGroup(child, 'HUP');
  await Promise.race([gone, delay(graceMs, undefined, { ref: false })]);
  signalGroup(child, 'KILL');
}
