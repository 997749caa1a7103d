/**
 * CRC-32 of large files, more than twice as fast as byte tables: 16 bytes at a time are folded into later places of the
 * same remainder, and only what is left at the end goes through tables. A program for WebAssembly with SIMD; gives the
 * number that crc32 gives, and nothing else.
 */
import type { WasmFunction } from './wasmText.ts';

/** CRC-32 of bytes that come in pieces. */
export interface Checksum {
  update(bytes: Uint8Array): void;
  /** To be asked once. */
  finish(): number;
}

/** CRC-32 (ISO 3309, as zip has it) going on from `seed`. */
export type Crc32 = (bytes: Uint8Array, seed: number) => number;

/** The polynomial in the order of bits that zip uses: the highest bit is the coefficient of x^0. */
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;
const X = 0x40000000;
/** x is of this order: the polynomial is primitive. */
const ORDER = 0xffffffff;

const WORD = 16;
/**
 * How many words further on a word may be added instead: with y = x^128, the polynomial divides
 * y^300 + y^155 + y^117 + y^89 + 1. Of the multiples with five such terms it is the shortest.
 */
const LATER = [145, 183, 211, 300] as const;
const SPAN = LATER[3];
/** How many words are folded before what they left is moved to the front again. All of it stays in the nearest cache. */
const STRIDE = 1024;
const UNROLLED = 4;

export const FOLD_BYTES = (STRIDE + SPAN) * WORD;
/** Bytes that do not make up a word yet; behind what is folded. */
const TAIL = FOLD_BYTES;
export const FOLD_ROOM = FOLD_BYTES + WORD;

/** One word, `step` words beyond $at and $to: what was added to it before, and on to its four later places. */
function fold(base: number, step: number): string {
  const at = (words: number) => String(base + (step + words) * WORD);
  const add = (words: number) =>
    `(v128.store ${at(words)} $to (v128.xor (v128.load ${at(words)} $to) $word))`;
  return `
    (set $word (v128.xor (v128.load ${String(step * WORD)} $at) (v128.load ${at(0)} $to)))
    ${add(LATER[0])} ${add(LATER[1])} ${add(LATER[2])}
    (v128.store ${at(SPAN)} $to $word)`;
}

/** Folds the bytes from $at to $end, whole words, into the remainder at `base`; nothing is given back. */
export function foldProgram(base: number): WasmFunction {
  const unrolled = Array.from({ length: UNROLLED }, (_, step) => fold(base, step)).join('');
  const move = `(v128.store ${String(base)} $from (v128.load ${String(base)} $to))`;
  return {
    params: { $at: 'i32', $end: 'i32' },
    locals: { $to: 'i32', $from: 'i32', $stop: 'i32', $word: 'v128' },
    body: `
  (loop $stride
    (if (i32.lt_u $at $end)
      (set $to 0)
      (set $stop (i32.sub $end $at))
      (if (i32.gt_u $stop ${String(STRIDE * WORD)}) (set $stop ${String(STRIDE * WORD)}))
      (loop $words
        (if (i32.le_u (i32.add $to ${String(UNROLLED * WORD)}) $stop)
          ${unrolled}
          (set $at (i32.add $at ${String(UNROLLED * WORD)}))
          (set $to (i32.add $to ${String(UNROLLED * WORD)}))
          (br $words)))
      (loop $word
        (if (i32.lt_u $to $stop)
          ${fold(base, 0)}
          (set $at (i32.add $at ${String(WORD)}))
          (set $to (i32.add $to ${String(WORD)}))
          (br $word)))
      (set $from 0)
      (loop $move
        ${move}
        (set $to (i32.add $to ${String(WORD)}))
        (set $from (i32.add $from ${String(WORD)}))
        (br_if $move (i32.lt_u $from ${String(SPAN * WORD)})))
      (br $stride)))
  0`,
  };
}

/**
 * Checksums over one memory, one after the other: the one begun last is the one that counts. `room`: FOLD_ROOM bytes at
 * the base of the program, `copy`: where bytes go that are not in the memory.
 */
export function foldingChecksum(
  run: (at: number, end: number) => unknown,
  room: Uint8Array<ArrayBuffer>,
  copy: Uint8Array<ArrayBuffer>,
  crc32: Crc32,
): () => Checksum {
  const remainder = room.subarray(0, SPAN * WORD);
  const tail = room.subarray(TAIL, TAIL + WORD);
  return () => {
    remainder.fill(0);
    // The register begins with ones: the same as if they had been added to the first four bytes.
    remainder.fill(0xff, 0, 4);
    let waiting = 0;
    const words = (bytes: Uint8Array): void => {
      const there = bytes.buffer === copy.buffer;
      const step = there ? bytes.length : copy.length;
      for (let done = 0; done < bytes.length; done += step) {
        const piece = bytes.subarray(done, done + step);
        if (!there) copy.set(piece);
        const at = there ? piece.byteOffset : copy.byteOffset;
        run(at, at + piece.length);
      }
    };
    return {
      update(bytes) {
        let from = 0;
        if (waiting > 0) {
          from = Math.min(WORD - waiting, bytes.length);
          tail.set(bytes.subarray(0, from), waiting);
          waiting += from;
          if (waiting < WORD) return;
          words(tail);
          waiting = 0;
        }
        const to = from + Math.floor((bytes.length - from) / WORD) * WORD;
        words(bytes.subarray(from, to));
        waiting = bytes.length - to;
        tail.set(bytes.subarray(to));
      },
      finish() {
        for (let at = 0; at < waiting; at += 1) remainder[at] = (remainder[at] ?? 0) ^ (tail[at] ?? 0);
        // From a register of zeros, and so many bytes of nothing too far.
        const beyond = (SPAN * WORD - waiting) * 8;
        const register = ~crc32(remainder, 0xffffffff) >>> 0;
        return ~multiply(register, power(ORDER - beyond)) >>> 0;
      },
    };
  };
}

/** The product modulo the polynomial. */
function multiply(a: number, b: number): number {
  let [product, shifted] = [0, b];
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= shifted;
    shifted = (shifted & 1) === 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL;
  }
  return product >>> 0;
}

/** x^n modulo the polynomial. */
function power(n: number): number {
  let [result, square] = [ONE, X];
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(result, square);
    square = multiply(square, square);
  }
  return result;
}
