/**
 * One exec or shell channel of ssh2 as a CommandChannel. Must never turn the absence of an exit status into an exit,
 * nor resolve `ended` while output is undelivered.
 */
import type { Client, ClientChannel } from 'ssh2';
import type { ChannelEnd, CommandChannel, TerminalSize } from '../connection.ts';
import { cleanLine } from '../serverText.ts';

type DataListener = (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;

/** What ssh2 keeps to itself but is needed to signal a command whose standard input was closed already. */
interface Internals {
  readonly _protocol?: { signal(channel: number, name: string): void };
}
interface ChannelInternals {
  readonly outgoing?: { readonly id: number; readonly state: string };
}

/**
 * Wraps a channel. Must be called in the very callback that hands the channel over: its output and its end can be in
 * the same packet as the reply. `linkLost` says why the connection closed, or undefined while it is open.
 */
export function adoptChannel(
  client: Client,
  channel: ClientChannel,
  hasPty: boolean,
  listener: DataListener,
  linkLost: () => string | undefined,
): CommandChannel {
  let onData = listener;
  let end: ChannelEnd | undefined;
  let inputEnded = false;
  let open = 2;
  let closed = false;
  let settle: (value: ChannelEnd) => void = () => undefined;
  const ended = new Promise<ChannelEnd>((resolve) => {
    settle = resolve;
  });

  const deliver = (stream: 'stdout' | 'stderr') => (bytes: Buffer) => {
    if (!closed) onData(stream, bytes);
  };
  const finish = (otherwise: string): void => {
    if (closed) return;
    closed = true;
    settle(end ?? { how: 'lost', why: linkLost() ?? otherwise });
  };
  const oneClosed = (): void => {
    open -= 1;
    if (open === 0) finish('The server closed the channel without an exit status');
  };
  channel.on('data', deliver('stdout'));
  channel.stderr.on('data', deliver('stderr'));
  channel.on('exit', (code: number | null, signal?: string) => {
    end ??=
      code === null
        ? { how: 'signal', signal: cleanLine((signal ?? 'SIG?').replace(/^SIG/, ''), 32) }
        : { how: 'exit', code };
  });
  channel.once('close', oneClosed);
  channel.stderr.once('close', oneClosed);
  // A write after the other side has closed is not news: the end of the channel tells.
  channel.on('error', () => undefined);
  channel.stderr.on('error', () => undefined);

  const write = (bytes: Uint8Array): void => {
    if (!closed && !inputEnded && channel.writable) channel.write(bytes);
  };
  return {
    onData: (next) => {
      onData = next;
    },
    write,
    endInput: () => {
      if (inputEnded || closed) return;
      inputEnded = true;
      channel.end();
    },
    resize: (size) => {
      if (!closed) channel.setWindow(size.rows, size.cols, 0, 0);
    },
    signal: (name) => {
      if (closed) return;
      if (hasPty && name !== 'TERM') write(Uint8Array.of(name === 'INT' ? 0x03 : 0x1c));
      sendSignal(client, channel, name);
    },
    pause: () => {
      channel.pause();
      channel.stderr.pause();
    },
    resume: () => {
      channel.resume();
      channel.stderr.resume();
    },
    close: () => {
      if (closed) return;
      drain(channel, deliver('stdout'));
      drain(channel.stderr, deliver('stderr'));
      channel.close();
      finish('The channel was closed from this side before the command ended');
      // What still comes is thrown away, but read, so that it does not hold up the other channels.
      channel.resume();
      channel.stderr.resume();
    },
    ended,
  };
}

/** The pty request: a size, and the terminal type that xterm.js implements. */
export function ptyOf(size: TerminalSize): { term: string; cols: number; rows: number } {
  return { term: 'xterm-256color', cols: size.cols, rows: size.rows };
}

/** Delivers what is buffered; `read` passes each chunk on to the data listeners by itself. */
function drain(source: NodeJS.ReadableStream, deliver: (bytes: Buffer) => void): void {
  source.removeAllListeners('data');
  source.pause();
  for (;;) {
    const bytes = source.read();
    if (!Buffer.isBuffer(bytes)) return;
    deliver(bytes);
  }
}

function sendSignal(client: Client, channel: ClientChannel, name: string): void {
  const { outgoing } = channel as object as ChannelInternals;
  const protocol = (client as object as Internals)._protocol;
  if (outgoing?.state !== 'open' && outgoing?.state !== 'eof') return;
  protocol?.signal(outgoing.id, name);
}
