/** The ledger of a desk: one chain, whoever appends and whatever a crash leaves. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunId, Sha256 } from '../../../../electron/contract/ids.ts';
import { checkLine, START } from '../../../../electron/domain/evidence/chain.ts';
import { sha256 } from '../../../../electron/host/files/hash.ts';
import { appendToLedger, type LedgerEntry } from '../../../../electron/host/runs/ledger.ts';
import { mayMount, tinyDisk } from '../../../fixtures/runs/tinyDisk.ts';
import { setClock, temporary } from './temporary.ts';

const entry: LedgerEntry = {
  type: 'open',
  d: { runId: '20261121T020311Z-4f2a9c' as RunId, planSha256: 'a'.repeat(64) as Sha256 },
};
const fileIn = (data: string) => join(data, 'ledger', 'ledger.jsonl');

async function expectChain(data: string, count: number): Promise<void> {
  let at = START;
  for (const line of (await readFile(fileIn(data), 'utf8')).split(/(?<=\n)/)) {
    const next = checkLine(at, line, sha256);
    if (!next.ok) throw new Error(next.error);
    at = next.value;
  }
  expect(at.seq).toBe(count);
}

describe('ledger', () => {
  test('stays one chain when runs open at the same moment, and answers where each one began', async () => {
    const data = await temporary();
    const all = await Promise.all(Array.from({ length: 6 }, () => appendToLedger(data, entry, setClock())));
    expect(all.map((one) => (one.ok ? one.value.seq : -1)).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    await expectChain(data, 6);
  });

  test('refuses to go on after a line that was changed, and leaves it', async () => {
    const data = await temporary();
    for (let i = 0; i < 3; i += 1) await appendToLedger(data, entry, setClock());
    const text = await readFile(fileIn(data), 'utf8');
    const changed = text.replace('"type":"open"', '"type":"seal"');
    await writeFile(fileIn(data), changed);
    const refused = await appendToLedger(data, entry, setClock());
    expect(refused).toMatchObject({ ok: false, error: { code: 'corrupt' } });
    expect(refused.ok ? '' : refused.error.message).toContain('line 2');
    expect(await readFile(fileIn(data), 'utf8')).toBe(changed);
  });

  test('takes the rest of a line that a crash cut out of the way and keeps it', async () => {
    const data = await temporary();
    await mkdir(join(data, 'ledger'));
    await writeFile(fileIn(data), '{"_prev":"cut');
    expect(await appendToLedger(data, entry, setClock())).toEqual({ ok: true, value: START });
    await expectChain(data, 1);
    expect(await readFile(join(data, 'ledger', 'ledger.torn'), 'utf8')).toBe('{"_prev":"cut');
  });
});

const mounts = await mayMount();
if (!mounts)
  process.stderr.write('skipped: the test of a ledger on a full disk needs the right to mount one\n');

test.skipIf(!mounts)('a full disk leaves no half line that would bar every later run', async () => {
  const disk = await tinyDisk(256);
  for (let i = 0; i < 40; i += 1) await appendToLedger(disk.dir, entry, setClock());
  const before = await readFile(fileIn(disk.dir), 'utf8');
  await disk.fill(0);
  let refused = 0;
  for (let i = 0; i < 20; i += 1) refused += (await appendToLedger(disk.dir, entry, setClock())).ok ? 0 : 1;
  expect(refused).toBeGreaterThan(0);
  await disk.free();
  expect((await appendToLedger(disk.dir, entry, setClock())).ok).toBe(true);
  expect((await readFile(fileIn(disk.dir), 'utf8')).startsWith(before)).toBe(true);
  await expectChain(disk.dir, 40 + 20 - refused + 1);
});
