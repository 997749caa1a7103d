import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withLock } from '../../../scripts/lib/lock.mjs';
import { inRoot } from '../../../scripts/lib/paths.mjs';

const fileOf = (name: string): string => inRoot('out', `.${name}.lock`);
const newName = (): string => `test-${randomUUID()}`;

describe('withLock', () => {
  it('lets one in at a time', async () => {
    const name = newName();
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all([withLock(name, work), withLock(name, work), withLock(name, work)]);
    expect(most).toBe(1);
    expect(existsSync(fileOf(name))).toBe(false);
  });

  it('is given back when the work fails', async () => {
    const name = newName();
    await expect(withLock(name, () => Promise.reject(new Error('no room')))).rejects.toThrow('no room');
    expect(existsSync(fileOf(name))).toBe(false);
  });

  it.each(['2147483647', ''])('clears what a dead process left (%j)', async (content) => {
    const name = newName();
    mkdirSync(inRoot('out'), { recursive: true });
    writeFileSync(fileOf(name), content);
    expect(await withLock(name, () => Promise.resolve('done'))).toBe('done');
  });
});
