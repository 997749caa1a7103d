import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkNode, isInstalled } from '../../../scripts/setup.mjs';

let folder = '';
const lock = (): string => path.join(folder, 'package-lock.json');
const modules = (): string => path.join(folder, 'node_modules');

async function installed(packages: Readonly<Record<string, unknown>>): Promise<boolean> {
  await mkdir(modules(), { recursive: true });
  await writeFile(path.join(modules(), '.package-lock.json'), JSON.stringify({ packages }));
  return isInstalled(lock(), modules());
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-setup-'));
  const packages = {
    '': { name: 'holdpoint' },
    'node_modules/ws': { version: '8.0.0' },
    'node_modules/node-pty': { version: '1.1.0', optional: true },
  };
  await writeFile(lock(), JSON.stringify({ packages }));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('isInstalled', () => {
  it('is false on a fresh clone', () => {
    expect(isInstalled(lock(), modules())).toBe(false);
  });

  it('does not miss an optional package that could not be built', async () => {
    expect(await installed({ 'node_modules/ws': { version: '8.0.0' } })).toBe(true);
  });

  it('is false when a package is missing or of another version', async () => {
    expect(await installed({})).toBe(false);
    expect(await installed({ 'node_modules/ws': { version: '8.0.1' } })).toBe(false);
    expect(
      await installed({
        'node_modules/ws': { version: '8.0.0' },
        'node_modules/node-pty': { version: '1.0.0' },
      }),
    ).toBe(false);
  });
});

describe('checkNode', () => {
  it.each(['20.19.0', '20.20.2', '24.0.0'])('takes %s', (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });

  it.each(['18.20.0', '20.18.3'])('refuses %s with both versions in its words', (version) => {
    expect(() => checkNode(version)).toThrow(`Holdpoint needs Node 20.19 or newer; this is ${version}.`);
  });
});
