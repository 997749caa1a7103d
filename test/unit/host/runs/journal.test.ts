/** The journal on disk: durable, chained, and never worse than before for a crash, a full disk or a strange record. */
import { execFile } from 'node:child_process';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { RecordBody } from '../../../../electron/contract/records.ts';
import {
  createJournal,
  type Journal,
  openJournal,
  readJournal,
} from '../../../../electron/host/runs/journal.ts';
import { sha256 } from '../../../../electron/host/files/hash.ts';
import { mayMount, tinyDisk } from '../../../fixtures/runs/tinyDisk.ts';
import { setClock, temporary } from './temporary.ts';

const note = (text: string): RecordBody => ({ type: 'note', d: { text, by: 'Alice' } });

async function created(dir: string, clock = setClock()): Promise<Journal> {
  const made = await createJournal(dir, clock);
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

async function opened(dir: string) {
  const found = await openJournal(dir, setClock());
  if (!found.ok) throw new Error(found.error.message);
  return found.value;
}

const text = (dir: string) => readFile(join(dir, 'journal.jsonl'), 'utf8');

/** The check that docs/evidence.md gives to an auditor who has perl and nothing else. */
const CHECK =
  'use Digest::SHA "sha256_hex"; $p="0"x64; while(<>){ /^\\{"_prev":"([0-9a-f]{64})","_seq":(\\d+),/ && $1 eq $p && $2==$n++ or die "line $.\\n"; $p=sha256_hex($_) } print "$n $p"';

describe('journal', () => {
  test('is a chain that perl can follow, in the order of the calls', async () => {
    const dir = await temporary();
    const journal = await created(dir);
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => journal.append([note(`n${String(i)}`), note('twin')], 'fact')),
    );
    await journal.close();
    const { stdout } = await promisify(execFile)('perl', ['-e', CHECK, join(dir, 'journal.jsonl')]);
    expect(stdout).toBe(`100 ${journal.position.head}`);
    const read = await readJournal(dir);
    if (!read.ok) throw new Error(read.error.message);
    expect(
      read.value.records.flatMap((r) => (r.type === 'note' && r.d.text !== 'twin' ? [r.d.text] : [])),
    ).toEqual(Array.from({ length: 50 }, (_, i) => `n${String(i)}`));
    expect(read.value.records).toEqual(journal.records);
  });

  test('keeps a torn last line aside and goes on after the last whole one', async () => {
    const dir = await temporary();
    const journal = await created(dir);
    await journal.append([note('whole')], 'fact');
    await journal.close();
    const whole = await text(dir);
    await appendFile(join(dir, 'journal.jsonl'), '{"_prev":"torn');
    const again = await opened(dir);
    expect(again.torn).toEqual({ file: 'journal.torn', bytes: 14, sha256: sha256('{"_prev":"torn') });
    expect(await readFile(join(dir, 'journal.torn'), 'utf8')).toBe('{"_prev":"torn');
    expect(await text(dir)).toBe(whole);
    await again.journal.append([note('after')], 'fact');
    await again.journal.close();
    expect((await readJournal(dir)).ok).toBe(true);
  });

  test('keeps each torn line that there ever was, and forgets none that was not recorded', async () => {
    const dir = await temporary();
    await (await created(dir)).close();
    await appendFile(join(dir, 'journal.jsonl'), 'first');
    const first = await opened(dir);
    await first.journal.append(
      [{ type: 'run.recovered', d: { boot: 'b', ...(first.torn ? { torn: first.torn } : {}) } }],
      'fact',
    );
    await first.journal.close();
    await appendFile(join(dir, 'journal.jsonl'), 'second');
    const second = await opened(dir);
    await second.journal.close();
    // The app went away again before it could record the second one.
    const third = await opened(dir);
    await third.journal.close();
    expect([first.torn?.file, second.torn?.file, third.torn?.file]).toEqual([
      'journal.torn',
      'journal.torn.2',
      'journal.torn.2',
    ]);
    expect(await readFile(join(dir, 'journal.torn'), 'utf8')).toBe('first');
    expect(await readFile(join(dir, 'journal.torn.2'), 'utf8')).toBe('second');
  });

  test.each([
    ['a changed letter', (lines: string[]) => (lines[1] = (lines[1] ?? '').replace('two', 'TWO')), 3],
    ['a line that is missing', (lines: string[]) => lines.splice(1, 1), 2],
    ['a line that is not JSON', (lines: string[]) => (lines[1] = 'x'), 2],
    ['an empty line', (lines: string[]) => lines.splice(1, 0, ''), 2],
  ])('refuses %s with the line, and touches nothing', async (_, damage, line) => {
    const dir = await temporary();
    const journal = await created(dir);
    for (const word of ['one', 'two', 'three']) await journal.append([note(word)], 'fact');
    await journal.close();
    const lines = (await text(dir)).trimEnd().split('\n');
    damage(lines);
    const damaged = `${lines.join('\n')}\n`;
    await writeFile(join(dir, 'journal.jsonl'), damaged);
    const before = await readdir(dir);
    const refused = await openJournal(dir, setClock());
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'corrupt', kept: 'The file was not touched.' },
    });
    expect(refused.ok ? '' : refused.error.message).toContain(`line ${String(line)}:`);
    expect(await text(dir)).toBe(damaged);
    expect(await readdir(dir)).toEqual(before);
  });

  test('says so where there is none, and never overwrites one', async () => {
    const dir = await temporary();
    expect(await openJournal(dir, setClock())).toMatchObject({ ok: false, error: { code: 'not-found' } });
    const journal = await created(dir);
    await journal.append([note('kept')], 'fact');
    await journal.close();
    const before = await text(dir);
    expect((await createJournal(dir, setClock())).ok).toBe(false);
    expect(await text(dir)).toBe(before);
  });

  test('records a jump of the wall clock and none for time that passes', async () => {
    const dir = await temporary();
    const clock = setClock();
    const journal = await created(dir, clock);
    await journal.append([note('a')], 'fact');
    clock.pass(3_600_000);
    await journal.append([note('b')], 'fact');
    clock.jump(-90_000);
    await journal.append([note('c')], 'fact');
    clock.jump(1500);
    await journal.append([note('d')], 'fact');
    await journal.close();
    expect(journal.records.map((r) => (r.type === 'clock.step' ? r.d.byMs : r.type))).toEqual([
      'note',
      'note',
      -90_000,
      'note',
      'note',
    ]);
  });

  test('refuses what could not be read back, and goes on as if it had not been asked', async () => {
    const dir = await temporary();
    const journal = await created(dir);
    await journal.append([note('before')], 'fact');
    const before = await text(dir);
    for (const bad of [note('x'.repeat(4001)), note('line\nbreak'), note('\ud83d')]) {
      expect(await journal.append([note('fine'), bad], 'fact')).toMatchObject({
        ok: false,
        error: { code: 'bad-request' },
      });
    }
    expect(await text(dir)).toBe(before);
    expect((await journal.append([note('after')], 'intent')).ok).toBe(true);
    await journal.close();
    expect((await readJournal(dir)).ok).toBe(true);
  });
});

const mounts = await mayMount();
if (!mounts) process.stderr.write('skipped: tests of a full or read-only disk need the right to mount one\n');

describe.skipIf(!mounts)('journal on a disk that is full or read-only', () => {
  test('refuses an intent and leaves the file as it was; a fact still fits', async () => {
    const disk = await tinyDisk(1024);
    const journal = await created(disk.dir);
    await journal.append([note('before')], 'intent');
    await disk.fill(0);
    const big = Array.from({ length: 4 }, () => note('x'.repeat(3900)));
    const before = await text(disk.dir);
    const refused = await journal.append(big, 'intent');
    expect(refused).toMatchObject({ ok: false, error: { code: 'storage' } });
    expect(refused.ok ? '' : refused.error.message).toContain('the disk is full');
    expect(await text(disk.dir)).toBe(before);
    expect((await journal.append(big, 'fact')).ok).toBe(true);
    await journal.close();
    const read = await readJournal(disk.dir);
    expect(read.ok && read.value.records.length).toBe(5);
  });

  test('goes on as soon as there is room', async () => {
    const disk = await tinyDisk(600);
    const journal = await created(disk.dir);
    await disk.fill(0);
    const big = [note('x'.repeat(3900)), note('y'.repeat(3900))];
    expect((await journal.append(big, 'intent')).ok).toBe(false);
    await disk.free();
    expect((await journal.append(big, 'intent')).ok).toBe(true);
    await journal.close();
    expect((await readJournal(disk.dir)).ok).toBe(true);
  });

  test('is not created and not opened for writing on a read-only disk, and can be read there', async () => {
    const disk = await tinyDisk(1024);
    const journal = await created(disk.dir);
    await journal.append([note('kept')], 'fact');
    await journal.close();
    await disk.readOnly(true);
    const refused = await openJournal(disk.dir, setClock());
    expect(refused.ok ? '' : refused.error.message).toContain('read-only');
    expect((await readJournal(disk.dir)).ok).toBe(true);
    await disk.readOnly(false);
  });
});
