/**
 * Moves one file through SFTP. Must never leave a half-written file under its final name on the host, nor follow what
 * is no regular file.
 */
import { fail, ok } from '../../contract/result.ts';
import type { Failure, Result } from '../../contract/result.ts';
import type { SftpClient, SftpFailure, SftpHandle } from './sftpClient.ts';
import { sftpOpen, type SftpAttributes, sftpStatus } from './sftpWire.ts';
import { type Sink, tooLarge } from './transferLocal.ts';

/** Bytes a request, and requests under way: enough for 2 MB on the way at a time. */
const chunkBytes = 32_768;
const requestsAtOnce = 64;

const typeBits = 0o170_000;
const kinds: Readonly<Record<number, string>> = {
  0o040_000: 'a folder',
  0o120_000: 'a symbolic link',
  0o010_000: 'a fifo',
  0o020_000: 'a device',
  0o060_000: 'a device',
  0o140_000: 'a socket',
};

/** What is on the host after a transfer. `mtime` in milliseconds since 1970, null when the host does not say. */
export interface OnHost {
  readonly mode: number;
  readonly mtime: number | null;
}

export interface Moving {
  /** `user@host:port`, for words. */
  readonly address: string;
  readonly path: string;
  readonly maxBytes: number;
  readonly onProgress: (bytes: number, total: number | null) => void;
}

/** Reads a file into the sink. `size`: what the host said before, 0 for files that are made when they are read. */
export async function fetchSftp(
  client: SftpClient,
  moving: Moving,
  sink: Sink,
): Promise<Result<OnHost & { readonly size: number }>> {
  const { path, maxBytes } = moving;
  const found = await client.stat(path);
  if (!found.ok) return could('fetched', moving, found.error);
  const strange = kindOf(found.value);
  if (strange !== null) return could('fetched', moving, { code: 'refused', message: `it is ${strange}` });
  const size = found.value.size ?? 0;
  if (size > maxBytes)
    return tooLarge(`${path} on ${moving.address}`, size, maxBytes, 'Nothing was fetched.');
  const handle = await client.open(path, sftpOpen.read);
  if (!handle.ok) return could('fetched', moving, handle.error);
  const read = await readAll(client, handle.value, size, moving, sink);
  if (!read.ok) return read;
  const after = await client.fstat(handle.value);
  await client.closeHandle(handle.value);
  if (!after.ok) return could('fetched', moving, after.error);
  return ok({ ...onHost(after.value), size });
}

/** In order, many requests at a time. Beyond the size that was announced it goes on until the host says: the end. */
async function readAll(
  client: SftpClient,
  handle: SftpHandle,
  size: number,
  moving: Moving,
  sink: Sink,
): Promise<Result<null>> {
  const ask = (from: number, length: number) => ({ from, length, answer: client.read(handle, from, length) });
  const queue: ReturnType<typeof ask>[] = [];
  let asked = 0;
  for (;;) {
    while (queue.length < requestsAtOnce && asked < size) {
      const length = Math.min(chunkBytes, size - asked);
      queue.push(ask(asked, length));
      asked += length;
    }
    const head = queue.shift() ?? ask(sink.bytes, chunkBytes);
    const answer = await head.answer;
    if (!answer.ok) return could('fetched', moving, answer.error);
    const bytes = answer.value;
    if (bytes === null) return ok(null);
    if (bytes.byteLength === 0 || bytes.byteLength > head.length)
      return could('fetched', moving, { code: 'unsupported', message: 'its server does not keep to SFTP' });
    if (sink.bytes + bytes.byteLength > moving.maxBytes)
      return tooLarge(`${moving.path} on ${moving.address}`, 0, moving.maxBytes, 'Nothing was kept.');
    const written = await sink.write(bytes);
    if (!written.ok) return written;
    moving.onProgress(sink.bytes, size === 0 ? null : size);
    const missing = head.length - bytes.byteLength;
    if (missing > 0 && queue.length > 0) queue.unshift(ask(head.from + bytes.byteLength, missing));
  }
}

/** What is at the final name before a put. */
export interface Before {
  readonly mode: number | null;
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

/** A file that is written beside its final name, whole and with its mode, and then renamed by `commit`. */
export interface Staged {
  commit(): Promise<Result<OnHost>>;
  discard(): Promise<void>;
}

/** Writes the bytes to `temporary`, in the folder of the final name. On failure it is removed while contact lasts. */
export async function stageSftp(
  client: SftpClient,
  moving: Moving & { readonly mode?: number },
  temporary: string,
  bytes: Buffer,
): Promise<Result<Staged>> {
  const before = await look(client, moving);
  if (!before.ok) return before;
  const handle = await client.open(temporary, sftpOpen.write | sftpOpen.create | sftpOpen.exclusive, 0o600);
  if (!handle.ok) return could('put', moving, handle.error);
  const discard = async (): Promise<void> => {
    await client.remove(temporary);
  };
  const filled = await fill(client, handle.value, moving, before.value, bytes);
  const closed = await client.closeHandle(handle.value);
  const trouble = filled.ok ? closed : filled;
  if (!trouble.ok) {
    await discard();
    return could('put', moving, trouble.error);
  }
  return ok({ discard, commit: () => commit(client, moving, temporary, before.value) });
}

async function look(client: SftpClient, moving: Moving): Promise<Result<Before>> {
  const found = await client.lstat(moving.path);
  if (!found.ok) {
    if (found.error.status === sftpStatus.noSuchFile) return ok({ mode: null, owner: null });
    return could('put', moving, found.error);
  }
  const strange = kindOf(found.value);
  if (strange !== null)
    return could('put', moving, { code: 'refused', message: `${strange} of this name is there` });
  const { uid, gid, mode } = found.value;
  return ok({
    mode: (mode ?? 0o644) & 0o7777,
    owner: uid === undefined || gid === undefined ? null : { uid, gid },
  });
}

async function fill(
  client: SftpClient,
  handle: SftpHandle,
  moving: Moving & { readonly mode?: number },
  before: Before,
  bytes: Buffer,
): Promise<Result<null, SftpFailure>> {
  const queue: ReturnType<SftpClient['write']>[] = [];
  for (let at = 0; at < bytes.byteLength || queue.length > 0;) {
    while (queue.length < requestsAtOnce && at < bytes.byteLength) {
      queue.push(client.write(handle, at, bytes.subarray(at, at + chunkBytes)));
      at = Math.min(at + chunkBytes, bytes.byteLength);
    }
    const written = await queue.shift();
    if (written?.ok === false) return written;
    moving.onProgress(Math.max(0, at - queue.length * chunkBytes), bytes.byteLength);
  }
  const size = await client.fstat(handle);
  if (!size.ok) return size;
  if (size.value.size !== bytes.byteLength)
    return {
      ok: false,
      error: { code: 'refused', message: `only ${String(size.value.size ?? 0)} bytes arrived` },
    };
  const { owner } = before;
  // Taking over somebody else's file as another user would change its owner without a word.
  if (owner !== null && (size.value.uid !== owner.uid || size.value.gid !== owner.gid)) {
    const given = await client.fsetstat(handle, owner);
    if (!given.ok)
      return {
        ok: false,
        error: {
          code: 'refused',
          message: `the file there belongs to ${String(owner.uid)}:${String(owner.gid)}, which could not be kept`,
        },
      };
  }
  const mode = await client.fsetstat(handle, { mode: moving.mode ?? before.mode ?? 0o644 });
  if (!mode.ok) return mode;
  return client.extensions.has('fsync@openssh.com') ? client.sync(handle) : ok(null);
}

async function commit(
  client: SftpClient,
  moving: Moving,
  temporary: string,
  before: Before,
): Promise<Result<OnHost>> {
  const again = await look(client, moving);
  const discard = async (): Promise<void> => {
    await client.remove(temporary);
  };
  if (!again.ok) {
    await discard();
    return again;
  }
  const atomic = client.extensions.has('posix-rename@openssh.com');
  if (!atomic && before.mode !== null) {
    await discard();
    return could('put', moving, {
      code: 'unsupported',
      message: 'a file is there, and the server cannot replace it in one step',
    });
  }
  const named = await (atomic
    ? client.replace(temporary, moving.path)
    : client.rename(temporary, moving.path));
  if (!named.ok) {
    if (named.error.status !== undefined) {
      await discard();
      return could('put', moving, named.error);
    }
    return unsure(moving, named.error);
  }
  const after = await client.lstat(moving.path);
  return after.ok ? ok(onHost(after.value)) : unsure(moving, after.error);
}

function unsure(moving: Moving, failure: Failure): Result<never> {
  return fail(
    'network',
    `Whether ${moving.path} on ${moving.address} was replaced is not known. ${failure.message}`,
    { kept: 'It is either as it was or whole and new, never half.' },
  );
}

function kindOf(attributes: SftpAttributes): string | null {
  const type = (attributes.mode ?? 0) & typeBits;
  // A server that tells no type has only files.
  return type === 0o100_000 || type === 0 ? null : (kinds[type] ?? 'no regular file');
}

function onHost(attributes: SftpAttributes): OnHost {
  return {
    mode: (attributes.mode ?? 0) & 0o7777,
    mtime: attributes.mtime === undefined ? null : attributes.mtime * 1000,
  };
}

/** Words for a person: what, where, why, and what is as it was. */
export function could(what: 'fetched' | 'put', moving: Moving, why: Failure): Result<never> {
  const { path, address } = moving;
  if (why.code === 'network' || why.code === 'cancelled') return { ok: false, error: why };
  const name = JSON.stringify(path).slice(1, -1);
  return fail(why.code, `${name} on ${address} could not be ${what}: ${why.message}.`, {
    kept: what === 'put' ? 'What is on the host is as it was.' : 'Nothing was kept here.',
    ...(why.hint === undefined ? {} : { hint: why.hint }),
  });
}
