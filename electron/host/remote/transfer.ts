/**
 * Small files to and from a host over the connection that is open: byte for byte, counted and hashed here. Must never
 * leave a half-written file under its final name, on either side.
 */
import { randomBytes } from 'node:crypto';
import type { Sha256 } from '../../contract/ids.ts';
import { fail, ok } from '../../contract/result.ts';
import type { Result } from '../../contract/result.ts';
import type { Connection } from '../connect/connection.ts';
import { sha256 } from '../files/hash.ts';
import { openSftp, type SftpClient } from './sftpClient.ts';
import { hostDigest } from './transferDigest.ts';
import { createSink, readSource } from './transferLocal.ts';
import { could, fetchSftp, type Moving, type OnHost, stageSftp } from './transferSftp.ts';
import { fetchShell, putShell, type PutShell } from './transferShell.ts';

export interface TransferLive {
  readonly connection: Connection;
}

export interface FetchRequest {
  /** Absolute path on the host. */
  readonly path: string;
  readonly maxBytes: number;
  /** Absolute path on this computer; it must not exist. */
  readonly to: string;
  /** Bytes so far, and how many are expected where that is known. */
  readonly onProgress?: (bytes: number, total: number | null) => void;
  readonly signal?: AbortSignal;
}

export interface PutRequest {
  /** Absolute path on this computer. */
  readonly from: string;
  /** Absolute path on the host. */
  readonly path: string;
  readonly maxBytes: number;
  /** Permission bits; when absent, those of the file that is replaced, or 0644. */
  readonly mode?: number;
  readonly onProgress?: (bytes: number, total: number | null) => void;
  readonly signal?: AbortSignal;
}

export interface Transferred {
  readonly bytes: number;
  /** Counted here over the bytes that went over the wire. */
  readonly sha256: Sha256;
  /** As the host itself counted it, where it can. */
  readonly hostSha256?: Sha256;
  readonly way: 'sftp' | 'shell';
  /** Permission bits of the file on the host. */
  readonly mode: number;
  /** Last change of the file on the host, milliseconds since 1970; null when the host does not say. */
  readonly mtime: number | null;
}

/**
 * Fetches a file. On failure nothing is left at `to`. Refused: what is no regular file, what is larger than `maxBytes`
 * (also when it grows meanwhile), what changes while it is read. `network`: contact was lost.
 */
export async function fetchFile(live: TransferLive, request: FetchRequest): Promise<Result<Transferred>> {
  const checked = check(request.path, request.signal);
  if (!checked.ok) return checked;
  const { connection } = live;
  const moving = movingOf(connection, request);
  const made = await createSink(request.to);
  if (!made.ok) return made;
  const sink = made.value;
  const got = await withSftp(
    connection,
    request.signal,
    (client) => fetchSftp(client, moving, sink),
    () => fetchShell(connection, moving, sink, request.signal),
  );
  if (!got.ok) {
    await sink.discard();
    return got;
  }
  const { size, mode, mtime, way } = got.value;
  // A file that the system makes up while it is read (of size 0 until then) is another one each time.
  const hostSha256 =
    size === 0 && sink.bytes > 0 ? undefined : await hostDigest(connection, request.path, sink.bytes);
  if (hostSha256 !== undefined && hostSha256 !== sink.sha256) {
    await sink.discard();
    return could('fetched', moving, {
      code: 'refused',
      message: 'it changed while it was read',
      hint: 'Wait until nobody writes to it, or fetch a copy of it.',
    });
  }
  const bytes = sink.bytes;
  const finished = await sink.finish();
  if (!finished.ok) return finished;
  return ok({ bytes, sha256: finished.value, ...digest(hostSha256), way, mode, mtime });
}

/**
 * Puts a file: written beside, counted, then renamed. On failure the host's file is as it was; when contact goes at
 * the very end (`network`) it is as it was or new, never half. Refused: a folder, link or device of that name.
 */
export async function putFile(live: TransferLive, request: PutRequest): Promise<Result<Transferred>> {
  const checked = check(request.path, request.signal);
  if (!checked.ok) return checked;
  if (request.path.endsWith('/'))
    return fail('bad-request', `${request.path} names a folder, not a file. Nothing was sent.`);
  const source = await readSource(request.from, request.maxBytes);
  if (!source.ok) return source;
  const { connection } = live;
  const bytes = source.value;
  const sum = sha256(bytes);
  const mode = request.mode === undefined ? {} : { mode: request.mode & 0o7777 };
  const moving = { ...movingOf(connection, request), ...mode, sha256: sum };
  const put = await withSftp(
    connection,
    request.signal,
    (client) => putThroughSftp(connection, client, moving, bytes, request.signal),
    () => putShell(connection, moving, bytes, request.signal),
  );
  if (!put.ok) return put;
  const { hostSha256, way, mtime } = put.value;
  return ok({
    bytes: bytes.byteLength,
    sha256: sum,
    ...digest(hostSha256),
    way,
    mode: put.value.mode,
    mtime,
  });
}

async function putThroughSftp(
  connection: Connection,
  client: SftpClient,
  moving: PutShell,
  bytes: Buffer,
  signal: AbortSignal | undefined,
): Promise<Result<OnHost & { readonly hostSha256?: Sha256 }>> {
  const folder = moving.path.slice(0, moving.path.lastIndexOf('/') + 1);
  const temporary = `${folder}.holdpoint-${randomBytes(8).toString('hex')}.part`;
  const staged = await stageSftp(client, moving, temporary, bytes);
  if (!staged.ok) {
    if (signal?.aborted === true) await removeAside(connection, temporary);
    return staged;
  }
  const hostSha256 = await hostDigest(connection, temporary, bytes.byteLength);
  if (hostSha256 !== undefined && hostSha256 !== moving.sha256) {
    await staged.value.discard();
    return could('put', moving, { code: 'refused', message: 'other bytes arrived than were sent' });
  }
  if (signal?.aborted === true) {
    await removeAside(connection, temporary);
    return stopped(moving.path);
  }
  const done = await staged.value.commit();
  return done.ok ? ok({ ...done.value, ...digest(hostSha256) }) : done;
}

/** Removes what a stopped transfer left beside, through a channel of its own: the other one is closed. */
async function removeAside(connection: Connection, temporary: string): Promise<void> {
  const opened = await openSftp(connection);
  if (!opened.ok) return;
  await opened.value.remove(temporary);
  opened.value.close();
}

/** Connections whose host was seen not to offer SFTP: a refused subsystem can cost one of the few channels there are. */
const withoutSftp = new WeakSet<Connection>();

/** Through SFTP where the host offers it, else through a shell. */
async function withSftp<T>(
  connection: Connection,
  signal: AbortSignal | undefined,
  sftp: (client: SftpClient) => Promise<Result<T>>,
  shell: () => Promise<Result<T>>,
): Promise<Result<T & { readonly way: 'sftp' | 'shell' }>> {
  const opened = withoutSftp.has(connection)
    ? fail('unsupported', 'The host offers no SFTP.')
    : await openSftp(connection);
  if (signal?.aborted === true) {
    if (opened.ok) opened.value.close();
    return stopped('the file');
  }
  if (!opened.ok) {
    if (opened.error.code === 'network') return opened;
    withoutSftp.add(connection);
    const done = await shell();
    return done.ok ? ok({ ...done.value, way: 'shell' }) : done;
  }
  const client = opened.value;
  const stop = (): void => {
    client.close();
  };
  signal?.addEventListener('abort', stop, { once: true });
  const done = await sftp(client);
  signal?.removeEventListener('abort', stop);
  client.close();
  return done.ok ? ok({ ...done.value, way: 'sftp' }) : done;
}

function movingOf(connection: Connection, request: FetchRequest | PutRequest): Moving {
  return {
    address: connection.facts.address,
    path: request.path,
    maxBytes: request.maxBytes,
    onProgress: request.onProgress ?? (() => undefined),
  };
}

function check(path: string, signal: AbortSignal | undefined): Result<null> {
  const name = JSON.stringify(path);
  if (!path.startsWith('/')) return fail('bad-request', `${name} is no absolute path. Nothing was sent.`);
  if (path.includes('\0')) return fail('bad-request', `${name} holds a NUL character. Nothing was sent.`);
  return signal?.aborted === true ? stopped(path) : ok(null);
}

function stopped(path: string): Result<never> {
  return fail('cancelled', `The transfer of ${path} was stopped.`);
}

function digest(hostSha256: Sha256 | undefined): { readonly hostSha256?: Sha256 } {
  return hostSha256 === undefined ? {} : { hostSha256 };
}
