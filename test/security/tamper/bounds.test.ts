/** What is too large to be read on, and what changes while it is read. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openContainer } from '../../../electron/domain/verify/container.ts';
import { readJournalFile } from '../../../electron/domain/verify/journalFile.ts';
import { Report } from '../../../electron/domain/verify/report.ts';
import { verify } from '../../../electron/domain/verify/verify.ts';
import { nodePlatform } from '../../../electron/host/evidence/nodePlatform.ts';
import { sha256 } from '../../../electron/host/files/hash.ts';
import { TOP } from '../../fixtures/evidence/fullBook.ts';
import { type FullRun, fullRuns, type FullRuns } from '../../fixtures/evidence/fullRun.ts';
import { zip } from '../../fixtures/evidence/rezip.ts';
import { must } from '../../fixtures/evidence/signers.ts';
import { isAccepted, retold, strict } from './kit.ts';

let runs: FullRuns;
let good: FullRun;
beforeAll(async () => {
  runs = await fullRuns();
  good = await runs.make();
});
afterAll(() => runs.close());

const sourceOf = (bytes: Buffer) => ({
  size: bytes.length,
  read: (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length)),
});

async function opened(source: Parameters<typeof openContainer>[1]): Promise<readonly string[]> {
  const report = new Report();
  expect(await openContainer(nodePlatform, source, report)).toBeNull();
  return report.findings.map(({ id }) => id);
}

test('a file of more than 4 GiB is not read', async () => {
  const read = () => Promise.reject(new Error('it was read'));
  expect(await opened({ size: 2 ** 32, read })).toEqual(['zip.too-large']);
});

test('a zip of more than 10,000 entries is not read', async () => {
  const parts = Array.from({ length: 10_001 }, (_, n) => ({
    name: `${TOP}/files/${String(n).padStart(5, '0')}`,
    data: Buffer.alloc(0),
  }));
  expect(await opened(sourceOf(zip(parts)))).toEqual(['zip.too-many']);
  expect(await openContainer(nodePlatform, sourceOf(zip(parts.slice(1))), new Report())).not.toBeNull();
});

test('a host file of more than 4 MiB is not read', async () => {
  const large = await runs.make({ outputs: { 'hosts/ops.json': `"${'x'.repeat(4 * 1024 * 1024)}"\n` } });
  const seen = await strict(retold(large));
  expect(isAccepted(seen)).toBe(false);
  expect(seen.verdict.findings.map(({ id, place }) => `${id} ${place}`)).toContain(
    'file.too-large hosts/ops.json',
  );
});

test('a journal of more records than a run can have is not read on', async () => {
  const data = Buffer.from(good.journal);
  const records = good.journal.split('\n').length - 1;
  const member = { name: 'x', bytes: data.length, crc32: 0, path: 'journal.jsonl', dataOffset: 0 };
  const container = {
    platform: nodePlatform,
    source: sourceOf(data),
    top: TOP,
    members: new Map([[member.path, member]]),
  };
  const found = async (most?: number) => {
    const report = new Report();
    const reading = await readJournalFile(container, sha256(data), report, most);
    return [reading?.count ?? null, ...report.findings.map(({ id }) => id)];
  };
  expect(await found()).toEqual([records]);
  expect(await found(records)).toEqual([records]);
  expect(await found(records - 1)).toEqual([null, 'journal.too-many']);
});

test.each([
  ['plan/plan.json', 1, 'file.changing'],
  ['plan/plan.json', 2, 'manifest.hash-mismatch'],
  ['journal.jsonl', 1, 'manifest.hash-mismatch'],
  ['journal.jsonl', 2, 'file.changing'],
  ['plan/approval-1.json', 1, 'manifest.hash-mismatch'],
  ['plan/approval-1.json', 2, 'file.changing'],
] as const)('a bundle whose %s is another at read %i is found: %s', async (path, which, id) => {
  const { bytes, trust } = retold(good);
  const data = good.parts.find(({ name }) => name === `${TOP}/${path}`)?.data ?? Buffer.alloc(0);
  const begin = bytes.indexOf(data);
  let reads = 0;
  const source = {
    size: bytes.length,
    read: (offset: number, length: number) => {
      const part = Buffer.from(bytes.subarray(offset, offset + length));
      const inside = begin >= offset && begin < offset + part.length;
      // Each is read twice: for its digest, with everything else, and for its content.
      if (inside && part.length > 200 && ++reads === which) part[begin - offset] = 0x20;
      return Promise.resolve(part);
    },
  };
  const { verdict } = must(await verify(nodePlatform, source, trust));
  expect(verdict.findings.map((found) => `${found.id} ${found.place}`)).toContain(`${id} ${path}`);
});
