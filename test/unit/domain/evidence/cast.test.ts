/** The byte scanner of recordings against JSON.parse, whatever the pieces in which the bytes come. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { castScanner } from '../../../../electron/domain/evidence/cast.ts';

const HEADER = '{"version":2,"width":80,"height":24}\n';

function scan(bytes: Uint8Array, pieces: readonly number[] = []) {
  const scanner = castScanner();
  let from = 0;
  for (const piece of pieces) {
    scanner.push(bytes.subarray(from, from + piece));
    from += piece;
  }
  scanner.push(bytes.subarray(from));
  return scanner.end();
}

const text = fc.string({ unit: 'binary', maxLength: 60 });
const event = fc.tuple(fc.constantFrom('o', 'm', 'r'), text);

describe('a recording', () => {
  it('as our recorder writes it has no problems, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 20 }),
        fc.array(fc.nat(40), { maxLength: 30 }),
        (events, pieces) => {
          const lines = events.map(
            ([code, data], n) => `[${(n / 7).toFixed(6)}, "${code}", ${JSON.stringify(data)}]\n`,
          );
          const outputs = events.filter(([code]) => code === 'o').length;
          const bytes = Buffer.from(HEADER + lines.join(''), 'utf8');
          expect(scan(bytes, pieces)).toEqual({ problems: [], torn: false, outputs });
        },
      ),
    );
  });

  it('is judged as JSON.parse judges each line, one byte changed', () => {
    const line = Buffer.from(
      '[1.5, "o", "a\\u001b[1mé\\r\\n\\"quoted\\" \\\\ end of it, twice as long"]\n',
      'utf8',
    );
    fc.assert(
      fc.property(
        fc.nat(line.length - 2),
        fc.nat(255),
        fc.array(fc.nat(20), { maxLength: 6 }),
        (at, byte, pieces) => {
          const changed = Buffer.from(line);
          changed[at] = byte;
          const { problems } = scan(Buffer.concat([Buffer.from(HEADER), changed]), pieces);
          if (accepted(changed)) expect(problems).toEqual([]);
          else expect(problems.map(({ line: n }) => n)).toContain(2);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is judged alike byte by byte and in pieces, however it is damaged', () => {
    const piece = fc.constantFrom(
      'plain text',
      '\\r\\n',
      '\\u001b[0m',
      '\\"',
      '\\\\',
      '\\u00e',
      '\\x',
      'é',
      '"',
      '\n',
      '\t',
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(piece, { maxLength: 12 }), { maxLength: 5 }),
        fc.nat(7),
        fc.array(fc.nat(40), { maxLength: 8 }),
        (lines, offset, pieces) => {
          const body = lines.map((parts, n) => `[${String(n)}, "o", "${parts.join('')}"]\n`).join('');
          // At any place in memory, as a piece of a file may be.
          const bytes = Buffer.from(' '.repeat(offset) + HEADER + body).subarray(offset);
          const single = Array.from(bytes, () => 1);
          expect(scan(bytes, pieces)).toEqual(scan(bytes, single));
          expect(scan(bytes)).toEqual(scan(bytes, single));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is judged for itself when the scanner saw another before it', () => {
    const good = Buffer.from(`${HEADER}[0.5, "o", "a"]\n`);
    const scanner = castScanner();
    for (const bad of [
      '',
      'no header',
      `${HEADER}[9, "o", "\\u00`,
      `${HEADER}[9, "i", "x"]\n`,
      `${HEADER}[0, "o", "\x80`,
    ]) {
      scanner.push(Buffer.from(bad, 'latin1'));
      expect(scanner.end()).toEqual(scan(Buffer.from(bad, 'latin1')));
      scanner.push(good);
      expect(scanner.end()).toEqual({ problems: [], torn: false, outputs: 1 });
    }
  });

  it('of one long line is refused without being kept', () => {
    const scanner = castScanner();
    scanner.push(Buffer.from(`${HEADER}[0, "o", "`));
    for (let n = 0; n < 11; n += 1) scanner.push(Buffer.alloc(1024 * 1024, 0x61));
    scanner.push(Buffer.from('"]\n'));
    expect(scanner.end().problems).toMatchObject([{ id: 'cast.line', line: 2 }]);
  });

  it('tells bytes that are no UTF-8 from other damage', () => {
    for (const bad of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x28]]) {
      const bytes = Buffer.concat([
        Buffer.from(`${HEADER}[0, "o", "`),
        Buffer.from(bad),
        Buffer.from('"]\n'),
      ]);
      expect(scan(bytes).problems).toMatchObject([{ id: 'cast.encoding', line: 2 }]);
    }
  });
});

/** The same rules by other means: UTF-8, JSON, an event of three parts, and no white space but single blanks. */
function accepted(line: Buffer): boolean {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line));
  } catch {
    return false;
  }
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [at, code, data] = value as readonly unknown[];
  if (typeof at !== 'number' || at < 0 || Object.is(at, -0)) return false;
  if (typeof data !== 'string' || !['o', 'm', 'r'].includes(String(code))) return false;
  // A number may be followed by a blank in JSON, not here; tabs and line ends between parts neither.
  return (
    /^\[ *[0-9.eE+-]+, *"[omr]" *, *"/.test(line.toString('latin1')) && /"\]\n$/.test(line.toString('latin1'))
  );
}
