import { mkdir, mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint, isStale, markBuilt } from '../../../scripts/lib/stale.mjs';

let root = '';

async function put(file: string, text: string): Promise<string> {
  const full = path.join(root, file);
  await mkdir(path.dirname(full), { recursive: true });
  await writeFile(full, text);
  return full;
}

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-stale-'));
  await put('electron/cli/main.ts', 'export const one = 1;');
  await put('package-lock.json', '{}');
  await put('dist/cli.mjs', '');
  markBuilt('cli', fingerprint('cli', root), root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('isStale', () => {
  it('is false right after a build, and for another part that shares no source', async () => {
    expect(isStale('cli', root)).toBe(false);
    await put('renderer/main.tsx', '');
    expect(isStale('cli', root)).toBe(false);
  });

  it('is true when a source changed, even back in time', async () => {
    const file = await put('electron/cli/main.ts', 'export const one = 2;');
    const { size } = await stat(file);
    await utimes(file, new Date(0), new Date(0));
    expect((await stat(file)).size).toBe(size);
    expect(isStale('cli', root)).toBe(true);
  });

  it('is true when a source is new or gone', async () => {
    const added = await put('electron/domain/rule.ts', '');
    expect(isStale('cli', root)).toBe(true);
    await rm(added);
    expect(isStale('cli', root)).toBe(false);
    await rm(path.join(root, 'electron/cli/main.ts'));
    expect(isStale('cli', root)).toBe(true);
  });

  it('is true when the lock file changed', async () => {
    await put('package-lock.json', '{"a": 1}');
    expect(isStale('cli', root)).toBe(true);
  });

  it('is true when what was built is gone, or was never built', async () => {
    await rm(path.join(root, 'dist/cli.mjs'));
    expect(isStale('cli', root)).toBe(true);
    expect(isStale('renderer', root)).toBe(true);
  });

  it('stays true when a source changed while the build ran', async () => {
    const before = fingerprint('cli', root);
    await put('electron/cli/main.ts', 'export const changed = true;');
    markBuilt('cli', before, root);
    expect(isStale('cli', root)).toBe(true);
  });
});
