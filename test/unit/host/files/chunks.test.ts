/** Reading a file piece by piece, against what was written. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readChunks } from '../../../../electron/host/files/chunks.ts';

const CHUNK = 256 * 1024;

async function file(bytes: Buffer): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'chunks-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'file');
  await writeFile(path, bytes);
  return path;
}

/** What was read, and how large each piece was. */
async function read(path: string): Promise<{ bytes: Buffer; sizes: number[] }> {
  const copies: Buffer[] = [];
  for await (const chunk of readChunks(path)) copies.push(Buffer.from(chunk));
  return { bytes: Buffer.concat(copies), sizes: copies.map((copy) => copy.length) };
}

test.each([0, 1, 4_095, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])('reads %i bytes', async (length) => {
  const bytes = randomBytes(length);
  const seen = await read(await file(bytes));
  expect(seen.bytes.equals(bytes)).toBe(true);
  expect(Math.max(0, ...seen.sizes)).toBeLessThanOrEqual(CHUNK);
});

test('reads what the kernel gives no size for', async () => {
  expect((await read('/proc/self/stat')).bytes.toString('utf8')).toMatch(/^\d+ \(/);
});

test('reads a file to where it is cut while it is read', async () => {
  const bytes = randomBytes(3 * CHUNK);
  const path = await file(bytes);
  const copies: Buffer[] = [];
  for await (const chunk of readChunks(path)) {
    copies.push(Buffer.from(chunk));
    await truncate(path, CHUNK);
  }
  expect(Buffer.concat(copies).equals(bytes.subarray(0, CHUNK))).toBe(true);
});

test('rejects with what the system says, and lets go of the file when it is left early', async () => {
  await expect(read('/nowhere/at/all')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(read(tmpdir())).rejects.toMatchObject({ code: 'EISDIR' });
  const chunks = readChunks(await file(randomBytes(10)));
  await chunks.next();
  await chunks.return();
  expect(await chunks.next()).toEqual({ done: true, value: undefined });
});
