/**
 * The private folder in which opened bundles are kept while they are read: a file of its own for each, made anew, owner
 * only. What is verified is what is read: nothing outside this folder is looked at after a bundle was taken in.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, mkdir, open, readdir, rm, statfs, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../contract/result.ts';
import { MAX_ZIP_BYTES } from '../../domain/verify/zip.ts';
import { systemCode } from '../files/durable.ts';
import { storageFailure } from '../files/storageFailure.ts';

/** Space that must stay free for the runs of this desk. */
const KEEP_FREE_BYTES = 256 * 1024 * 1024;
const CHUNK = 1 << 20;

export interface PrivateFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Closes and removes it. */
  remove(): Promise<void>;
}

export interface BundleFolder {
  /** A new, empty file with room for so many bytes. Errors: `unsupported` (too large), `storage`. */
  create(bytes: number): Promise<Result<PrivateFile>>;
  /** A copy of a file of this computer. Errors: `not-found`, `bad-request` (no file), `unsupported`, `storage`. */
  copyOf(path: string): Promise<Result<PrivateFile>>;
  /** Removes what a killed app left behind. Never rejects; what cannot be removed now is tried again at the next start. */
  tidy(): Promise<void>;
}

/** Tells the files of this process from those of an earlier one of the same number. */
const SESSION = randomBytes(4).toString('hex');

/** The folder under `data`. What a killed app left in it is removed first; another app of this desk is left alone. */
export function createBundleFolder(data: string): BundleFolder {
  const folder = join(data, 'open-bundles');
  let ready: Promise<void> | null = null;
  const prepare = () => (ready ??= makeReady(folder));

  async function create(bytes: number): Promise<Result<PrivateFile>> {
    if (bytes > MAX_ZIP_BYTES) return tooLarge();
    try {
      await prepare();
      const room = await statfs(folder);
      if (room.bavail * room.bsize < bytes + KEEP_FREE_BYTES) return noRoom(folder);
      const path = join(folder, `${String(process.pid)}-${SESSION}-${randomBytes(8).toString('hex')}.zip`);
      const handle = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
      return ok({
        path,
        handle,
        async remove() {
          await handle.close().catch(() => undefined);
          await rm(path, { force: true });
        },
      });
    } catch (error) {
      ready = null;
      return { ok: false, error: storageFailure(folder, error, 'The bundle itself was not touched.') };
    }
  }

  async function copyOf(path: string): Promise<Result<PrivateFile>> {
    let source: FileHandle;
    try {
      // Without O_NONBLOCK a pipe of that name would keep the app waiting for ever.
      source = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      const code = systemCode(error);
      return fail('not-found', `${path} cannot be read (${code === '' ? 'unknown reason' : code}).`);
    }
    try {
      const seen = await source.stat();
      if (!seen.isFile()) return fail('bad-request', `${path} is not a file.`);
      const made = await create(seen.size);
      if (!made.ok) return made;
      const copied = await copy(source, made.value.handle);
      if (copied.ok) return made;
      await made.value.remove();
      return copied;
    } finally {
      await source.close();
    }
  }

  return { create, copyOf, tidy: () => removeLeftovers(folder).catch(() => undefined) };
}

/** Copies to the end of the file as it is found, and never more than a bundle may have. */
async function copy(from: FileHandle, to: FileHandle): Promise<Result<null>> {
  const buffer = Buffer.allocUnsafe(CHUNK);
  let at = 0;
  try {
    for (;;) {
      const { bytesRead } = await from.read(buffer, 0, CHUNK, at);
      if (bytesRead === 0) return ok(null);
      at += bytesRead;
      if (at > MAX_ZIP_BYTES) return tooLarge();
      await to.writeFile(buffer.subarray(0, bytesRead));
    }
  } catch (error) {
    return {
      ok: false,
      error: storageFailure('A copy of the bundle', error, 'The bundle itself was not touched.'),
    };
  }
}

async function makeReady(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (process.platform !== 'win32') await chmod(folder, 0o700);
  await removeLeftovers(folder);
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, pid, session] = /^(\d+)-([0-9a-f]+)-[0-9a-f]+\.zip$/.exec(name) ?? [];
    const owner = Number(pid ?? 0);
    const inUse = owner === process.pid ? session === SESSION : isAlive(owner);
    if (!inUse) await rm(join(folder, name), { force: true, recursive: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

function tooLarge(): ReturnType<typeof fail> {
  return fail('unsupported', 'The file is larger than a bundle can be (4 GiB).');
}

function noRoom(folder: string): ReturnType<typeof fail> {
  return fail('storage', `There is not enough room in ${folder} to open this bundle.`, {
    kept: 'The bundle itself was not touched.',
    hint: 'Free space on this disk, or verify it with holdpoint verify, which needs no copy.',
  });
}
