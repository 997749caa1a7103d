/**
 * What a recording holds of its output already, to be told from what comes once more: a secret that was given again
 * and is another one makes something else of the same output, and then nothing of it may be recorded. Keeps digests and
 * the last few bytes, whatever the length.
 */
import { createHash } from 'node:crypto';

/** So much of other output can come before it is noticed, when that much is on disk. */
const BLOCK_BYTES = 16 * 1024;
const NOTHING = new Uint8Array(0);

export interface KeptOutput {
  /** The next bytes that are on disk. */
  add(bytes: Uint8Array): void;
  readonly bytes: number;
  /** To be asked when all of them were added. */
  comparison(): Comparison;
}

export interface Comparison {
  /** Takes the next bytes that come and returns those behind what is kept; null: they are not what is kept. */
  pass(bytes: Uint8Array): Uint8Array | null;
  /** Kept bytes that have not come again. */
  readonly left: number;
}

export function createKeptOutput(): KeptOutput {
  const blocks: string[] = [];
  let rest = new Uint8Array(0);
  let size = 0;
  return {
    add(bytes) {
      size += bytes.length;
      for (let from = 0; from < bytes.length;) {
        const part = bytes.subarray(from, from + BLOCK_BYTES - rest.length);
        from += part.length;
        rest = joined(rest, part);
        if (rest.length < BLOCK_BYTES) continue;
        blocks.push(digestOf(rest));
        rest = new Uint8Array(0);
      }
    },
    get bytes() {
      return size;
    },
    comparison: () => compare(blocks, rest),
  };
}

function compare(blocks: readonly string[], tail: Uint8Array): Comparison {
  const total = blocks.length * BLOCK_BYTES + tail.length;
  const whole = blocks.length * BLOCK_BYTES;
  let come = 0;
  let block = createHash('sha256');
  let other = false;

  function same(bytes: Uint8Array): boolean {
    if (come >= whole) return bytes.every((byte, i) => byte === tail[come - whole + i]);
    block.update(bytes);
    if ((come + bytes.length) % BLOCK_BYTES > 0) return true;
    const digest = block.digest('base64');
    block = createHash('sha256');
    return digest === blocks[Math.floor(come / BLOCK_BYTES)];
  }

  return {
    pass(bytes) {
      let from = 0;
      while (!other && from < bytes.length && come < total) {
        const end = come < whole ? come - (come % BLOCK_BYTES) + BLOCK_BYTES : total;
        const part = bytes.subarray(from, from + end - come);
        other = !same(part);
        come += part.length;
        from += part.length;
      }
      if (other) return null;
      return from === 0 ? bytes : from === bytes.length ? NOTHING : bytes.subarray(from);
    },
    get left() {
      return total - come;
    },
  };
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
