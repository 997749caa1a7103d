/** Output that comes once more, against what is on disk of it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeptOutput } from '../../../../electron/host/terminal/keptOutput.ts';

const BLOCK = 16 * 1024;

function bytes(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 0xff));
}

function chopped(data: Buffer, sizes: readonly number[]): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, n = 0; at < data.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    pieces.push(data.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const length = fc.oneof(fc.nat(200), fc.constantFrom(BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 77));
const sizes = fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 6 });

test('the same bytes are passed over, what follows comes out, in whatever pieces', () => {
  fc.assert(
    fc.property(length, sizes, sizes, (kept, stored, come) => {
      const data = bytes(kept + 50);
      const on = createKeptOutput();
      for (const piece of chopped(data.subarray(0, kept), stored)) on.add(piece);
      expect(on.bytes).toBe(kept);
      const comparison = on.comparison();
      const out = chopped(data, come).map((piece) => comparison.pass(piece));
      expect(out).not.toContain(null);
      expect(Buffer.concat(out.map((piece) => piece ?? Buffer.alloc(0)))).toEqual(data.subarray(kept));
      expect(comparison.left).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('another byte anywhere is noticed, and nothing that comes after it comes out', () => {
  fc.assert(
    fc.property(length, fc.nat(), sizes, (kept, place, come) => {
      fc.pre(kept > 0);
      const data = bytes(kept + 20 * 1024);
      const on = createKeptOutput();
      on.add(data.subarray(0, kept));
      const comparison = on.comparison();
      const other = Buffer.from(data);
      const at = place % kept;
      other[at] = (other[at] ?? 0) ^ 1;
      const out = chopped(other, come).map((piece) => comparison.pass(piece));
      expect(out.at(-1)).toBeNull();
      expect(out.every((piece) => piece === null || piece.length === 0)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('fewer bytes than are on disk leave something over', () => {
  const on = createKeptOutput();
  on.add(bytes(100));
  const comparison = on.comparison();
  expect(comparison.pass(bytes(60))).toHaveLength(0);
  expect(comparison.left).toBe(40);
});
