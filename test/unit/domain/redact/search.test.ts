/** Secrets that only a terminal shows: drawn out of order, corrected, scrolled, wrapped. */
import { describe, expect, test } from 'vitest';
import { compileSecrets } from '../../../../electron/domain/redact/redactor.ts';
import { searchShown } from '../../../../electron/domain/redact/search.ts';

const patterns = compileSecrets([{ name: 'db', value: 'sesame-123' }]);

function found(text: string, size = { cols: 40, rows: 6 }): boolean {
  const search = searchShown(patterns, size);
  // Broken anywhere: a control sequence may come in two pieces.
  for (const piece of text.match(/[^]{1,3}/g) ?? []) search.write(piece);
  return search.end().size > 0;
}

describe('a secret is found', () => {
  const letters = Array.from('sesame-123');
  const at = (row: number, col: number) => `\x1b[${String(row)};${String(col)}H`;
  test.each([
    [
      'backwards',
      letters
        .map((c, i) => at(2, i + 5) + c)
        .reverse()
        .join(''),
    ],
    [
      'every other letter first',
      letters.map((c, i) => (i % 2 === 0 ? c : '\x1b[C')).join('') +
        '\r' +
        letters.map((c, i) => (i % 2 === 1 ? c : '\x1b[C')).join(''),
    ],
    [
      'by columns',
      letters
        .map((c, i) => `\x1b[${String(i + 1)}G${c}`)
        .reverse()
        .join(''),
    ],
    ['with a letter put in later', `sesme-123\x1b[${String(6)}D\x1b[@a`],
    ['with a letter taken out later', `sesXame-123\x1b[8D\x1b[P`],
    ['over two rows', `${at(2, 36)}sesam${at(3, 1)}e-123`],
    ['the second row first', `${at(3, 1)}e-123${at(2, 36)}sesam`],
    [
      'then erased',
      `${letters
        .map((c, i) => at(1, i + 1) + c)
        .reverse()
        .join('')}\x1b[2J`,
    ],
    [
      'then written over',
      `${letters
        .map((c, i) => at(1, i + 1) + c)
        .reverse()
        .join('')}${at(1, 1)}${' '.repeat(20)}`,
    ],
    [
      'then scrolled away',
      `${letters
        .map((c, i) => at(6, i + 1) + c)
        .reverse()
        .join('')}${'\r\n'.repeat(20)}`,
    ],
    [
      'with the cursor kept',
      `se\x1b7\x1b[4Ce-123\x1b8sam-`.replace('sam-', 'sam').replace('\x1b[4C', '\x1b[3C'),
    ],
    [
      'backwards, with controls of 8 bits',
      letters
        .map((c, i) => `\u009b2;${String(i + 5)}H${c}`)
        .reverse()
        .join(''),
    ],
    ['in one piece', 'a sesame-123 b'],
  ])('%s', (_name, text) => {
    expect(found(text)).toBe(true);
  });
});

test('nothing is found where nothing is', () => {
  expect(found('sesame-12\r\nand 3\r\n\x1b[3;4Hother words\x1b[2J\x1b[10;10Hmore')).toBe(false);
  expect(found('\x1b[99999;99999Hx\x1b[99999@\x1b[99999b\x1b[99999L')).toBe(false);
});

test('hostile sizes and sequences cost little', () => {
  const search = searchShown(patterns, { cols: Number.MAX_SAFE_INTEGER, rows: -5 });
  search.write('\x1b]0;'.repeat(1000) + 'x'.repeat(10_000));
  search.resize(Number.NaN, Infinity);
  search.write('\x1b[1000b\x1b[1000@\x1b[1000L'.repeat(50));
  expect(search.end().size).toBe(0);
});
