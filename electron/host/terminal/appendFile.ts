/**
 * A file that only grows, hashed while it is written. A full disk makes it wait, not lose: what was handed in is kept
 * in memory and written as soon as there is room again.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { FileRef } from '../../contract/records.ts';
import type { Failure } from '../../contract/result.ts';
import type { Sha256 } from '../../contract/ids.ts';
import { storageFailure } from '../files/storageFailure.ts';

const RETRY_MS = 500;

export interface AppendFile {
  readonly bytes: number;
  /** Resolves when the bytes are with the operating system. Calls must not overlap. */
  write(bytes: Uint8Array): Promise<void>;
  /** Flushes to disk, closes, and returns what the file holds. */
  close(): Promise<FileRef>;
  /** Size and digest so far, without closing. */
  mark(): FileRef;
}

/**
 * Creates the file (it must not exist) with its first bytes. `name` is its path in the run's folder, as records cite
 * it. `onTrouble` is told when writing fails and, with null, when it works again. Rejects with the system's error, and
 * leaves no file, when there is no room even to begin: whoever waits for that has lost nothing yet.
 */
export async function createAppendFile(
  path: string,
  name: string,
  onTrouble: (failure: Failure | null) => void,
  head: Uint8Array = new Uint8Array(0),
): Promise<AppendFile> {
  const handle = await open(path, 'wx', 0o600);
  const error = await writeAt(handle, head, 0);
  if (error === null) {
    return append(handle, name, onTrouble, createHash('sha256').update(head), head.byteLength);
  }
  await handle.close();
  await unlink(path);
  throw error instanceof Error ? error : new Error(`${name} cannot be written`);
}

/**
 * Opens a file that is there, keeps its first bytes and goes on after them. Rejects when it has fewer. `onKept` sees
 * all that is kept, in order.
 */
export async function resumeAppendFile(
  path: string,
  name: string,
  onTrouble: (failure: Failure | null) => void,
  keep: number,
  onKept: (bytes: Uint8Array) => Promise<void> = () => Promise.resolve(),
): Promise<AppendFile> {
  const hash = createHash('sha256');
  let size = 0;
  if (keep > 0) {
    for await (const chunk of createReadStream(path, { end: keep - 1 }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.byteLength;
      await onKept(chunk);
    }
  }
  if (size !== keep) throw new Error(`${name} has only ${String(size)} of ${String(keep)} bytes`);
  const handle = await open(path, 'r+');
  await handle.truncate(keep);
  return append(handle, name, onTrouble, hash, keep);
}

function append(
  handle: FileHandle,
  name: string,
  onTrouble: (failure: Failure | null) => void,
  hash: Hash,
  kept: number,
): AppendFile {
  let size = kept;

  async function write(bytes: Uint8Array): Promise<void> {
    let troubled = false;
    for (;;) {
      const error = await writeAt(handle, bytes, size);
      if (error === null) break;
      troubled = true;
      onTrouble(
        storageFailure(
          `The recording ${name}`,
          error,
          'What arrived is kept in memory until it can be written.',
        ),
      );
      await delay(RETRY_MS);
    }
    if (troubled) onTrouble(null);
    hash.update(bytes);
    size += bytes.byteLength;
  }

  const mark = (): FileRef => ({ file: name, bytes: size, sha256: hash.copy().digest('hex') as Sha256 });
  return {
    get bytes() {
      return size;
    },
    write,
    mark,
    async close() {
      await handle.datasync().catch((error: unknown) => {
        onTrouble(storageFailure(`The recording ${name}`, error, 'Its bytes are with the operating system.'));
      });
      await handle.close();
      return mark();
    },
  };
}

/** Writes all bytes at an offset. A retry after a partial write starts at the same place and so repairs it. */
async function writeAt(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<unknown> {
  try {
    let done = 0;
    while (done < bytes.byteLength) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, offset + done);
      done += bytesWritten;
    }
    return null;
  } catch (error) {
    return error ?? new Error('write failed');
  }
}
