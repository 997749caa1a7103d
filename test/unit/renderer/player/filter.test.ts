import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFilter } from '../../../../renderer/features/player/filter.ts';
import { hasInvisible, showInvisible } from '../../../../renderer/features/player/invisible.ts';
import { corpus } from '../../../fixtures/terminal/escapes.ts';

const ESC = '\u001b';
/** Everything that may come out: text and line ends, and the listed sequences with bounded numbers. */
const allowed = new RegExp(
  [
    '[^\\u0000-\\u001f\\u007f-\\u009f]',
    '[\\r\\n\\t\\b]',
    `${ESC}\\[[\\d;:]{0,128}m`,
    `${ESC}\\[(?:\\d{1,3}|1000)?(?:;(?:\\d{1,3}|1000)?){0,3}[@A-MPSTXZ\`abdefrsu]`,
    `${ESC}\\[\\?(?:7|25|47|1047|1048|1049)(?:;(?:7|25|47|1047|1048|1049))*[hl]`,
    `${ESC}[78DEM]`,
    `${ESC}\\([0B]`,
  ].join('|'),
  'y',
);

function whole(text: string): string {
  const filter = createFilter();
  return filter.push(text).text + filter.flush();
}
function isAllowed(text: string): boolean {
  allowed.lastIndex = 0;
  while (allowed.lastIndex < text.length) if (!allowed.test(text)) return false;
  // UTF-8 has no half characters: text that holds one does not come back the same.
  return !hasInvisible(text) && Buffer.from(text, 'utf8').toString('utf8') === text;
}

/** Bytes that make trouble, more often than chance would. */
const piece = fc.oneof(
  fc.constantFrom(
    ESC, `${ESC}[`, `${ESC}]`, `${ESC}P`, `${ESC}_`, `${ESC}\\`, '\u0007', '\u009b', '\u009d', '\u009c', '\u0090',
    ';', ':', '?', '>', '$', '!', ' ', 'm', 'n', 'c', 'h', 'l', 'q', 't', 'p', 'b', 'H', 'J', 'r', '0', '8', '52', '1049', '999999999',
    '\u202e', '\u2066', '\u200d', '\ufeff', '\u{e0041}', '\ud83d', '\ude00', '\r', '\n', '\b', '\u0000', '\u0005', '\u000e', '\u0018', 'text',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
); // prettier-ignore
const hostile = fc.array(piece, { maxLength: 60 }).map((all) => all.join(''));

describe('the escape filter', () => {
  it('lets only the allowed sequences out, whatever comes in', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(isAllowed(whole(text))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the same whatever way the text is cut, and goes on from a saved state', () => {
    fc.assert(
      fc.property(hostile, fc.array(fc.nat(80), { maxLength: 6 }), (text, cuts) => {
        let filter = createFilter();
        let out = '';
        const at = [...new Set(cuts)].sort((a, b) => a - b).filter((cut) => cut < text.length);
        [0, ...at].forEach((from, index) => {
          out += filter.push(text.slice(from, at[index] ?? text.length)).text;
          filter = createFilter(filter.save());
        });
        expect(out + filter.flush()).toBe(whole(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps plain text and what draws as it is', () => {
    const text = `plain ${ESC}[1;31mred${ESC}[0m\r\n${ESC}[2J${ESC}[3;7Hthere${ESC}[?1049h${ESC}[?25lö 漢 ✔️${ESC}[K${ESC}7${ESC}8`;
    expect(whole(text)).toBe(text);
  });

  it.each([
    ['the clipboard', `a${ESC}]52;c;cm0gLXJmIC8=\u0007b`],
    ['a link', `a${ESC}]8;;https://evil.example${ESC}\\${ESC}]8;;${ESC}\\b`],
    ['a title', `a${ESC}]0;you are root\u0007${ESC}]2;t${ESC}\\b`],
    ['device control', `a${ESC}P$qm${ESC}\\${ESC}P+q544e${ESC}\\b`],
    ['pictures', `a${ESC}_Gf=24;AAAA${ESC}\\${ESC}Pq#0;2;0;0;0~~${ESC}\\b`],
    ['private messages', `a${ESC}^x${ESC}\\${ESC}Xy${ESC}\\b`],
    [
      'questions',
      `a${ESC}[c${ESC}[>c${ESC}[6n${ESC}[?6n${ESC}[>q${ESC}[4$p${ESC}[?1$p${ESC}[x${ESC}Z\u0005b`,
    ],
    ['window operations', `a${ESC}[21t${ESC}[8;99;99tb`],
    ['input modes', `a${ESC}[?1000h${ESC}[?1004;1006h${ESC}[?2004h${ESC}[?1h${ESC}=${ESC}[>1ub`],
    ['soft reset, printing, tests', `a${ESC}[!p${ESC}[5i${ESC}#8b`],
  ])('drops %s and nothing else', (_, text) => {
    expect(whole(text)).toBe('ab');
  });

  it('drops every sequence of the corpus of hostile programs', () => {
    const out = whole(corpus());
    expect(isAllowed(out)).toBe(true);
    expect(out).not.toMatch(/\u001b\[[\d;?>=!$]*[cnqpt]/);
  });

  it('keeps the modes that draw and drops those that do not from one sequence', () => {
    expect(whole(`${ESC}[?1000;1049;2004;25h`)).toBe(`${ESC}[?1049;25h`);
  });

  it('bounds numbers, so that no sequence is endless work', () => {
    expect(whole(`${ESC}[4294967295S${ESC}[99999999999999999999b${ESC}[9999;9999H`)).toBe(
      `${ESC}[1000S${ESC}[1000b${ESC}[1000;1000H`,
    );
  });

  it('shows direction and invisible characters by number', () => {
    expect(whole('a\u202eb\u200bc\u2066d\ufeffe\u00adf')).toBe(
      'a<U+202E>b<U+200B>c<U+2066>d<U+FEFF>e<U+00AD>f',
    );
    expect(showInvisible('\u{e0041}')).toBe('<U+E0041>');
  });

  it('takes 8-bit controls for what they are not and hides nothing behind them', () => {
    expect(whole('a\u009b31mb\u009d52;c;x\u009cc\u0090d')).toBe('a31mb52;c;xcd');
  });

  it('shows what a control string would have hidden when it is not closed', () => {
    expect(whole(`a${ESC}]0;never closed\r\nfailed`)).toBe('a0;never closed\r\nfailed');
    expect(whole(`a${ESC}]0;${'x'.repeat(20_000)}`)).toBe(`a0;${'x'.repeat(20_000)}`);
    expect(whole(`a${ESC}Phidden${ESC}[31mred`)).toBe(`ahidden${ESC}[31mred`);
    expect(whole(`a${ESC}[${'1;'.repeat(200)}H`)).toContain('1;1;1;');
  });

  it('counts what it dropped', () => {
    expect(createFilter().push(`${ESC}]0;t\u0007${ESC}[6n ok`).dropped).toBe(2);
  });

  it('turns a full reset into an empty normal screen', () => {
    expect(whole(`${ESC}c`)).toBe(`${ESC}[?1049l${ESC}[0m${ESC}[r${ESC}[H${ESC}[2J`);
  });

  it('is linear on ten megabytes of openings', () => {
    const text = `${ESC}]0;`.repeat(2_500_000);
    const filter = createFilter();
    let length = 0;
    for (let at = 0; at < text.length; at += 65_536)
      length += filter.push(text.slice(at, at + 65_536)).text.length;
    expect(length).toBeLessThanOrEqual(text.length);
  });
});
