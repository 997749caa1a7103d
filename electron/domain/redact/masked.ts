/**
 * What of a stream is masked, and what has left it. Ranges that overlap become one mask, which bears the name of the
 * secret that was found first: the result does not depend on the pieces in which the stream came. Pure.
 */
import type { Automaton } from './automaton.ts';
import type { Patterns } from './redactor.ts';
import { utf8Bytes } from './utf8.ts';

/** A range of raw bytes that is replaced. Offsets count from the beginning of the stream. */
interface Range {
  readonly start: number;
  readonly end: number;
  readonly rule: number;
  readonly written: boolean;
}

export interface Masked {
  /** Bytes before this offset have left. */
  readonly released: number;
  /** A secret stands from `start` to `end`. `inPart`: some of it has left already. */
  add(found: {
    readonly start: number;
    readonly end: number;
    readonly rule: number;
    readonly inPart: boolean;
  }): void;
  /** Whether the byte at an offset was masked or will be. */
  covers(offset: number): boolean;
  /** Says that all bytes up to an offset leave as they are. False when a mask is among them. */
  passOver(to: number): boolean;
  /** Lets bytes leave up to an offset, and up to the end of the mask that it falls into. `bytes` begin at `released`. */
  release(bytes: Uint8Array, to: number): Uint8Array;
  counts(): ReadonlyMap<string, number>;
  inPart(): ReadonlySet<string>;
}

export function createMasked(patterns: Pick<Patterns, 'names' | 'masks'>): Masked {
  const counts = new Map<string, number>();
  const inPart = new Set<string>();
  let ranges: Range[] = [];
  /** The mask that was left behind last: what goes on where it ended belongs to it. */
  let last: Range | null = null;
  let released = 0;

  function overlapping(start: number): Range | null {
    return last !== null && last.end > start && last.end >= released ? last : null;
  }

  function write(range: Range): Uint8Array {
    const name = patterns.names[range.rule] ?? '';
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return patterns.masks[range.rule] ?? new Uint8Array(0);
  }

  return {
    get released() {
      return released;
    },
    add(found) {
      if (found.inPart) inPart.add(patterns.names[found.rule] ?? '');
      let range: Range = { start: found.start, end: found.end, rule: found.rule, written: false };
      for (
        let before = ranges.at(-1);
        before !== undefined && before.end > range.start;
        before = ranges.at(-1)
      ) {
        ranges.pop();
        const { rule, written } = before;
        range = {
          start: Math.min(before.start, range.start),
          end: Math.max(before.end, range.end),
          rule,
          written,
        };
      }
      const behind = overlapping(range.start);
      if (behind !== null && !range.written) range = { ...range, rule: behind.rule, written: true };
      if (range.end > released) ranges.push(range);
    },
    covers: (offset) =>
      ranges.some(({ start, end }) => start <= offset && offset < end) ||
      (last !== null && last.start <= offset && offset < last.end),
    passOver(to) {
      if (ranges.length > 0) return false;
      released = to;
      return true;
    },
    release(bytes, to) {
      const out: Uint8Array[] = [];
      const base = released;
      const stop = ranges.find(({ start, end }) => start <= to && to < end)?.end ?? to;
      while (released < stop) {
        const range = ranges[0];
        if (range === undefined || range.start >= stop) {
          out.push(bytes.subarray(released - base, stop - base));
          released = stop;
          break;
        }
        if (range.start > released) out.push(bytes.subarray(released - base, range.start - base));
        if (!range.written) out.push(write(range));
        released = range.end;
        last = range;
        ranges = ranges.slice(1);
      }
      return concatenated(out);
    },
    counts: () => counts,
    inPart: () => inPart,
  };
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const [only, second] = parts;
  if (second === undefined) return only ?? new Uint8Array(0);
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Of the same width whatever the secret. One that stands in its own mask gets another. */
export function maskOf(name: string, automaton: Automaton): Uint8Array {
  const candidates = [`[secret ${name}]`, '[withheld]', '[########]', '[~~~~~~~~]', '[........]'].map(
    utf8Bytes,
  );
  return candidates.find((mask) => !finds(automaton, mask)) ?? utf8Bytes('[]');
}

function finds(automaton: Automaton, bytes: Uint8Array): boolean {
  let state = 0;
  for (const byte of bytes) {
    state = automaton.step(state, byte);
    if (automaton.ends(state) > 0) return true;
  }
  return false;
}
