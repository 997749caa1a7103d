/**
 * Follows a detached command: output from any byte on, input, signals. Must never deliver a byte twice or out of order,
 * nor say that the command has ended before every byte of its output was delivered.
 */
import { randomBytes } from 'node:crypto';
import { fail, ok } from '../../contract/result.ts';
import type { Result } from '../../contract/result.ts';
import { detachers } from '../../contract/steps.ts';
import type { Detacher } from '../../contract/steps.ts';
import type { ChannelEnd, CommandChannel, Connection, TerminalSize } from '../connect/connection.ts';
import { cleanLine } from '../connect/serverText.ts';
import { followScript, resizeScript, signalScript } from './detachedScripts.ts';
import type { PreparedHost } from './hostSession.ts';
import { runScript, scriptRequest } from './scriptExec.ts';

/** What is needed of a live link. `carries`: false when no files may be kept on the host. */
export interface DetachedLive {
  readonly connection: Connection;
  readonly prepared: Pick<PreparedHost, 'wrap'> & { readonly carries?: boolean };
}

/** How the command is kept on its host, for the screen. */
export interface DetachedFacts {
  readonly detacher: Detacher;
  /** `none`: the host has no `script`, the command runs without a terminal. */
  readonly terminal: 'script' | 'tmux' | 'none';
  /** Process that watches over the command, on the host. */
  readonly pid: number;
}

/**
 * How following ended. `exit` and `signal`: the command has ended and every byte was delivered. `lost`: contact went,
 * or the channel was closed from here; the command goes on, follow again. `gone`: the host cannot say any more.
 */
export type DetachedEnd =
  | ChannelEnd
  | {
      readonly how: 'gone';
      /**
       * `never-started`: it is certain that the command did not run. `rebooted`: the host was restarted since.
       * `died`: what watched over it was killed, the command itself may still run. `no-trace`: there is no folder of
       * this job. `log-lost`: the host keeps less of the output than was recorded here, or had no room for all of it.
       */
      readonly reason: 'never-started' | 'rebooted' | 'died' | 'no-trace' | 'log-lost';
      readonly why: string;
    };

/** A detached command that is being followed. */
export interface DetachedChannel {
  /** Resolves when the host has said how the command is kept, or null when following ended before. */
  readonly facts: Promise<DetachedFacts | null>;
  /** To the command's terminal (or standard input). Bytes written while contact is being lost may not arrive. */
  write(bytes: Uint8Array): void;
  /** To the command's process group, through a channel of its own. */
  signal(name: 'INT' | 'TERM' | 'KILL'): Promise<Result<null>>;
  resize(size: TerminalSize): void;
  pause(): void;
  resume(): void;
  /** Stops following. The command goes on. `ended` resolves as `lost`. */
  close(): void;
  readonly ended: Promise<DetachedEnd>;
}

export interface FollowHandlers {
  /** Gets each byte of the output from `fromByte` on, once and in order. The bytes are valid during the call. */
  readonly onData: (bytes: Uint8Array) => void;
}

/** How long a signal or a change of size may take, in ms. */
const asideMs = 15_000;

/** What a login shell's start-up files may say before the output begins. */
const longestNoise = 1_048_576;

/** Takes a job up from a byte of its output on. A failure means that the channel could not be opened. */
export async function followDetached(
  live: Pick<DetachedLive, 'connection'>,
  job: {
    readonly id: string;
    /** Seconds since the start was sent: tells a host that was restarted since from one that never heard of the job. */
    readonly startedSecondsAgo?: number;
  },
  fromByte: number,
  handlers: FollowHandlers,
): Promise<Result<DetachedChannel>> {
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(job.id))
    return fail('bad-request', `${JSON.stringify(job.id)} is no name for a detached command.`);
  if (!Number.isSafeInteger(fromByte) || fromByte < 0)
    return fail('bad-request', `${String(fromByte)} is no place in the output.`);
  const nonce = randomBytes(12).toString('hex');
  const reader = createReader(nonce, fromByte, handlers);
  const ago = job.startedSecondsAgo === undefined ? null : Math.max(0, Math.floor(job.startedSecondsAgo));
  const request = scriptRequest(followScript(job.id, nonce, fromByte, ago));
  const opened = await live.connection.exec({ command: request.command, onData: reader.take });
  if (!opened.ok) return opened;
  opened.value.write(request.input);
  return ok(channelOf(live.connection, job.id, opened.value, reader));
}

interface Reader {
  readonly take: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;
  readonly facts: Promise<DetachedFacts | null>;
  /** What following came to, once the channel is closed. */
  finish(end: ChannelEnd, address: string): DetachedEnd;
}

/** Tells the output from what start-up files say before it, and reads the words on stderr. */
function createReader(nonce: string, fromByte: number, handlers: FollowHandlers): Reader {
  const mark = Buffer.from(`${nonce}\n`);
  let before: Buffer | null = Buffer.alloc(0);
  let at = fromByte;
  let words = '';
  let last: readonly string[] = [];
  let noise = '';
  let tellFacts: (facts: DetachedFacts | null) => void = () => undefined;
  const facts = new Promise<DetachedFacts | null>((resolve) => {
    tellFacts = resolve;
  });

  function deliver(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    at += bytes.byteLength;
    handlers.onData(bytes);
  }

  function output(bytes: Uint8Array): void {
    if (before === null) {
      deliver(bytes);
      return;
    }
    before = Buffer.concat([before, bytes]);
    const found = before.indexOf(mark);
    if (found === -1) {
      if (before.byteLength > longestNoise) before = before.subarray(-mark.byteLength);
      return;
    }
    const rest = before.subarray(found + mark.byteLength);
    before = null;
    deliver(rest);
  }

  function word(line: string): void {
    const found = line.indexOf(`${nonce} `);
    if (found === -1) {
      noise = `${noise} ${line}`.slice(-400);
      return;
    }
    const parts = line.slice(found + nonce.length + 1).split(' ');
    if (parts[0] === 'head') tellFacts(factsOf(parts));
    else last = parts;
  }

  return {
    facts,
    take: (stream, bytes) => {
      if (stream === 'stdout') {
        output(bytes);
        return;
      }
      const lines = (words + Buffer.from(bytes).toString('latin1')).split('\n');
      words = lines.pop()?.slice(-4096) ?? '';
      for (const line of lines) word(line);
    },
    finish: (end, address) => {
      tellFacts(null);
      return endOf(last, end, { at, fromByte, address, noise: cleanLine(noise, 200) });
    },
  };
}

function factsOf(parts: readonly string[]): DetachedFacts {
  const [, way, terminal, pid] = parts;
  return {
    detacher: detachers.find((one) => one === way) ?? 'shell',
    terminal: terminal === 'script' || terminal === 'tmux' ? terminal : 'none',
    pid: Number(pid ?? 0),
  };
}

interface Place {
  readonly at: number;
  readonly fromByte: number;
  readonly address: string;
  readonly noise: string;
}

/** The end as the host wrote it down, provided that all of the output has come. */
function endOf(last: readonly string[], end: ChannelEnd, place: Place): DetachedEnd {
  const [word, first = '', second = '', third = ''] = last;
  const { at, address } = place;
  if (word === 'gone') return goneOf(first, Number(second), place);
  if (word === 'end') {
    if (Number(third) !== at)
      return { how: 'lost', why: `The output from ${address} broke off at byte ${String(at)} of ${third}` };
    if (first === 'exit' && /^\d+$/.test(second)) return { how: 'exit', code: Number(second) };
    if (first === 'signal') return { how: 'signal', signal: cleanLine(second, 32) };
    if (first === 'short') {
      const why = `${address} had no room for all of the output: a part of it is lost, and the end (${cleanLine(second, 32)}) proves nothing`;
      return { how: 'gone', reason: 'log-lost', why };
    }
    const why = `What watched over the command on ${address} was killed before it could note how the command ended`;
    return { how: 'gone', reason: 'died', why };
  }
  if (end.how === 'lost') return end;
  const how = end.how === 'exit' ? `exit ${String(end.code)}` : `signal ${end.signal}`;
  return { how: 'lost', why: `Following on ${address} stopped (${how}). ${place.noise}`.trim() };
}

function goneOf(reason: string, at: number, place: Place): DetachedEnd {
  const { address } = place;
  const gone = (why: string, as: Extract<DetachedEnd, { how: 'gone' }>['reason']): DetachedEnd => ({
    how: 'gone',
    reason: as,
    why,
  });
  if ((reason === 'died' || reason === 'rebooted') && Number.isFinite(at) && at > place.at)
    return { how: 'lost', why: `The output from ${address} broke off at byte ${String(place.at)}` };
  switch (reason) {
    case 'never-started':
      return gone(`The command was never run on ${address}, and will not be any more`, 'never-started');
    case 'rebooted':
      return gone(`${address} was restarted before the command's end was on record`, 'rebooted');
    case 'died':
      return gone(
        `What watched over the command on ${address} was killed; the command may still run`,
        'died',
      );
    case 'short':
      return gone(
        `The output kept on ${address} has ${String(at)} bytes, fewer than the ${String(place.fromByte)} recorded`,
        'log-lost',
      );
    default:
      return gone(
        `${address} has no trace of the command: it was never started there, or removed`,
        'no-trace',
      );
  }
}

function channelOf(
  connection: Connection,
  id: string,
  channel: CommandChannel,
  reader: Reader,
): DetachedChannel {
  const state = { over: false };
  const early: Uint8Array[] = [];
  let encode: ((bytes: Uint8Array) => Uint8Array) | null = null;
  const ended = channel.ended.then((end) => {
    state.over = true;
    return reader.finish(end, connection.facts.address);
  });
  void reader.facts.then((facts) => {
    encode = facts?.terminal === 'tmux' ? inHex : (bytes) => bytes;
    for (const bytes of early.splice(0)) if (!state.over) channel.write(encode(bytes));
  });
  return {
    facts: reader.facts,
    write: (bytes) => {
      if (state.over || bytes.byteLength === 0) return;
      if (encode === null) early.push(Uint8Array.from(bytes));
      else channel.write(encode(bytes));
    },
    signal: (name) => aside(connection, signalScript(id, name), `SIG${name} could not be sent`),
    resize: (size) => {
      // A size that does not arrive is not worth a word: the next one will.
      void aside(connection, resizeScript(id, size.cols, size.rows), 'The size could not be set');
    },
    pause: () => {
      channel.pause();
    },
    resume: () => {
      channel.resume();
    },
    close: () => {
      channel.close();
    },
    ended,
  };
}

/** tmux takes keys as hexadecimal numbers, some at a time. */
function inHex(bytes: Uint8Array): Uint8Array {
  const lines: string[] = [];
  for (let at = 0; at < bytes.byteLength; at += 64)
    lines.push([...bytes.subarray(at, at + 64)].map((byte) => byte.toString(16).padStart(2, '0')).join(' '));
  return Buffer.from(`${lines.join('\n')}\n`);
}

async function aside(connection: Connection, script: string, what: string): Promise<Result<null>> {
  const answer = await runScript(connection, script, { timeoutMs: asideMs });
  if (!answer.ok) return answer;
  const { end, stderr } = answer.value;
  if (end.how === 'exit' && end.code === 0) return ok(null);
  const why = end.how === 'exit' && end.code === 3 ? 'The command does not run.' : cleanLine(stderr, 200);
  return fail('refused', `${what} on ${connection.facts.address}. ${why}`);
}
