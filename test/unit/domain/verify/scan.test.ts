/** The bulk pass: digests, prefixes and checksums of many members in one pass, with blocks that do not fit them. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../../../electron/domain/verify/ports.ts';
import { scanAll } from '../../../../electron/domain/verify/scan.ts';
import { digestPlatform } from '../../../../electron/host/evidence/scanPlatform.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function sourceOf(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length, into) => {
      const part = bytes.subarray(offset, offset + length);
      // As a file does: into the caller's memory, which the next read overwrites.
      into?.set(part);
      return Promise.resolve(into === undefined ? part : into.subarray(0, part.length));
    },
  };
}

describe('the bulk pass', () => {
  it('gives every member its own digest, checksum and prefixes', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.array(fc.nat(5000), { maxLength: 4 }), async (lengths, marks) => {
        const bytes = Uint8Array.from(
          { length: lengths.reduce((a, b) => a + b, 0) },
          (_, n) => (n * 31) & 255,
        );
        let offset = 0;
        const jobs = lengths.map((length) => {
          offset += length;
          return { offset: offset - length, bytes: length, marks, cast: false };
        });
        const scans = await scanAll(digestPlatform, sourceOf(bytes), jobs);
        expect(scans).toHaveLength(jobs.length);
        for (const [index, job] of jobs.entries()) {
          const own = bytes.subarray(job.offset, job.offset + job.bytes);
          const prefixes = new Map(
            marks.filter((mark) => mark <= job.bytes).map((mark) => [mark, sha256(own.subarray(0, mark))]),
          );
          expect(scans[index]).toMatchObject({ bytes: job.bytes, sha256: sha256(own), crc32: crc32(own) });
          expect(new Map(scans[index]?.prefixes)).toEqual(prefixes);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps blocks apart in a member of several', async () => {
    const bytes = Uint8Array.from({ length: 2_500_000 }, (_, n) => (n * 7 + (n >> 11)) & 255);
    const job = { offset: 0, bytes: bytes.length, marks: [1_048_576, 2_000_001], cast: false };
    const [scan] = await scanAll(digestPlatform, sourceOf(bytes), [job]);
    expect(scan?.sha256).toBe(sha256(bytes));
    expect(scan?.prefixes.get(2_000_001)).toBe(sha256(bytes.subarray(0, 2_000_001)));
    expect(scan?.prefixes.get(1_048_576)).toBe(sha256(bytes.subarray(0, 1_048_576)));
  });

  it('says how many bytes there were when the source ends too early', async () => {
    const [scan] = await scanAll(digestPlatform, sourceOf(new Uint8Array(10)), [
      { offset: 4, bytes: 100, marks: [], cast: false },
    ]);
    expect(scan?.bytes).toBe(6);
  });

  it('rejects when the source cannot be read', async () => {
    const broken: ByteSource = { size: 9, read: () => Promise.reject(new Error('gone')) };
    const jobs = [1, 2].map((n) => ({ offset: n, bytes: 3, marks: [], cast: false }));
    await expect(scanAll(digestPlatform, broken, jobs)).rejects.toThrow('gone');
  });
});
