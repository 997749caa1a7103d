/** Secrets of the command line come from files; a value as an argument is refused and not repeated. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSecrets } from '../../../electron/cli/secretCommands.ts';
import { temporary } from '../host/runs/temporary.ts';

test('a file is the value, without the line break at its end', async () => {
  const dir = await temporary();
  await writeFile(join(dir, 'one'), 'first line\nsecond\n');
  await writeFile(join(dir, 'two'), 'no line break');
  const read = await readSecrets([`one=@${join(dir, 'one')}`, `two=@${join(dir, 'two')}`]);
  expect(read).toEqual({ ok: true, value: { one: 'first line\nsecond', two: 'no line break' } });
});

test.each([
  ['token=hunter2-value', 'bad-request', /write name=@FILE/],
  ['to ken=@/x', 'bad-request', /write name=@FILE/],
  ['token=@/nowhere/at/all', 'not-found', /cannot be read/],
])('%s is refused', async (spec, code, says) => {
  const read = await readSecrets([spec]);
  if (read.ok) throw new Error('was taken');
  expect(read.error.code).toBe(code);
  expect(read.error.message).toMatch(says);
  expect(JSON.stringify(read.error)).not.toContain('hunter2-value');
});
