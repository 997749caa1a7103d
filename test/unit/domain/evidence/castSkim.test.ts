/** The skimmer of recordings against the scanner alone: the same findings, whatever comes and in whatever pieces. */
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { castScanner } from '../../../../electron/domain/evidence/cast.ts';
import { type ScanEngine, scanEngine } from '../../../../electron/domain/evidence/scanEngine.ts';

const HEADER = '{"version":2,"width":80,"height":24}\n';

function made(): ScanEngine {
  const engine = scanEngine(crc32);
  if (engine === null) throw new Error('Node has WebAssembly with SIMD');
  return engine;
}

/** Pieces end at the given places; each is read into the room, as the verifier does, or stands where it is. */
function scan(bytes: Uint8Array, cuts: readonly number[], engine: ScanEngine | null, inRoom = false) {
  const scanner = castScanner(engine?.skimmer ?? null);
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  for (const [index, from] of places.entries()) {
    const piece = bytes.subarray(from, places[index + 1] ?? bytes.length);
    if (inRoom && engine !== null) engine.room.set(piece, index % 7);
    const there = inRoom ? engine?.room.subarray(index % 7, (index % 7) + piece.length) : undefined;
    scanner.push(there ?? piece);
  }
  return scanner.end();
}

const time = fc.oneof(
  { weight: 8, arbitrary: fc.nat(40).map((n) => `${String(n)}.${String(n * 7919)}`) },
  fc.constantFrom('0.5', '00.5', '7', '1e3', '.5', '3.', '-1.5', '1.0000000000000001', '12345678.12345678'),
  fc.constantFrom(
    '9999999.99999999',
    '99999999.99999999',
    '0.1',
    '1.23456789012345',
    '',
    ' 40.5',
    '0.30000000000000',
  ),
);
const code = fc.constantFrom('o', 'o', 'o', 'o', 'o', 'o', 'm', 'r', 'i', 'oo', '');
const plain = fc.nat(150).map((n) => 'plain text, '.repeat(13).slice(0, n));
const part = fc.oneof(
  { weight: 4, arbitrary: plain },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '\\r\\n',
      '\\u001b[0m',
      '\\"',
      '\\\\',
      '\\/\\b\\f\\t',
      '\\u00e9',
      '\\uD83D\\uDE00',
    ),
  },
  {
    weight: 3,
    arbitrary: fc.string({ unit: 'binary', maxLength: 8 }).map((s) => JSON.stringify(s).slice(1, -1)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\\u00g0', '\\x', '\\', '"', '\t', '\x7f', '"]', '\n', '\r', '"]\n'),
  },
);
const tail = fc.oneof(
  { weight: 12, arbitrary: fc.constant('"]\n') },
  fc.constantFrom('" ]\n', '"]\r\n', '"] \n', '"', '"]', ']\n', '\n', '", 1]\n'),
);
const line = fc
  .tuple(time, code, fc.array(part, { maxLength: 10 }), tail)
  .map(([at, kind, parts, end]) => `[${at}, "${kind}", "${parts.join('')}${end}`);
const recording = fc
  .tuple(
    fc.constantFrom(HEADER, HEADER, HEADER, HEADER, 'no header\n', ''),
    fc.array(line, { maxLength: 12 }),
  )
  .map(([header, lines]) => Buffer.from(header + lines.join(''), 'utf8'));
const change = fc.tuple(
  fc.nat(),
  fc.oneof(fc.nat(255), fc.constantFrom(0x22, 0x5c, 0x0a, 0x1f, 0x80, 0xc1, 0xe0, 0xed, 0xf0, 0xf4, 0xf5)),
);
const cuts = fc.array(fc.nat(), { maxLength: 5 });

describe('the skimmer', () => {
  it('changes nothing in what is found in a recording, good or damaged', () => {
    const engine = made();
    fc.assert(
      fc.property(
        recording,
        fc.array(change, { maxLength: 2 }),
        cuts,
        fc.boolean(),
        (bytes, changes, places, inRoom) => {
          const changed = Buffer.from(bytes);
          for (const [at, byte] of changes) if (changed.length > 0) changed[at % changed.length] = byte;
          const alone = scan(changed, places, null);
          expect(scan(changed, places, engine, inRoom)).toEqual(alone);
          expect(scan(changed, [], engine, inRoom)).toEqual(alone);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('changes nothing wherever in a long text a single byte is another', () => {
    const engine = made();
    const text = `${'é€😀'.repeat(9)} and \\u001b[32m ${'x'.repeat(60)}\\r\\n`.repeat(2);
    const bytes = Buffer.from(`${HEADER}${`[1.25, "o", "${text}"]\n`.repeat(2)}`);
    for (let at = HEADER.length; at < bytes.length; at += 1)
      for (const byte of [
        0, 0x1f, 0x22, 0x30, 0x5c, 0x0a, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc1, 0xe0, 0xed, 0xf0, 0xf4, 0xf5,
      ]) {
        const changed = Buffer.from(bytes);
        changed[at] = byte;
        expect(scan(changed, [], engine), `${String(byte)} at ${String(at)}`).toEqual(
          scan(changed, [], null),
        );
      }
  });

  it('takes the usual to the last few bytes, and so is worth having', () => {
    const { skimmer } = made();
    const bytes = Buffer.from(`[0.5, "o", "\\u001b[1mé\\r\\n\\"${'x'.repeat(300)}"]\n`.repeat(20));
    const state = { inText: false, time: 0.25, lines: 0, outputs: 0, lineStart: 0 };
    skimmer.take(bytes);
    expect(skimmer.skim(0, state)).toBeGreaterThan(bytes.length - 150);
    expect(state).toMatchObject({ inText: true, time: 0.5, lines: 19, outputs: 20 });
    expect(state.lineStart).toBe((bytes.length / 20) * 19);
  });

  it('leaves a line that grows too long to the scanner, over pieces of any size', () => {
    const bytes = Buffer.from(`${HEADER}[0.5, "o", "${'x'.repeat(4 * 1024 * 1024)}"]\n[0.6, "o", "y"]\n`);
    for (const places of [[], [1_000_000, 3_000_000], [4_194_300, 4_194_310]])
      expect(scan(bytes, places, made())).toEqual(scan(bytes, places, null));
    expect(scan(bytes, [], made()).problems).toMatchObject([{ id: 'cast.line', line: 2 }]);
    const fits = Buffer.from(`${HEADER}[0.5, "o", "${'x'.repeat(4 * 1024 * 1024 - 20)}"]\n[0.6, "o", "y"]\n`);
    expect(scan(fits, [], made())).toEqual({ problems: [], torn: false, outputs: 2 });
  });

  it('is not there where WebAssembly is not', () => {
    vi.stubGlobal('WebAssembly', undefined);
    expect(scanEngine(crc32)).toBeNull();
    vi.stubGlobal('WebAssembly', {
      Module: vi.fn(function forbidden() {
        throw new Error('forbidden by a policy');
      }),
    });
    expect(scanEngine(crc32)).toBeNull();
    vi.unstubAllGlobals();
  });
});
