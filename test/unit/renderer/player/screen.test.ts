import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFilter } from '../../../../renderer/features/player/filter.ts';
import { MAX_COLS, MAX_ROWS } from '../../../../renderer/features/player/grid.ts';
import { createScreen } from '../../../../renderer/features/player/screen.ts';
import { backgroundOf, BOLD, foregroundOf, sgr, PLAIN } from '../../../../renderer/features/player/style.ts';

const ESC = '\u001b';
function drawn(text: string, cols = 10, rows = 4): string {
  const screen = createScreen({ cols, rows });
  screen.write(text);
  return screen.text();
}

describe('the screen', () => {
  it('wraps at the edge only when more comes', () => {
    expect(drawn('0123456789')).toBe('0123456789');
    expect(drawn('0123456789\r\nx')).toBe('0123456789\nx');
    expect(drawn('0123456789a')).toBe('0123456789\na');
  });
  it('scrolls at the bottom, and only within its region', () => {
    expect(drawn('1\r\n2\r\n3\r\n4\r\n5')).toBe('2\n3\n4\n5');
    expect(drawn(`1\r\n2\r\n3\r\n4${ESC}[2;3r${ESC}[3;1H\na`)).toBe('1\n3\na\n4');
  });
  it('moves and erases', () => {
    expect(drawn(`abcdef${ESC}[3D${ESC}[K`)).toBe('abc');
    expect(drawn(`abc${ESC}[2J${ESC}[Hx`)).toBe('x');
    expect(drawn(`abcdef\r${ESC}[2P`)).toBe('cdef');
    expect(drawn(`abcdef\r${ESC}[2@`)).toBe('  abcdef');
    expect(drawn(`a\r\nb\r\nc${ESC}[2;1H${ESC}[L`)).toBe('a\n\nb\nc');
    expect(drawn(`a\r\nb\r\nc${ESC}[2;1H${ESC}[M`)).toBe('a\nc');
    expect(drawn(`50%\r100%`)).toBe('100%');
  });
  it('comes back from the alternate screen as it was', () => {
    expect(drawn(`before${ESC}[?1049h${ESC}[Hfull screen${ESC}[?1049l!`)).toBe('before!');
  });
  it('draws lines, wide characters and marks', () => {
    expect(drawn(`${ESC}(0lqk${ESC}(Bq`)).toBe('┌─┐q');
    expect(drawn('漢字ab')).toBe('漢字ab');
    expect(drawn('12345678漢字')).toBe('12345678漢\n字');
    expect(drawn('e\u0301x')).toBe('e\u0301x');
  });
  it('repeats a character no further than the filter allows', () => {
    expect(drawn(`a${ESC}[3b`)).toBe('aaaa');
  });
  it('is never larger than can be drawn', () => {
    const screen = createScreen({ cols: 100_000, rows: 1e9 });
    expect([screen.size().cols, screen.size().rows]).toEqual([MAX_COLS, MAX_ROWS]);
    screen.resize(-5, Number.NaN);
    expect([screen.size().cols, screen.size().rows]).toEqual([2, 1]);
  });

  const output = fc
    .array(
      fc.oneof(
        fc.constantFrom('\r\n', '\n', '\t', '\b', '漢', 'é', '\u0301', ...['A', 'B', 'C', 'D', 'H', 'J', 'K', 'L', 'M', 'P', '@', 'S', 'T', 'X', 'r', 'b', 's', 'u', 'd', 'G', 'Z', 'I'].map((f) => `${ESC}[3${f}`), `${ESC}[1;31m`, `${ESC}[48;2;9;8;7m`, `${ESC}[?1049h`, `${ESC}[?1049l`, `${ESC}[2;3r`, `${ESC}M`, `${ESC}7`, `${ESC}8`, `${ESC}(0`, `${ESC}(B`, `${ESC}[?7l`),
        fc.string({ maxLength: 30 }),
      ),
      { maxLength: 60 },
    )
    .map((all) => all.join('')); // prettier-ignore

  it('keeps its shape whatever is drawn, and goes on from a saved state', () => {
    fc.assert(
      fc.property(output, output, fc.integer({ min: 2, max: 20 }), (first, second, cols) => {
        const filter = createFilter();
        const [a, b] = [filter.push(first).text, filter.push(second).text];
        const one = createScreen({ cols, rows: 5 });
        one.write(a);
        const saved = one.save();
        const before = JSON.stringify(saved);
        one.write(b);
        const other = createScreen(saved);
        other.write(b);
        for (const line of one.lines()) {
          expect(line.text).toHaveLength(cols);
          expect(line.style).toHaveLength(cols);
        }
        expect(one.lines()).toHaveLength(5);
        expect(other.save()).toEqual(one.save());
        expect(JSON.stringify(saved)).toBe(before);
      }),
    );
  });

  it('gives the same line object again when nothing has changed in it', () => {
    const screen = createScreen({ cols: 10, rows: 3 });
    screen.write('a\r\nb');
    const before = screen.lines();
    screen.write('c');
    const after = screen.lines();
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });
});

describe('styles', () => {
  it('reads colours of each form', () => {
    expect(foregroundOf(sgr(PLAIN, '31'))).toBe(1);
    expect(foregroundOf(sgr(PLAIN, '38;5;202'))).toBe(202);
    expect(backgroundOf(sgr(PLAIN, '48;2;255;0;0'))).toBe(196);
    expect(foregroundOf(sgr(PLAIN, '38:2::255:0:0'))).toBe(196);
    expect(foregroundOf(sgr(PLAIN, '97'))).toBe(15);
    expect(sgr(sgr(PLAIN, '1'), '31') & BOLD).toBe(BOLD);
    expect(sgr(sgr(PLAIN, '1;31;44'), '')).toBe(PLAIN);
  });
  it('has no way to hide text', () => {
    expect(sgr(PLAIN, '8')).toBe(PLAIN);
  });
});
