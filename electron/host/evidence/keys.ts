/**
 * The Ed25519 keys the app makes for itself: the device key that seals every run, and an operator key for desks
 * without one. Kept through the shell's SecretBox; a key that cannot be opened is an error, never silently replaced.
 */
import { link, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Paths, SecretBox } from '../ports.ts';
import { storage, temporaryBeside, writeAtomic } from './files.ts';
import { ed25519Signer, newEd25519Seed, type Signer } from './signer.ts';

export type AppKey = 'device' | 'operator';

/** Loads an app-made key, making it the first time. Errors: `storage`, `corrupt` and what the SecretBox says. */
export async function appKeySigner(
  paths: Pick<Paths, 'config'>,
  box: SecretBox,
  which: AppKey,
): Promise<Result<Signer>> {
  const path = join(paths.config, 'keys', `${which}.key`);
  const found = await load(path);
  if (!found.ok) return found;
  const sealed = found.value ?? (await create(path, box));
  if (sealed instanceof Uint8Array) return open(path, sealed, box);
  return sealed.ok ? open(path, sealed.value, box) : sealed;
}

async function open(path: string, sealed: Uint8Array, box: SecretBox): Promise<Result<Signer>> {
  const seed = await box.open(sealed);
  const signer = seed.ok ? ed25519Signer(seed.value) : seed;
  if (signer.ok) return signer;
  return fail(signer.error.code, `the key ${path} cannot be opened: ${signer.error.message}`, {
    kept: 'The key file was left as it is.',
    hint: 'Restore it from a backup, or move it away to have a new key made and enrolled.',
  });
}

async function load(path: string): Promise<Result<Uint8Array | null>> {
  try {
    return ok(await readFile(path));
  } catch (e) {
    if (e instanceof Error && 'code' in e && e.code === 'ENOENT') return ok(null);
    return storage(`the key ${path} cannot be read`, e);
  }
}

/** Two copies of the app may start at once: the first key to get its name wins and both use it. */
async function create(path: string, box: SecretBox): Promise<Result<Uint8Array>> {
  const own = temporaryBeside(path);
  const written = await writeAtomic(own, await box.seal(newEd25519Seed()));
  if (!written.ok) return written;
  try {
    await link(own, path);
  } catch (e) {
    if (!(e instanceof Error && 'code' in e && e.code === 'EEXIST'))
      return storage(`the key ${path} cannot be made`, e);
  } finally {
    await unlink(own).catch(() => undefined);
  }
  const stored = await load(path);
  if (!stored.ok) return stored;
  return stored.value === null ? fail('storage', `the key ${path} was not kept`) : ok(stored.value);
}
