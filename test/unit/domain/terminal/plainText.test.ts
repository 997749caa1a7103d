import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalizeOutput } from '../../../../electron/domain/terminal/plainText.ts';

describe('plain text of terminal output', () => {
  test.each([
    ['a\r\nb\r\n', 'a\nb\n'],
    ['10%\r50%\r100%\r\n', '100%\n'],
    ['10%\r100%', '100%'],
    ['done\r', 'done'],
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u001b[?25lx\u001b[2K', 'x'],
    ['\u001b]0;title\u0007x', 'x'],
    ['\u001b]8;;https://a\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001bP1$r0m\u001b\\x', 'x'],
    ['\u001b(Bx\u001b=y\u001bMz', 'xyz'],
    ['\u009b31mx\u009d0;t\u009cy', 'xy'],
    ['a\tb\u0007\u0000\u007fc', 'a\tbc'],
    ['\u001b', ''],
    ['plain é 日 🎉', 'plain é 日 🎉'],
  ])('%j becomes %j', (given, plain) => {
    expect(normalizeOutput(given)).toBe(plain);
  });

  test('a sequence that is never closed hides nothing', () => {
    expect(normalizeOutput('\u001b]0;ERROR: failed\nnext')).toBe('0;ERROR: failed\nnext');
    expect(normalizeOutput('\u001bPERROR')).toBe('ERROR');
    expect(normalizeOutput('\u009dERROR \u001b[31mred')).toBe('ERROR red');
  });

  test('nothing but line feeds and tabs is left of controls, and a second time changes nothing', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '\u001b',
        '\u001b[',
        '\u001b]',
        '\u009b',
        '\u009d',
        '\u0007',
        '\u001b\\',
        '\r',
        '\n',
        '\r\n',
        '[',
        ';',
        'm',
        '0',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (parts) => {
        const plain = normalizeOutput(parts.join(''));
        expect(plain).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
        expect(normalizeOutput(plain)).toBe(plain);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    '\u001b]',
    '\u001b[',
    '\u009d',
    '\u009b',
    '\u001b]0;',
    '\u001b[1;',
    '\u001b ',
    '\r',
    '\u001bP\u001b',
  ])('two million times %j is dealt with', (hostile) => {
    // A quadratic scan would take hours here, so ending at all is the point.
    expect(normalizeOutput(hostile.repeat(2_000_000)).length).toBeLessThanOrEqual(hostile.length * 2_000_000);
  });

  test('one long unclosed sequence is dealt with', () => {
    expect(normalizeOutput(`\u001b]${'x'.repeat(5_000_000)}`)).toHaveLength(5_000_000);
    expect(normalizeOutput(`\u001b[${'1;'.repeat(2_000_000)}`)).toHaveLength(4_000_000);
  });
});
