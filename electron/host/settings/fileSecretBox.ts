/**
 * Secrets protected by file permissions alone, and the only way Holdpoint writes a secret to disk: mode 0600, whole or
 * not at all. It must never claim more protection than that.
 */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Result, fail, ok } from '../../contract/result.ts';
import type { SecretBox } from '../ports.ts';
import { reasonOf } from './paths.ts';
import { unwrapSecret, wrapSecret } from './secretEnvelope.ts';

/** A box that seals nothing: who can read the file can read the secret. Recorded as `file`. */
export function createFileSecretBox(): SecretBox {
  return {
    protection: 'file',
    seal: (secret) => Promise.resolve(wrapSecret('file', secret)),
    open: (sealed) => Promise.resolve(openSealed(sealed)),
  };
}

function openSealed(sealed: Uint8Array): Result<Uint8Array> {
  const inside = unwrapSecret(sealed);
  if (inside === null) return fail('corrupt', 'The stored key is not in a form Holdpoint wrote.');
  if (inside.protection !== 'file') {
    return fail('unsupported', "The stored key is protected by this account's keyring.", {
      kept: 'The key is untouched.',
      hint: 'Use the Holdpoint desktop app for it, or set HOLDPOINT_HOME to keep a key of its own here.',
    });
  }
  return ok(inside.bytes);
}

/** Seals a secret and writes it to `file` with mode 0600; an existing file is replaced whole or stays as it was. */
export async function writeSecret(box: SecretBox, file: string, secret: Uint8Array): Promise<Result<null>> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const sealed = await box.seal(secret);
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(sealed);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(path.dirname(file));
    return ok(null);
  } catch (problem) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return fail('storage', `The key cannot be saved at ${file}: ${reasonOf(problem)}.`, {
      kept: 'What was there before is as it was.',
    });
  }
}

/** Reads and opens a secret. `not-found` when there is none; `forbidden` when others may read or write the file. */
export async function readSecret(box: SecretBox, file: string): Promise<Result<Uint8Array>> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      return fail('forbidden', `The key ${file} can be read by others and is not used.`, {
        kept: 'The key is untouched.',
        hint: `Find out who could have read it. If nobody did: chmod 600 ${file}`,
      });
    }
    return await box.open(await readFile(file));
  } catch (problem) {
    if (problem instanceof Error && 'code' in problem && problem.code === 'ENOENT') {
      return fail('not-found', `There is no key at ${file}.`);
    }
    return fail('storage', `The key ${file} cannot be read: ${reasonOf(problem)}.`);
  }
}

/** Makes a rename durable (fsync(2) on the directory). Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
