/**
 * A small SFTP version 3 client over a subsystem channel: what moving one file needs. Each call waits for its own
 * answer; several can be under way. Must never take the end of the channel for an answer.
 */
import { fail, ok } from '../../contract/result.ts';
import type { Failure, Result } from '../../contract/result.ts';
import type { CommandChannel, Connection } from '../connect/connection.ts';
import { cleanLine } from '../connect/serverText.ts';
import {
  createSplitter,
  packet,
  type PacketReader,
  readPacket,
  type SftpAttributes,
  sftpStatus,
  SftpSyntaxError,
  sftpType,
} from './sftpWire.ts';

/** What went wrong: the server's own code, `undefined` when contact was lost or the server does not keep to SFTP. */
export interface SftpFailure extends Failure {
  readonly status?: number;
}

type Answer<T> = Promise<Result<T, SftpFailure>>;

export type SftpHandle = Uint8Array & { readonly brand: unique symbol };

export interface SftpClient {
  /** Names of the extensions that the server offers. */
  readonly extensions: ReadonlySet<string>;
  lstat(path: string): Answer<SftpAttributes>;
  stat(path: string): Answer<SftpAttributes>;
  open(path: string, flags: number, mode?: number): Answer<SftpHandle>;
  fstat(handle: SftpHandle): Answer<SftpAttributes>;
  fsetstat(handle: SftpHandle, attributes: Pick<SftpAttributes, 'mode' | 'uid' | 'gid'>): Answer<null>;
  /** At most `length` bytes; null at the end of the file. */
  read(handle: SftpHandle, at: number, length: number): Answer<Buffer | null>;
  write(handle: SftpHandle, at: number, bytes: Uint8Array): Answer<null>;
  /** fsync@openssh.com. Only where it is offered. */
  sync(handle: SftpHandle): Answer<null>;
  closeHandle(handle: SftpHandle): Answer<null>;
  remove(path: string): Answer<null>;
  /** Fails when there is a file of the new name. */
  rename(from: string, to: string): Answer<null>;
  /** posix-rename@openssh.com: replaces a file of the new name. Only where it is offered. */
  replace(from: string, to: string): Answer<null>;
  /** Closes the channel. */
  close(): void;
}

interface Waiting {
  readonly settle: (reply: { readonly type: number; readonly body: PacketReader } | SftpFailure) => void;
}

/** How long the server may take to say its version, in ms. */
const helloMs = 15_000;

/** Opens the subsystem. A failure: the host offers no SFTP, or something that is none. */
export async function openSftp(connection: Connection): Promise<Result<SftpClient>> {
  const { address } = connection.facts;
  const waiting = new Map<number, Waiting>();
  const state: { over: SftpFailure | null; nextId: number; greeted: boolean } = {
    over: null,
    nextId: 1,
    greeted: false,
  };
  let channel: CommandChannel | null = null;
  let hello: (version: Result<ReadonlySet<string>>) => void = () => undefined;
  const greeted = new Promise<Result<ReadonlySet<string>>>((resolve) => {
    hello = resolve;
  });

  function give(failure: SftpFailure): void {
    if (state.over !== null) return;
    state.over = failure;
    hello({ ok: false, error: failure });
    for (const one of waiting.values()) one.settle(failure);
    waiting.clear();
    channel?.close();
  }

  function take(type: number, bytes: Buffer): void {
    const body = readPacket(bytes);
    const id = body.u32();
    if (type === sftpType.version) {
      state.greeted = true;
      hello(ok(extensionsOf(body)));
      return;
    }
    const one = waiting.get(id);
    if (one === undefined) throw new SftpSyntaxError('an answer to no question');
    waiting.delete(id);
    one.settle({ type, body });
  }

  const split = createSplitter(take);
  const opened = await connection.subsystem('sftp', (stream, bytes) => {
    if (stream === 'stderr' || state.over !== null) return;
    try {
      split(bytes);
    } catch (error) {
      if (!(error instanceof SftpSyntaxError)) throw error;
      give(
        failure('unsupported', `${address} offers sftp but answers with something else (${error.message}).`),
      );
    }
  });
  if (!opened.ok) return opened;
  channel = opened.value;
  void channel.ended.then((end) => {
    if (!state.greeted && end.how !== 'lost')
      give(failure('unsupported', `The file server of ${address} ended at once.`));
    const why = end.how === 'lost' ? end.why : 'It ended';
    give(failure('network', `Contact with the file server of ${address} was lost. ${why}`));
  });
  const timer = setTimeout(() => {
    give(failure('unsupported', `The file server of ${address} does not answer.`));
  }, helloMs);
  channel.write(packet(sftpType.init, { u32: 3 }));
  const version = await greeted;
  clearTimeout(timer);
  if (!version.ok) return version;

  const link = channel;
  const ask: Ask = (type, fields, read) =>
    new Promise((resolve) => {
      if (state.over !== null) {
        resolve({ ok: false, error: state.over });
        return;
      }
      const id = state.nextId;
      state.nextId = (state.nextId + 1) % 0x1_0000_0000;
      waiting.set(id, {
        settle: (reply) => {
          if ('code' in reply) resolve({ ok: false, error: reply });
          else resolve(read(reply.type, reply.body));
        },
      });
      link.write(packet(type, { u32: id }, ...fields));
    });
  return ok(
    clientOf(ask, version.value, address, () => {
      give(failure('cancelled', `The transfer with ${address} was closed.`));
    }),
  );
}

type Fields = Parameters<typeof packet> extends [number, ...infer F] ? F : never;
type Ask = <T>(
  type: number,
  fields: Fields,
  read: (type: number, body: PacketReader) => Result<T, SftpFailure>,
) => Answer<T>;

function clientOf(ask: Ask, extensions: ReadonlySet<string>, address: string, close: () => void): SftpClient {
  const strange = (): Result<never, SftpFailure> => ({
    ok: false,
    error: failure('unsupported', `The file server of ${address} gave an answer of the wrong kind.`),
  });
  const refused = (body: PacketReader): { readonly ok: false; readonly error: SftpFailure } => {
    const status = body.u32();
    const words = body.done ? '' : cleanLine(body.text().toString('utf8'), 200);
    const code = status === sftpStatus.noSuchFile ? 'not-found' : 'refused';
    return { ok: false, error: { ...failure(code, meaning(status, words)), status } };
  };
  const guarded =
    <T>(read: (type: number, body: PacketReader) => Result<T, SftpFailure>) =>
    (type: number, body: PacketReader): Result<T, SftpFailure> => {
      try {
        return read(type, body);
      } catch (error) {
        if (error instanceof SftpSyntaxError) return strange();
        throw error;
      }
    };
  const done = guarded((type, body): Result<null, SftpFailure> => {
    if (type !== sftpType.status) return strange();
    const answer = refused(body);
    return answer.error.status === sftpStatus.ok ? ok(null) : answer;
  });
  const expecting = <T>(wanted: number, take: (body: PacketReader) => T) =>
    guarded((type, body): Result<T, SftpFailure> => {
      if (type === wanted) return ok(take(body));
      return type === sftpType.status ? refused(body) : strange();
    });
  const attributes = expecting(sftpType.attrs, (body) => body.attributes());
  const data = expecting(sftpType.data, (body) => body.text());
  return {
    extensions,
    lstat: (path) => ask(sftpType.lstat, [{ text: path }], attributes),
    stat: (path) => ask(sftpType.stat, [{ text: path }], attributes),
    open: (path, flags, mode) =>
      ask(
        sftpType.open,
        [{ text: path }, { u32: flags }, mode === undefined ? {} : { mode }],
        expecting(sftpType.handle, (body) => Buffer.from(body.text()) as object as SftpHandle),
      ),
    fstat: (handle) => ask(sftpType.fstat, [{ text: handle }], attributes),
    fsetstat: (handle, to) => ask(sftpType.fsetstat, [{ text: handle }, to], done),
    read: async (handle, at, length) => {
      const answer = await ask(sftpType.read, [{ text: handle }, { u64: at }, { u32: length }], data);
      return !answer.ok && answer.error.status === sftpStatus.eof ? ok(null) : answer;
    },
    write: (handle, at, bytes) => ask(sftpType.write, [{ text: handle }, { u64: at }, { text: bytes }], done),
    sync: (handle) => ask(sftpType.extended, [{ text: 'fsync@openssh.com' }, { text: handle }], done),
    closeHandle: (handle) => ask(sftpType.close, [{ text: handle }], done),
    remove: (path) => ask(sftpType.remove, [{ text: path }], done),
    rename: (from, to) => ask(sftpType.rename, [{ text: from }, { text: to }], done),
    replace: (from, to) =>
      ask(sftpType.extended, [{ text: 'posix-rename@openssh.com' }, { text: from }, { text: to }], done),
    close,
  };
}

function extensionsOf(body: PacketReader): ReadonlySet<string> {
  const names = new Set<string>();
  while (!body.done) {
    names.add(body.text().toString('utf8'));
    body.text();
  }
  return names;
}

/** Version 3 knows few codes: a full disk, a quota and a folder in the way are all a `Failure`. */
function meaning(status: number, words: string): string {
  switch (status) {
    case sftpStatus.noSuchFile:
      return 'there is no such file or folder';
    case sftpStatus.permissionDenied:
      return 'permission denied';
    case sftpStatus.unsupported:
      return 'the server does not support it';
    default:
      return words === '' || words === 'Failure' ? 'the server says only that it failed' : words;
  }
}

function failure(code: Failure['code'], message: string): SftpFailure {
  const made = fail(code, message);
  return made.error;
}
