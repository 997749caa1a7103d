import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalize,
  escapeText,
  type Json,
  parseCanonical,
  unescapeLines,
} from '../../../../electron/domain/evidence/jcs.ts';

const text = fc.string({ unit: 'grapheme' }).map(escapeText);
const key = fc.stringMatching(/^[\x20-\x7e]{0,8}$/);
const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((n) => (Object.is(n, -0) ? 0 : n)),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('canonical JSON', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(json, (value) => {
        const encoded = canonicalize(value);
        const parsed = parseCanonical(encoded);
        expect(parsed.ok).toBe(true);
        if (parsed.ok) expect(canonicalize(parsed.value)).toBe(encoded);
        expect(JSON.parse(encoded)).toEqual(value);
      }),
    );
  });

  it('does not depend on the order in which keys were set', () => {
    fc.assert(
      fc.property(fc.dictionary(key, fc.integer()), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalize(reversed)).toBe(canonicalize(object));
      }),
    );
  });

  it('accepts nothing but its own form', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(' ', '\n', '\t', '\ufeff'), fc.nat(), (value, extra, position) => {
        const encoded = canonicalize(value);
        const at = position % (encoded.length + 1);
        const changed = encoded.slice(0, at) + extra + encoded.slice(at);
        const parsed = parseCanonical(changed);
        // A blank inside a string is text like any other.
        if (parsed.ok) expect(extra).toBe(' ');
      }),
    );
  });

  it('is what it would be written as, whatever shape it comes in', () => {
    const anyText = fc.oneof(
      text,
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\\', '\\n', '"\\', '\u2028'),
    );
    const loose = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, 0, -0, 1.5, 2 ** 53, -(2 ** 53) + 1),
        anyText,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(key, fc.constantFrom('10', '9', '\\', 'ä', '\u007f')), tie('value'), {
          maxKeys: 4,
        }),
      ),
    })).value;
    fc.assert(
      fc.property(loose, (value) => {
        const written = JSON.stringify(value);
        let own: string | null;
        try {
          own = canonicalize(JSON.parse(written) as Json);
        } catch {
          own = null;
        }
        expect(parseCanonical(written).ok).toBe(own === written);
        if (own !== null) expect(parseCanonical(own).ok).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a duplicate key', '{"a":1,"a":1}'],
    ['keys out of order', '{"b":1,"a":1}'],
    ['a float', '{"a":1.5}'],
    ['an integer written as a float', '{"a":1.0}'],
    ['an exponent', '{"a":1e3}'],
    ['an integer that is not safe', '{"a":9007199254740993}'],
    ['minus zero', '-0'],
    ['white space', '{"a": 1}'],
    ['a needless escape', '"\\u0041"'],
    ['a control character', '"\\u0007"'],
    ['DEL', '"\u007f"'],
    ['a C1 control', '"\u0085"'],
    ['a bidirectional override', '"\u202e"'],
    ['a bidirectional isolate', '"\u2066"'],
    ['a byte-order mark in a string', '"\ufeff"'],
    ['half a surrogate pair', '"\\ud800"'],
    ['a key that is not ASCII', '{"\u0430":1}'],
    ['something after the end', '{}{}'],
    ['nothing', ''],
    ['too many levels', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('rejects %s', (_name, encoded) => {
    expect(parseCanonical(encoded).ok).toBe(false);
  });

  it.each([[{ a: undefined }], [1.5], [Number.NaN], ['\u0000'], [{ ä: 1 }]])(
    'refuses to write %j',
    (value) => {
      expect(() => canonicalize(value as unknown as Json)).toThrow(TypeError);
    },
  );

  it('writes minus zero, which rounding a small negative number gives, as zero', () => {
    expect(canonicalize({ offset: Math.round(-0.3) })).toBe('{"offset":0}');
  });

  it('keeps a key called __proto__ a key', () => {
    const encoded = '{"__proto__":{"a":1}}';
    const parsed = parseCanonical(encoded);
    expect(parsed.ok && canonicalize(parsed.value)).toBe(encoded);
  });

  it('escapes any text into something that can be written, and only once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (raw) => {
        const escaped = escapeText(raw);
        expect(() => canonicalize(escaped)).not.toThrow();
        expect(escapeText(escaped)).toBe(escaped);
      }),
    );
    expect(unescapeLines(escapeText('a\nb\tc'))).toBe('a\nb\tc');
  });
});
