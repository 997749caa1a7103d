/** What a crash left is cited with what it holds; what can still be taken up again is left alone. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JournalRecord, RecordBody } from '../../../../electron/contract/records.ts';
import { sha256 } from '../../../../electron/host/files/hash.ts';
import { citeLeftovers } from '../../../../electron/host/runs/recovery.ts';
import { temporary } from './temporary.ts';

const header = '{"version":2,"width":80,"height":24}\n';
const event = '[0.100000, "o", "x"]\n';

async function runFolder(): Promise<string> {
  const dir = await temporary();
  for (const name of ['outputs', 'recordings']) await mkdir(join(dir, name));
  for (const name of ['one', 'two']) {
    await writeFile(join(dir, `recordings/${name}.cast`), `${header}${event}[0.2, "o", "to`);
    await writeFile(join(dir, `outputs/${name}.out`), 'xto');
  }
  return dir;
}

/** Only type and body matter here. */
function records(...bodies: readonly object[]): readonly JournalRecord[] {
  return bodies as readonly JournalRecord[];
}

const start = (name: string, mode: string, attempt = 1): object => ({
  type: 'step.start',
  d: {
    step: name,
    attempt,
    mode,
    command: { file: `outputs/${name}.command` },
    wire: { file: `outputs/${name}.wire` },
    recording: `recordings/${name}.cast`,
    output: `outputs/${name}.out`,
  },
});
const end = (name: string, attempt = 1): object => ({ type: 'step.end', d: { step: name, attempt } });

const files = (bodies: readonly RecordBody[]): readonly string[] =>
  bodies.flatMap((body) => (body.type === 'recording.close' ? [body.d.file] : []));

test('closes what a crash left open, without a torn event', async () => {
  const dir = await runFolder();
  const bodies = await citeLeftovers(dir, records(start('one', 'pty'), start('two', 'exec')));
  expect(files(bodies)).toEqual([
    'outputs/one.out',
    'outputs/two.out',
    'recordings/one.cast',
    'recordings/two.cast',
  ]);
  const whole = header + event;
  expect(await readFile(join(dir, 'recordings/one.cast'), 'utf8')).toBe(whole);
  expect(bodies[2]?.d).toEqual({
    file: 'recordings/one.cast',
    bytes: whole.length,
    sha256: sha256(whole),
    events: 1,
  });
});

test('leaves those of a detached command alone that can be taken up again', async () => {
  const dir = await runFolder();
  const before = await readFile(join(dir, 'recordings/one.cast'), 'utf8');
  const bodies = await citeLeftovers(
    dir,
    records(start('one', 'detached'), start('two', 'detached'), end('two')),
  );
  expect(files(bodies)).toEqual(['outputs/two.out', 'recordings/two.cast']);
  expect(await readFile(join(dir, 'recordings/one.cast'), 'utf8')).toBe(before);
});

test('an end of another attempt is no end', async () => {
  const dir = await runFolder();
  const seen = records(start('one', 'detached', 2), end('one', 1));
  expect(files(await citeLeftovers(dir, seen))).toEqual(['outputs/two.out', 'recordings/two.cast']);
});

test('once the run has ended nothing is taken up any more', async () => {
  const dir = await runFolder();
  const bodies = await citeLeftovers(dir, records(start('one', 'detached'), { type: 'run.end', d: {} }));
  expect(files(bodies)).toHaveLength(4);
});
