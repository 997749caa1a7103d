import { mkdtemp, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPassphrases } from '../../../../electron/host/connect/passphrases.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pass-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function keyFile(name: string): Promise<string> {
  const file = join(dir, name);
  await writeFile(file, 'key');
  return file;
}

it('keeps a passphrase for the file it was given for, however its path is written', async () => {
  const file = await keyFile('a');
  const kept = createPassphrases();
  expect(await kept.get(file)).toBeUndefined();
  await kept.keep(join(dir, 'x', '..', 'a'), 'secret');
  expect(await kept.get(file)).toBe('secret');
  expect(await kept.get(await keyFile('b'))).toBeUndefined();
  expect(await createPassphrases().get(file)).toBeUndefined();
  kept.drop(file);
  expect(await kept.get(file)).toBeUndefined();
});

it('forgets it when the file has been changed, replaced or taken away', async () => {
  const kept = createPassphrases();
  const file = await keyFile('c');
  await kept.keep(file, 'secret');
  await writeFile(file, 'another key');
  expect(await kept.get(file)).toBeUndefined();
  await kept.keep(file, 'secret');
  await utimes(file, 1, 1);
  expect(await kept.get(file)).toBeUndefined();
  // Another key of the same length in the same inode, with the old times put back.
  const { atime, mtime } = await stat(file);
  await kept.keep(file, 'secret');
  await writeFile(file, 'another kez');
  await utimes(file, atime, mtime);
  expect(await kept.get(file)).toBeUndefined();
  await kept.keep(file, 'secret');
  await rm(file);
  expect(await kept.get(file)).toBeUndefined();
  await symlink(await keyFile('d'), file);
  expect(await kept.get(file)).toBeUndefined();
  await kept.keep(join(dir, 'nowhere'), 'secret');
  expect(await kept.get(join(dir, 'nowhere'))).toBeUndefined();
});

it('shows nothing of it to whoever prints the store', async () => {
  const kept = createPassphrases();
  await kept.keep(await keyFile('e'), 'secret');
  expect(inspect(kept, { depth: 9, showHidden: true })).not.toContain('secret');
  expect(JSON.stringify(kept)).not.toContain('secret');
});

it('gives turns one after the other, so that many at once are asked once', async () => {
  const kept = createPassphrases();
  const file = await keyFile('f');
  let asked = 0;
  const unlock = async (): Promise<string | undefined> =>
    kept.turn(file, async () => {
      const found = await kept.get(file);
      if (found !== undefined) return found;
      asked += 1;
      await Promise.resolve();
      await kept.keep(file, 'secret');
      return kept.get(file);
    });
  const failing = kept.turn(file, () => Promise.reject(new Error('no')));
  const all = Promise.all(Array.from({ length: 50 }, unlock));
  await expect(failing).rejects.toThrow('no');
  expect(new Set(await all)).toEqual(new Set(['secret']));
  expect(asked).toBe(1);
});
