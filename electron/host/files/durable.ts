/** Small files written so that after a crash there is either the old content or the whole new one. */
import { constants, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';

/** fsync of a folder: makes a creation or rename in it durable. Not supported on Windows, where it is not needed. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file (mode 0600 unless told otherwise) through a temporary name. Rejects with the system's error. */
export async function writeDurably(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  await writeSynced(path, content, mode);
  await syncFolder(dirname(path));
}

/** Writes several files side by side: each is there whole or not at all. Rejects with the first error. */
export async function writeAllDurably(
  files: readonly { readonly path: string; readonly content: string | Uint8Array }[],
): Promise<void> {
  const written = await Promise.allSettled(
    files.map(({ path, content }) => writeSynced(path, content, 0o600)),
  );
  for (const one of written) if (one.status === 'rejected') throw one.reason;
  const folders = new Set(files.map(({ path }) => dirname(path)));
  await Promise.all([...folders].map(syncFolder));
}

/** Durable once its folder is. */
async function writeSynced(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
  const handle = await open(temporary, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await handle.close();
  await rename(temporary, path);
}

/** The `code` of a system error (`ENOENT`, `ENOSPC`, …), or an empty string. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
