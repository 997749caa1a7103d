/** The bulk pass of the verifier finds the same in one thread and in several, in the order of the members. */
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scan, ScanJob } from '../../electron/domain/verify/ports.ts';
import { fdSource } from '../../electron/host/evidence/scanPlatform.ts';
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
const code = scanWorkerText(buildSync);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdpoint-threads-'));
  let offset = 0;
  for (const { text, cast } of MEMBERS) {
    const bytes = Buffer.byteLength(text);
    jobs.push({ offset, bytes, cast, marks: [0, bytes >> 1] });
    offset += bytes;
  }
  await writeFile(join(root, 'members'), MEMBERS.map(({ text }) => text).join(''));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function scansOf(threads: number, text: string | undefined = code): Promise<readonly Scan[]> {
  const handle = await open(join(root, 'members'));
  try {
    const { size } = await handle.stat();
    return await scanInThreads(fdSource(handle.fd, size), jobs, { code: text, threads, worthBytes: 0 });
  } finally {
    await handle.close();
  }
}

describe('the threads of the verifier', () => {
  it('find what one thread finds', async () => {
    const alone = await scansOf(1);
    expect(alone.map(({ problems }) => problems.map(({ id }) => id))).toEqual([
      [],
      [],
      ['cast.input'],
      [],
      [],
      [],
    ]);
    expect(alone.map(({ torn }) => torn)).toEqual([false, false, false, false, true, false]);
    for (const threads of [2, 3, 4]) expect(await scansOf(threads)).toEqual(alone);
  });

  it('are not taken for good when one ends without a word', async () => {
    await expect(scansOf(2, 'process.exit(0)')).rejects.toThrow('ended with 0');
    await expect(scansOf(2, 'throw new Error("gone")')).rejects.toThrow('gone');
  });
});
