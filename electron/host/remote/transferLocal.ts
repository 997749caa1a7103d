/**
 * This computer's side of a transfer. Must never leave a half-written file under its final name, nor write over one
 * that is there.
 */
import { createHash, randomBytes } from 'node:crypto';
import { constants, link, lstat, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Sha256 } from '../../contract/ids.ts';
import { fail, ok } from '../../contract/result.ts';
import type { Result } from '../../contract/result.ts';
import { syncFolder, systemCode } from '../files/durable.ts';
import { storageFailure } from '../files/storageFailure.ts';

/** A file of this computer, read as a whole: what is counted and hashed is what is sent. */
export async function readSource(path: string, maxBytes: number): Promise<Result<Buffer>> {
  const sent = { kept: 'Nothing was sent.' };
  try {
    // Opening a fifo for reading would wait for a writer.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await handle.stat();
      if (!found.isFile()) return fail('bad-request', `${path} on this computer is no regular file.`, sent);
      const bytes = Buffer.alloc(Math.min(found.size, maxBytes) + 1);
      let size = 0;
      while (size < bytes.byteLength) {
        const { bytesRead } = await handle.read(bytes, size, bytes.byteLength - size, size);
        if (bytesRead === 0) break;
        size += bytesRead;
      }
      if (size > maxBytes) return tooLarge(`${path} on this computer`, found.size, maxBytes, sent.kept);
      if (size !== found.size)
        return fail('refused', `${path} on this computer changed while it was read.`, {
          ...sent,
          hint: 'Wait until nobody writes to it, then try again.',
        });
      return ok(bytes.subarray(0, size));
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return fail('not-found', `There is no file ${path} on this computer.`, sent);
    if (code === 'EACCES' || code === 'EPERM')
      return fail('forbidden', `This account may not read ${path} on this computer.`, sent);
    return fail('storage', `${path} on this computer cannot be read: ${words(error)}.`, sent);
  }
}

export function tooLarge(what: string, size: number, maxBytes: number, kept: string): Result<never> {
  const how = size > maxBytes ? `has ${String(size)} bytes` : 'has more';
  return fail('refused', `${what} ${how}; at most ${String(maxBytes)} are allowed.`, {
    kept,
    hint: 'Raise the limit in the runbook, or move it with a command and compare the digest.',
  });
}

/** Where fetched bytes go: beside the final name until all of them are there. */
export interface Sink {
  readonly bytes: number;
  write(bytes: Uint8Array): Promise<Result<null>>;
  /** Makes the file durable under its final name; refuses when there is one already. */
  finish(): Promise<Result<Sha256>>;
  /** Removes what was written. Nothing happens after `finish`. */
  discard(): Promise<void>;
  readonly sha256: Sha256;
}

export async function createSink(to: string): Promise<Result<Sink>> {
  const kept = 'Nothing was fetched.';
  const there = await lstat(to).then(
    () => true,
    () => false,
  );
  if (there) return fail('refused', `${to} on this computer exists already.`, { kept });
  const temporary = join(
    dirname(to),
    `.${basename(to).slice(0, 100)}.${randomBytes(6).toString('hex')}.part`,
  );
  try {
    return ok(sinkOf(to, temporary, await open(temporary, 'wx', 0o600)));
  } catch (error) {
    return { ok: false, error: storageFailure(to, error, kept) };
  }
}

function sinkOf(to: string, temporary: string, handle: Awaited<ReturnType<typeof open>>): Sink {
  const hash = createHash('sha256');
  const state = { bytes: 0, over: false };
  const digest = (): Sha256 => hash.copy().digest('hex') as Sha256;
  const discard = async (): Promise<void> => {
    if (state.over) return;
    state.over = true;
    await handle.close().catch(() => undefined);
    await unlink(temporary).catch(() => undefined);
  };
  const failed = async (error: unknown): Promise<Result<never>> => {
    await discard();
    const storage = storageFailure(to, error, 'The file on the host is as it was.');
    return { ok: false, error: { ...storage, hint: 'Free space on this disk, then fetch again.' } };
  };
  return {
    get bytes() {
      return state.bytes;
    },
    get sha256() {
      return digest();
    },
    async write(bytes) {
      try {
        for (let done = 0; done < bytes.byteLength;) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, state.bytes);
          done += bytesWritten;
          state.bytes += bytesWritten;
        }
        hash.update(bytes);
        return ok(null);
      } catch (error) {
        return failed(error);
      }
    },
    async finish() {
      try {
        await handle.sync();
        await handle.close();
        await place(temporary, to);
        state.over = true;
        await syncFolder(dirname(to));
        return ok(digest());
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') return failed(error);
        await discard();
        return fail('refused', `${to} on this computer exists already.`, { kept: 'It is as it was.' });
      }
    },
    discard,
  };
}

/** A hard link fails when the name is taken, a rename would not; some file systems know no links. */
async function place(temporary: string, to: string): Promise<void> {
  try {
    await link(temporary, to);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw error;
    await rename(temporary, to);
    return;
  }
  await unlink(temporary);
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown reason';
}
