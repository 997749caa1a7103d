/** The folded checksum against zlib's: the same number, whatever the bytes are and in whatever pieces they come. */
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ScanEngine, scanEngine } from '../../../../electron/domain/evidence/scanEngine.ts';

/** Around a word, the span of the folding, and the stride after which what is left is moved. */
const EDGES = [
  0, 1, 3, 4, 15, 16, 17, 63, 64, 65, 4799, 4800, 4801, 16383, 16384, 16400, 21184, 32768, 40000,
];

function made(): ScanEngine {
  const engine = scanEngine(crc32);
  if (engine === null) throw new Error('Node has WebAssembly with SIMD');
  return engine;
}

/** Not random, and never the same for long. */
function bytesOf(length: number, seed: number): Uint8Array {
  let state = seed | 1;
  return Uint8Array.from({ length }, () => (state = Math.imul(state, 1664525) + 1013904223) >>> 24);
}

/** Pieces end at the given places; every other one is read into the room, as the verifier does. */
function folded(engine: ScanEngine, bytes: Uint8Array, cuts: readonly number[]): number {
  const checksum = engine.checksum();
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  for (const [index, from] of places.entries()) {
    const piece = bytes.subarray(from, places[index + 1] ?? bytes.length);
    const room = engine.room.subarray(index % 19, (index % 19) + piece.length);
    if (index % 2 === 0) room.set(piece);
    checksum.update(index % 2 === 0 ? room : piece);
  }
  return checksum.finish();
}

describe('the folded checksum', () => {
  it('is that of zlib for each length around the edges of its parts', () => {
    const engine = made();
    for (const length of EDGES) {
      const bytes = bytesOf(length, length);
      expect(folded(engine, bytes, []), `${String(length)} bytes`).toBe(crc32(bytes));
    }
  });

  it('is that of zlib in whatever pieces the bytes come', () => {
    const engine = made();
    const lengths = fc.oneof(fc.nat(70_000), fc.constantFrom(...EDGES));
    fc.assert(
      fc.property(lengths, fc.nat(), fc.array(fc.nat(), { maxLength: 8 }), (length, seed, cuts) => {
        const bytes = bytesOf(length, seed);
        expect(folded(engine, bytes, cuts)).toBe(crc32(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('tells each single bit that is another, to the last', () => {
    const engine = made();
    const bytes = bytesOf(20_000, 7);
    const sum = crc32(bytes);
    for (let bit = 0; bit < bytes.length * 8; bit += 997) {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(folded(engine, changed, [])).toBe(crc32(changed));
      expect(crc32(changed)).not.toBe(sum);
    }
  });

  it('takes more at once than there is room to copy', () => {
    const bytes = bytesOf(3 * 1024 * 1024 + 5, 3);
    const checksum = made().checksum();
    checksum.update(bytes);
    expect(checksum.finish()).toBe(crc32(bytes));
  });
});
