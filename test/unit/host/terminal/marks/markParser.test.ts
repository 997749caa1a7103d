import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMarkParser } from '../../../../../electron/host/terminal/marks/markParser.ts';
import type { ShellMark } from '../../../../../electron/host/terminal/marks/markParser.ts';

function marksIn(pieces: readonly Uint8Array[]): ShellMark[] {
  const marks: ShellMark[] = [];
  const parser = createMarkParser((mark) => marks.push(mark));
  for (const piece of pieces) parser.take(piece);
  return marks;
}

const written = (mark: ShellMark): string =>
  mark.kind === 'start'
    ? `\x1b]633;C;${mark.nonce}\x07`
    : `\x1b]633;${mark.paired ? 'D' : 'P'};${String(mark.status)};${mark.nonce}\x07`;

const nonce = fc
  .array(fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), { minLength: 1, maxLength: 64 })
  .map((all) => all.join(''));
const mark: fc.Arbitrary<ShellMark> = fc.oneof(
  nonce.map((value) => ({ kind: 'start' as const, nonce: value })),
  fc.record({
    kind: fc.constant('end' as const),
    nonce,
    status: fc.integer({ min: 0, max: 999_999 }),
    paired: fc.boolean(),
  }),
);
/** Text that is no mark but may well begin like one. */
const other = fc
  .array(fc.constantFrom('\x1b', ']', '6', '3', ';', 'D', 'C', 'é', 'x', '\n', '\x1b]633;', '\x1b]633;D;0'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

describe('marks of shells', () => {
  it('are found wherever the stream is cut and whatever stands around them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(other, mark), { maxLength: 6 }),
        other,
        fc.array(fc.nat({ max: 400 }), { maxLength: 12 }),
        (parts, tail, cuts) => {
          const all = Buffer.from(`${parts.map(([before, one]) => before + written(one)).join('')}${tail}`);
          const places = [...cuts.filter((at) => at < all.length), 0, all.length].sort((a, b) => a - b);
          const pieces = places.slice(1).map((at, i) => all.subarray(places[i], at));
          expect(marksIn(pieces)).toEqual(parts.map(([, one]) => one));
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    '\x1b]633;D;0\x07',
    '\x1b]633;D;;12\x07',
    '\x1b]633;D;-1;12\x07',
    '\x1b]633;D;1234567;12\x07',
    '\x1b]633;D;0;ab\x07',
    '\x1b]633;X;12\x07',
    '\x1b]133;D;0;12\x07',
    ']633;C;12\x07',
    `\x1b]633;C;${'1'.repeat(65)}\x07`,
    '\x1b]633;C;12\x1b\x07',
  ])('are not seen in %j', (text) => {
    expect(marksIn([Buffer.from(text)])).toEqual([]);
    expect(marksIn([...Buffer.from(text)].map((byte) => Uint8Array.of(byte)))).toEqual([]);
  });
});
