import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCell, renderCsv } from '../../../../electron/domain/report/csv.ts';
import { renderHtml } from '../../../../electron/domain/report/html.ts';
import { renderJson } from '../../../../electron/domain/report/json.ts';
import { renderMarkdown } from '../../../../electron/domain/report/markdown.ts';
import { mdBlock, mdCode, mdText } from '../../../../electron/domain/report/mdText.ts';
import { reportOf } from '../../../../electron/domain/report/report.ts';
import { shownOutput, visibleLine, visibleLines } from '../../../../electron/domain/report/safeText.ts';
import { parseCanonical } from '../../../../electron/domain/evidence/jcs.ts';
import { HOSTILE, storyInput } from '../../../fixtures/report/story.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('base64');
const hostile = reportOf(storyInput({ hostile: true, fails: true }));
/** C0 but line feed and tab, DEL, C1, and what turns or hides text. */
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** Every code point, those that bite more often than chance would have it; lone surrogates too. */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0x10ffff }),
      fc.integer({ min: 0, max: 0x2f }),
      fc.constantFrom(0x1b, 0x5d, 0x07, 0x9b, 0x9d, 0x200e, 0x202e, 0x2066, 0x3c, 0x60, 0x7c, 0x5c),
    ),
    { maxLength: 200 },
  )
  .map((points) => String.fromCodePoint(...points));

describe('recorded text', () => {
  it('never keeps a character that steers a terminal or turns text round, whatever comes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(visibleLines(text)).not.toMatch(HARMFUL);
        expect(visibleLine(text)).not.toMatch(/[\n\t]/);
      }),
    );
    expect(visibleLines(HOSTILE)).not.toMatch(HARMFUL);
  });

  it('removes whole escape sequences and shows what is left of broken ones', () => {
    expect(visibleLines('\u001b]52;c;ZXZpbA==\u0007clip')).toBe('clip');
    expect(visibleLines('a\u202eb')).toBe('a<U+202E>b');
    expect(visibleLines('bs\u0008')).toBe('bs<U+0008>');
    expect(visibleLines('10 %\r 20 %\r 30 %\r\nx')).toBe(' 30 %\nx');
  });

  it('cuts long outputs and says where the rest is', () => {
    const lines = Array.from({ length: 1000 }, (_, n) => `line ${String(n)}`).join('\n');
    const shown = shownOutput({ path: 'outputs/01-a.out', bytes: lines.length, head: lines });
    expect(shown.head.split('\n')).toHaveLength(150);
    expect(shown.tail?.split('\n').at(-1)).toBe('line 999');
    expect(shown.note).toBe(
      `800 lines left out here. The whole output, 8,889 bytes, is in outputs/01-a.out.`,
    );
  });

  it('cuts a line of ten megabytes without taking long', () => {
    const shown = shownOutput({ path: 'outputs/01-a.out', bytes: 10_000_000, head: 'x'.repeat(10_000_000) });
    expect(shown.head.length).toBeLessThan(5000);
    expect(shown.note).toContain('outputs/01-a.out');
  });
});

describe('HTML', () => {
  const html = renderHtml(hostile, hash);

  it('holds no script, no handler, no address, and only the elements of ours', () => {
    const names = new Set([...html.matchAll(/<([a-z][a-z0-9]*)/gi)].map((match) => match[1]?.toLowerCase()));
    const ours =
      'a article b bdi body br code dd desc details div dl dt figcaption figure footer g h1 h2 h3 h4 head header html li line meta p path pre rect section span style summary svg table tbody td text th thead title tr tspan ul'.split(
        ' ',
      );
    expect([...names].filter((name) => !ours.includes(name ?? ''))).toEqual([]);
    expect(html.match(/<style/g)).toHaveLength(1);
    const tags = [...html.matchAll(/<[^>]*>/g)].map((match) => match[0]).join('\n');
    expect(tags).not.toMatch(/\son[a-z]+=|\sstyle=|\ssrc=|javascript:/i);
    expect([...tags.matchAll(/href="([^"]*)"/g)].every((match) => /^#s\d+$/.test(match[1] ?? ''))).toBe(true);
    expect(html.replaceAll('\n', '')).not.toMatch(HARMFUL);
  });

  it('has a policy that lets nothing in but its own style sheet', () => {
    const css = /<style>([^]*?)<\/style>/.exec(html)?.[1] ?? '';
    expect(html).toContain(`style-src &#39;sha256-${hash(css)}&#39;`);
    expect(html).toContain('default-src &#39;none&#39;');
    expect(css).not.toMatch(/@import|url\(/);
  });

  it('shows the hostile text as text', () => {
    expect(html).toContain('&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('&lt;U+202E&gt;exe.txt');
  });
});

describe('Markdown', () => {
  const markdown = renderMarkdown(hostile);

  it('lets no text of others become markup', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const line = mdText(text);
        expect(line).not.toMatch(/[\n<>|]/);
        // Every character that Markdown could read is behind a backslash.
        expect(
          line.replace(/\\[!-/:-@[-`{-~]/g, '').replace(/[@#]\u2060|&(?:amp|lt|gt|#124);/g, ''),
        ).not.toMatch(/[*_`[\]()!~\\#@]/);
      }),
    );
  });

  it('keeps code in fences that its content cannot close', () => {
    expect(mdCode('a ` b `` c')).toBe('```a ` b `` c```');
    expect(mdBlock('```\nx\n`````')).toBe('``````text\n```\nx\n`````\n``````');
    expect(mdCode('a|b')).not.toContain('|');
  });

  it('has rows of one width in every table, and no HTML', () => {
    let width = 0;
    let fence = '';
    for (const line of markdown.split('\n')) {
      const ticks = /^(`{3,})/.exec(line)?.[1] ?? '';
      if (fence !== '') {
        if (line === fence) fence = '';
        continue;
      }
      if (ticks !== '') fence = ticks;
      if (line.startsWith('|')) {
        const cells = line.split('|').length;
        if (width !== 0) expect(cells, line).toBe(width);
        width = cells;
      } else width = 0;
      if (ticks === '') expect(line).not.toMatch(/<[a-z/!]/i);
    }
    expect(fence).toBe('');
  });
});

describe('CSV', () => {
  it('is no formula in any cell', () => {
    for (const text of [
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      '\t=1',
      '\r=1',
      '  =1',
      '\uff1d1',
      '|cmd',
      '%0A=1',
      '\n=1',
    ]) {
      expect(csvCell(text).replace(/^"/, '')).toMatch(/^'/);
    }
    expect(csvCell(-5)).toBe('-5');
    expect(csvCell('plain')).toBe('plain');
  });

  it('reads back as the same number of cells in every row (RFC 4180)', () => {
    const rows = parseCsv(renderCsv(hostile));
    expect(rows).toHaveLength(5);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
    for (const cell of rows.slice(1).flat()) expect(cell).not.toMatch(/^\s*[=+\-@]/);
  });

  it('keeps text to the letter otherwise', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const [[cell] = []] = parseCsv(`${csvCell(`x${text}`)}\r\n`);
        expect(cell).toBe(`x${text}`);
      }),
    );
  });
});

describe('JSON', () => {
  it('is canonical and has the whole model', () => {
    const text = renderJson(hostile);
    const parsed = parseCanonical(text.slice(0, -1));
    expect(parsed.ok).toBe(true);
    expect(JSON.parse(text)).toMatchObject({ format: 1, head: { runId: hostile.head.runId } });
  });
});

/** Cells by RFC 4180, section 2. */
function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const c = text[at] ?? '';
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',' || (c === '\r' && text[at + 1] === '\n')) {
      rows.at(-1)?.push(cell);
      cell = '';
      if (c === '\r') {
        at += 1;
        rows.push([]);
      }
    } else cell += c;
  }
  return rows.slice(0, -1);
}
