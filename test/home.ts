/**
 * Before all tests under Node: a home folder with nothing in it for the tests and all that they start. Start-up files of whoever
 * runs them cost time with each shell, may wait for each other, and may make any test fail.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What begins after this inherits the folder. Resolves with what removes it again. */
export async function setup(): Promise<() => Promise<void>> {
  const before = process.env['HOME'];
  const home = await mkdtemp(join(tmpdir(), 'hp-home-'));
  process.env['HOME'] = home;
  return async () => {
    if (before === undefined) delete process.env['HOME'];
    else process.env['HOME'] = before;
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
}
