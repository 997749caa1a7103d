/** The bulk pass of the verifier finds the same in one thread and in several, in the order of the members. */
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scan, ScanJob } from '../../electron/domain/verify/ports.ts';
import { scanAll } from '../../electron/domain/verify/scan.ts';
import { digestPlatform, fdSource } from '../../electron/host/evidence/scanPlatform.ts';
import { startThread } from '../../electron/host/evidence/scanThread.ts';
import { scanInThreads } from '../../electron/host/evidence/scanThreads.ts';
import { scanWorkerText } from '../../scripts/lib/bundles.mjs';

const HEADER = '{"version":2,"width":80,"height":24}\n';
const event = (text: string) => `[0.5, "o", ${JSON.stringify(text)}]\n`;
const MEMBERS = [
  { text: HEADER + event('\u001b[1mall well\r\n').repeat(40_000), cast: true },
  { text: 'plain output\n'.repeat(90_000), cast: false },
  { text: `${HEADER}[0.5, "i", "secret"]\n`, cast: true },
  { text: '', cast: false },
  { text: HEADER + event('torn').slice(0, -4), cast: true },
  { text: 'last', cast: false },
];

let root = '';
const jobs: ScanJob[] = [];
/** Half of each member and nothing of it, as a journal cites a file that has grown. */
const marks = MEMBERS.map(({ text }) => [0, Buffer.byteLength(text) >> 1]);
const code = scanWorkerText(buildSync);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdpoint-threads-'));
  let offset = 0;
  for (const { text, cast } of MEMBERS) {
    const bytes = Buffer.byteLength(text);
    jobs.push({ offset, bytes, cast, marks: [] });
    offset += bytes;
  }
  await writeFile(join(root, 'members'), MEMBERS.map(({ text }) => text).join(''));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function withSource<T>(use: (source: ReturnType<typeof fdSource>) => Promise<T>): Promise<T> {
  const handle = await open(join(root, 'members'));
  try {
    return await use(fdSource(handle.fd, (await handle.stat()).size));
  } finally {
    await handle.close();
  }
}

function scansOf(threads: number, text = code, waits = false): Promise<readonly Scan[]> {
  return withSource(async (source) => {
    const scanning = scanInThreads(source, jobs, { code: text, threads, worthBytes: 0, waits });
    if (scanning === null) throw new Error('no threads');
    try {
      return await scanning.finish(marks);
    } finally {
      await scanning.close();
    }
  });
}

function alone(): Promise<readonly Scan[]> {
  return withSource((source) =>
    scanAll(
      digestPlatform,
      source,
      jobs.map((job, index) => ({ ...job, marks: marks[index] ?? [] })),
    ),
  );
}

/** The digests that were asked for; that of a whole member need not be among the prefixes. */
function told(scans: readonly Scan[]) {
  return scans.map(({ prefixes, ...scan }, index) => ({
    ...scan,
    asked: marks[index]?.map((mark) => (mark === scan.bytes ? scan.sha256 : prefixes.get(mark))),
  }));
}

describe('the threads of the verifier', () => {
  it('find what one thread finds', async () => {
    const expected = await alone();
    expect(expected.map(({ problems }) => problems.map(({ id }) => id))).toEqual([
      [],
      [],
      ['cast.input'],
      [],
      [],
      [],
    ]);
    expect(expected.map(({ torn }) => torn)).toEqual([false, false, false, false, true, false]);
    for (const threads of [2, 3, 4])
      for (const waits of [false, true])
        expect(told(await scansOf(threads, code, waits))).toEqual(told(expected));
  });

  it('find the digests of beginnings that were asked for after all was read', async () => {
    const scans = await withSource(async (source) => {
      const scanning = scanInThreads(source, jobs, { code, threads: 2, worthBytes: 0, waits: false });
      const first = await scanning?.finish(jobs.map(() => []));
      const second = await scanning?.finish(marks);
      await scanning?.close();
      return { first, second };
    });
    expect(scans.first?.every(({ prefixes }) => prefixes.size === 0)).toBe(true);
    expect(told(scans.second ?? [])).toEqual(told(await alone()));
  });

  it.each([
    ['ends without a word', 'process.exit(0)'],
    ['throws', 'throw new Error("gone")'],
    ['is no program', '}'],
    [
      'takes a member and dies',
      `require('node:worker_threads').parentPort.once('message', ({ taken }) => {
         Atomics.add(new Int32Array(taken), 0, 1);
         throw new Error('gone');
       });`,
    ],
  ])('cost nothing but time when one %s', async (_, text) => {
    for (const waits of [false, true])
      expect(told(await scansOf(2, text, waits))).toEqual(told(await alone()));
  });

  it('are not asked where there is one core, no program for them, or little to do', async () => {
    await withSource((source) => {
      for (const threading of [
        { code, threads: 1, worthBytes: 0, waits: false },
        { code: undefined, threads: 2, worthBytes: 0, waits: false },
        { code, threads: 2, worthBytes: 1 << 30, waits: false },
      ])
        expect(scanInThreads(source, jobs, threading)).toBeNull();
      return Promise.resolve();
    });
  });

  it('may stand ready beforehand; one that has gone meanwhile is replaced', async () => {
    const expected = told(await alone());
    for (const text of [code, 'process.exit(0)']) {
      const early = startThread(text);
      if (early === null) throw new Error('no thread');
      if (text !== code) await new Promise((resolve) => early.once('exit', resolve));
      const ready = [early];
      const scans = await withSource(async (source) => {
        const scanning = scanInThreads(source, jobs, { code, threads: 2, worthBytes: 0, waits: true, ready });
        const found = await scanning?.finish(marks);
        await scanning?.close();
        return found;
      });
      expect(told(scans ?? [])).toEqual(expected);
      expect(ready).toEqual([]);
    }
  });

  it('have ended when the pass is closed, whatever they were doing', async () => {
    const scanning = await withSource(async (source) => {
      const begun = scanInThreads(source, jobs, {
        code: 'for (;;);',
        threads: 2,
        worthBytes: 0,
        waits: false,
      });
      await begun?.close();
      return begun;
    });
    expect(scanning).not.toBeNull();
  });

  it.each([false, true])('say so when the file cannot be read (waits: %s)', async (waits) => {
    const folder = await open(root);
    const scanning = scanInThreads(fdSource(folder.fd, 1), jobs, { code, threads: 2, worthBytes: 0, waits });
    await expect(scanning?.finish(marks)).rejects.toThrow('EISDIR');
    await scanning?.close();
    await folder.close();
  });
});
