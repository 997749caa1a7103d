/**
 * Reads a recording line by line from any place in it, in pieces of bounded size. Holds a few pieces and never the whole
 * recording.
 */
import { ok, type Result } from '../../../electron/contract/result.ts';

/** A file that is read in pieces. */
export interface Source {
  readonly bytes: number;
  /** Bytes from `offset`: as many as asked for, fewer only at the end. */
  read(offset: number, length: number): Promise<Result<Uint8Array>>;
}

/** Size of a piece and how many are kept: small recordings are read once. */
export const PIECE = 1_048_576;
const KEPT = 24;
/** A line that is longer is left out: no screenful of output takes it. */
const MAX_LINE = 32 * 1_048_576;

/** The source with its last pieces kept; reads of the same piece at once are one. */
export function cached(source: Source): Source {
  const pieces = new Map<number, Promise<Result<Uint8Array>>>();
  const piece = (index: number): Promise<Result<Uint8Array>> => {
    const known = pieces.get(index);
    if (known !== undefined) {
      pieces.delete(index);
      pieces.set(index, known);
      return known;
    }
    const offset = index * PIECE;
    const reading = source.read(offset, Math.min(PIECE, source.bytes - offset)).then((result) => {
      if (!result.ok) pieces.delete(index);
      return result;
    });
    pieces.set(index, reading);
    const oldest = pieces.size > KEPT ? pieces.keys().next().value : undefined;
    if (oldest !== undefined) pieces.delete(oldest);
    return reading;
  };
  return {
    bytes: source.bytes,
    async read(offset, length) {
      const result = await piece(Math.floor(offset / PIECE));
      if (!result.ok) return result;
      const from = offset % PIECE;
      return ok(result.value.subarray(from, from + length));
    },
  };
}

/** A line and where the next one begins; `text` null when it was too long to be read. */
export interface ReelLine {
  readonly text: string | null;
  readonly start: number;
  readonly next: number;
}

export interface Reel {
  /** The next line that has arrived; null when more must be fetched first, or there is none. */
  take(): ReelLine | null;
  /** Fetches more. `end`: every line has been taken or can be. */
  fetch(): Promise<Result<'more' | 'end'>>;
}

/** A reel that begins at byte `from`, which must be the beginning of a line. */
export function createReel(source: Source, from = 0): Reel {
  let fetched = from;
  let start = from;
  /** What has arrived of lines not yet taken. `at`: where looking for a line end goes on, in the last part. */
  let parts: Uint8Array[] = [];
  let at = 0;
  let long = false;
  const decoder = new TextDecoder();

  const cut = (last: Uint8Array, end: number, next: number): ReelLine => {
    const whole = join([...parts.slice(0, -1), last.subarray(0, end)]);
    const line = { text: long ? null : decoder.decode(whole), start, next };
    start = next;
    long = false;
    return line;
  };
  return {
    take() {
      const last = parts.at(-1);
      if (last === undefined) return null;
      const end = last.indexOf(0x0a, at);
      if (end === -1) {
        at = last.length;
        if (fetched < source.bytes || start >= source.bytes) return null;
        // The last line of a recording that was cut off.
        const line = cut(last, last.length, source.bytes);
        parts = [];
        return line;
      }
      // What came last always ends where reading has come to.
      const line = cut(last, end, fetched - last.length + end + 1);
      const rest = last.subarray(end + 1);
      parts = rest.length === 0 ? [] : [rest];
      at = 0;
      return line;
    },
    async fetch() {
      if (fetched >= source.bytes) return ok('end');
      const result = await source.read(fetched, PIECE - (fetched % PIECE));
      if (!result.ok) return result;
      if (result.value.length === 0) {
        fetched = source.bytes;
        return ok('end');
      }
      fetched += result.value.length;
      if (parts.reduce((sum, part) => sum + part.length, 0) > MAX_LINE) {
        long = true;
        parts = [];
      }
      parts.push(result.value);
      at = 0;
      return ok('more');
    },
  };
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
