import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStartFilter } from '../../../../electron/host/remote/startFilter.ts';
import { startMarkBytes } from '../../../../electron/host/remote/wrapper.ts';

const mark = startMarkBytes('123456');

function own(mark: string | null, pieces: readonly string[]): string {
  const filter = createStartFilter(mark);
  const taken = pieces.map((piece) => Buffer.from(filter.take('stdout', Buffer.from(piece))).toString());
  return `${taken.join('')}|${Buffer.from(filter.rest('stdout')).toString()}`;
}

describe("a command's own output", () => {
  it('begins behind the mark, wherever the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z\n]*$/),
        fc.string(),
        fc.nat(),
        fc.nat(),
        (noise, output, one, two) => {
          const all = `${noise}${mark}${output}`;
          const [a, b] = [one % (all.length + 1), two % (all.length + 1)].sort((x, y) => x - y) as [
            number,
            number,
          ];
          expect(own('123456', [all.slice(0, a), all.slice(a, b), all.slice(b)])).toBe(`${output}|`);
        },
      ),
    );
  });

  it('is everything where nothing else prints', () => {
    expect(own(null, ['one', mark, 'two'])).toBe(`one${mark}two|`);
  });

  it('is told at the end where the command never began', () => {
    expect(own('123456', ['holdpoint: ', 'not run'])).toBe('|holdpoint: not run');
    expect(own('123456', [startMarkBytes('654321')])).toBe(`|${startMarkBytes('654321')}`);
  });

  it('is not held back for ever', () => {
    const filter = createStartFilter('123456');
    const flood = Buffer.alloc(700_000, 'x');
    expect(filter.take('stdout', flood)).toHaveLength(0);
    expect(filter.take('stdout', flood)).toHaveLength(1_400_000);
    expect(filter.take('stdout', flood)).toHaveLength(700_000);
    expect(filter.rest('stdout')).toHaveLength(0);
  });
});
