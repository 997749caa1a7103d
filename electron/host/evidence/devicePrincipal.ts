/** The name of this device in allowed_signers. Kept beside its key, so that a new computer name does not change it. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ok, type Result } from '../../contract/result.ts';
import { systemCode } from '../files/durable.ts';
import type { Paths } from '../ports.ts';
import { storage, writeAtomic } from './files.ts';

/** `<computer>@device`, as it was when the name was first needed. `storage` when it cannot be kept. */
export async function devicePrincipal(paths: Pick<Paths, 'config'>): Promise<Result<string>> {
  const path = join(paths.config, 'keys', 'device.name');
  try {
    return ok((await readFile(path, 'utf8')).trim());
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') return storage(`${path} cannot be read`, error);
  }
  const name = hostname()
    .replace(/[^A-Za-z0-9.-]/g, '-')
    .replace(/^[.-]+/, '');
  const principal = `${name === '' ? 'desk' : name}@device`;
  const kept = await writeAtomic(path, `${principal}\n`);
  return kept.ok ? ok(principal) : kept;
}
