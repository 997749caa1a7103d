/**
 * This computer as a connection: commands without a terminal through the operating system's own pipes, with one on a
 * pseudo-terminal. Whether a run may use it at all is for the plan to say, not for this engine.
 */
import { homedir, hostname, userInfo } from 'node:os';
import { fail, ok, type Result } from '../../../contract/result.ts';
import type { Closed, Connect, Connection, ConnectOptions, TerminalSize } from '../connection.ts';
import { type LocalChannel, type LocalCommand, startOnTerminal, startPlain } from './localChannel.ts';
import { localEnvironment } from './localEnvironment.ts';
import { localShellCapability } from './localShell.ts';

/** As every engine names it to programs: what the pane can do. */
const TERMINAL = 'xterm-256color';
const END_GRACE_MS = 2_000;

/** "Connects" to this computer. Asks nobody anything. */
export function connectLocal(options: ConnectOptions): ReturnType<Connect> {
  if (options.signal?.aborted === true) {
    return Promise.resolve(fail('cancelled', 'Connecting to this computer was cancelled.'));
  }
  return Promise.resolve(ok(openLocal()));
}

/** Name of this computer in records: `kim@desk7 (this computer)`. */
export function localAddress(): string {
  return `${userOf().name}@${hostname() || 'localhost'} (this computer)`;
}

function openLocal(): Connection {
  const channels = new Set<LocalChannel>();
  const listeners: ((closed: Closed) => void)[] = [];
  let closed: Closed | null = null;
  const { shell } = userOf();
  const isClosed = (): boolean => closed !== null;

  async function run(start: () => Promise<Result<LocalChannel>>): Promise<Result<LocalChannel>> {
    if (closed !== null) return fail('network', `The connection to ${localAddress()} is closed.`);
    const started = await start();
    if (!started.ok) return started;
    const channel = started.value;
    channels.add(channel);
    void channel.ended.then((end) => {
      // One that was given up may still be running: the connection sees to its end.
      if (end.how !== 'lost') channels.delete(channel);
    });
    if (isClosed()) await hangUp(channel);
    return started;
  }

  async function onTerminal(
    argv: LocalCommand['argv'],
    size: TerminalSize,
    onData: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void,
  ): Promise<Result<LocalChannel>> {
    if (process.platform === 'win32') {
      return fail('unsupported', 'A terminal on this computer cannot be recorded exactly on Windows.', {
        kept: 'Nothing was started.',
        hint: 'Use mode: exec for steps on this computer, or a host reached by SSH.',
      });
    }
    const able = await localShellCapability();
    if (!able.ok) return fail('unsupported', able.text, { kept: 'Nothing was started.' });
    const env = localEnvironment(process.env, TERMINAL);
    return run(() => startOnTerminal({ argv, env, cwd: homedir() }, size, onData));
  }

  return {
    facts: factsHere(),
    exec: ({ command, pty, onData }) => {
      const argv = commandLine(shell, command);
      if (pty !== undefined) return onTerminal(argv, pty, onData);
      return run(() => startPlain({ argv, env: localEnvironment(process.env), cwd: homedir() }, onData));
    },
    shell: (size, onData) =>
      onTerminal([shell, '-l'], size, (_stream, bytes) => {
        onData(bytes);
      }),
    subsystem: (name) =>
      Promise.resolve(fail('unsupported', `This computer offers no subsystem ${name}: it is not a server.`)),
    alive: () => Promise.resolve(closed === null),
    onClosed: (listener) => {
      if (closed === null) listeners.push(listener);
      else listener(closed);
    },
    async close() {
      if (closed !== null) return;
      const why: Closed = { side: 'here', why: 'closed by this app' };
      closed = why;
      const open = [...channels];
      channels.clear();
      await Promise.all(open.map(hangUp));
      for (const listener of listeners) listener(why);
    },
  };
}

/** Given up first, so that the end we bring about does not count as how the command ended. */
async function hangUp(channel: LocalChannel): Promise<void> {
  channel.close();
  await channel.end(END_GRACE_MS);
}

function factsHere(): Connection['facts'] {
  return {
    engine: 'local',
    address: localAddress(),
    hostKey: { type: 'none', fingerprint: 'none' },
    pin: 'none',
    auth: 'none',
    kex: 'none',
    cipher: 'none',
    server: 'this computer',
    via: [],
  };
}

function commandLine(shell: string, command: string): LocalCommand['argv'] {
  return process.platform === 'win32' ? [shell, '/d', '/s', '/c', command] : [shell, '-c', command];
}

function userOf(): { readonly name: string; readonly shell: string } {
  const fallback = process.platform === 'win32' ? (process.env['ComSpec'] ?? 'cmd.exe') : '/bin/sh';
  try {
    const { username, shell } = userInfo();
    return { name: username, shell: shell === null || shell === '' ? fallback : shell };
  } catch {
    // A user id without an entry in the user database, as containers have.
    return { name: process.env['USER'] ?? 'operator', shell: fallback };
  }
}
