/**
 * No finding without a test that makes the verifier find it: each id is that of a case of the tamper list, or stands in
 * another test, which a new id makes fail until it does.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findings } from '../../../electron/domain/verify/findings.ts';
import { groups } from './cases.ts';

const TESTS = join(import.meta.dirname, '..', '..');
const SELF = 'registry.test.ts';

/** Ids that stand in tests as words of their own. What is said not to be found does not count. */
async function named(): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const entry of await readdir(TESTS, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(?:test|spec)\.ts$/.test(entry.name) || entry.name === SELF) continue;
    const lines = (await readFile(join(entry.parentPath, entry.name), 'utf8')).split('\n');
    for (const line of lines.filter((each) => !/\bnot\.|toBe\(false\)/.test(each)))
      for (const [, id = ''] of line.matchAll(/['"`]([a-z0-9]+\.[a-z0-9-]+)(?=['"`\s])/g)) found.add(id);
  }
  return found;
}

test('every finding is made by a test', async () => {
  const made = new Set<string>([
    ...groups.flatMap(({ cases }) => cases.map(({ id }) => id)),
    ...(await named()),
  ]);
  expect(Object.keys(findings).filter((id) => !made.has(id))).toEqual([]);
});

test('an id that no test names is noticed', async () => {
  expect((await named()).has(['seal', 'never-heard-of'].join('.'))).toBe(false);
});
