/** Hostile bytes: whatever comes, the answer is a problem with an id, never an exception and never a yes. */
import { webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  context,
  DerError,
  encode,
  encodeInteger,
  encodeOid,
  hexInteger,
  inside,
  oid,
  readDer,
  smallInteger,
  TAG,
  time,
} from '../../../../electron/domain/timestamps/der.ts';
import { parseAuthorities } from '../../../../electron/domain/timestamps/authorities.ts';
import { timestampProblems } from '../../../../electron/domain/timestamps/problems.ts';
import { timestampRequest } from '../../../../electron/domain/timestamps/request.ts';
import { responseAround } from '../../../../electron/domain/timestamps/response.ts';
import { inspectTimestamp, verifyTimestamp } from '../../../../electron/domain/timestamps/verifyTimestamp.ts';

const { subtle } = webcrypto;
const text = (value: string) => new TextEncoder().encode(value);

describe('DER', () => {
  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000 }), (content) => {
        const value = readDer(encode(TAG.octetString, content), TAG.octetString);
        expect(value.content).toEqual(content);
      }),
      { numRuns: 50 },
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n }), (number) => {
        const digits = number.toString(16);
        const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
        expect(hexInteger(readDer(encodeInteger(bytes)))).toBe(digits);
      }),
    );
    for (const id of ['1.2.840.113549.1.9.16.1.4', '2.5.29.37', '2.16.840.1.101.3.4.2.1', '1.3.101.112']) {
      expect(oid(readDer(encodeOid(id)))).toBe(id);
    }
  });

  it.each([
    ['an indefinite length', [0x30, 0x80, 0, 0]],
    ['a length that is not shortest', [0x04, 0x81, 0x01, 0]],
    ['a length with a leading zero', [0x04, 0x82, 0x00, 0x80, ...Array<number>(128).fill(0)]],
    ['a length beyond the end', [0x04, 0x05, 1]],
    ['a length of five bytes', [0x04, 0x85, 1, 0, 0, 0, 0]],
    ['more than one value', [0x05, 0x00, 0x05, 0x00]],
    ['a tag of two bytes', [0x1f, 0x81, 0x00, 0x00]],
    ['nothing', []],
  ])('refuses %s', (_name, bytes) => {
    expect(() => readDer(Uint8Array.from(bytes))).toThrow(DerError);
  });

  it('refuses numbers and times in another form', () => {
    for (const bytes of [
      [0x02, 0],
      [0x02, 2, 0, 1],
      [0x02, 2, 0xff, 0x80],
      [0x02, 1, 0x80],
    ]) {
      expect(() => hexInteger(readDer(Uint8Array.from(bytes)))).toThrow(DerError);
    }
    expect(() => smallInteger(readDer(encodeInteger(Uint8Array.of(1, 0, 0, 0, 0))))).toThrow(DerError);
    const bad = [
      '20261122',
      '20261122030000',
      '20261122030000.Z',
      '20261122030000.50Z',
      '20260230000000Z',
      '20261122030000+0100',
    ];
    for (const value of bad) {
      expect(() => time(readDer(encode(TAG.generalizedTime, text(value))))).toThrow(DerError);
    }
    const good = time(readDer(encode(TAG.generalizedTime, text('20261122030405.25Z'))));
    expect(good.toISOString()).toBe('2026-11-22T03:04:05.250Z');
    expect(time(readDer(encode(TAG.utcTime, text('491231235959Z')))).getUTCFullYear()).toBe(2049);
    expect(time(readDer(encode(TAG.utcTime, text('500101000000Z')))).getUTCFullYear()).toBe(1950);
  });
});

it('makes the request that RFC 3161 describes', () => {
  const request = inside(readDer(timestampRequest(new Uint8Array(32).fill(7), Uint8Array.of(0x80, 1))));
  expect(smallInteger(request.next())).toBe(1);
  const imprint = inside(request.next(TAG.sequence));
  expect(oid(inside(imprint.next()).next())).toBe('2.16.840.1.101.3.4.2.1');
  expect(imprint.next(TAG.octetString).content).toEqual(new Uint8Array(32).fill(7));
  expect(hexInteger(request.next())).toBe('8001');
  expect(request.next(TAG.boolean).content).toEqual(Uint8Array.of(0xff));
  expect(request.done).toBe(true);
});

describe('a timestamp that is none', () => {
  const ids = new Set<string>(timestampProblems);
  const refused = async (token: Uint8Array, authoritiesPem = '') => {
    const judged = await verifyTimestamp({ token, stamped: text('x'), authoritiesPem, subtle });
    expect(judged.ok).toBe(false);
    if (!judged.ok) expect(ids).toContain(judged.error.id);
    return judged.ok ? 'good' : judged.error.id;
  };

  it('is refused with an id, whatever the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await refused(bytes);
        await refused(encode(TAG.sequence, bytes));
        await refused(responseAround(encode(TAG.sequence, encodeOid('1.2.840.113549.1.7.2'), bytes)));
      }),
      { numRuns: 300, seed: 3161 },
    );
  });

  it('is refused when it is nested deeply or larger than one can be', async () => {
    let deep: Uint8Array = encode(TAG.sequence);
    for (let level = 0; level < 5_000; level += 1) deep = encode(TAG.sequence, deep);
    expect(await refused(deep)).toBe('timestamp.form');
    expect(await refused(new Uint8Array(64 * 1024 + 1))).toBe('timestamp.form');
  });

  it('is refused with a reason when the authority said no', async () => {
    const failure = encode(TAG.bitString, Uint8Array.of(2, 0, 0, 0, 0b0100_0000));
    const status = encode(TAG.sequence, encodeInteger(Uint8Array.of(2)), failure);
    const judged = await inspectTimestamp({
      token: encode(TAG.sequence, status),
      stamped: text('x'),
      subtle,
    });
    expect(judged).toEqual({
      ok: false,
      error: {
        id: 'timestamp.status',
        message: 'the authority did not grant it: it cannot handle the request now',
      },
    });
  });

  it('never throws for a platform that lacks an algorithm', async () => {
    const broken = {
      digest: () => Promise.reject(new Error('no')),
      importKey: () => Promise.reject(new Error('no')),
      verify: () => Promise.reject(new Error('no')),
    };
    const token = responseAround(encode(TAG.sequence, encode(context(0))));
    const judged = await inspectTimestamp({ token, stamped: text('x'), subtle: broken });
    expect(judged).toMatchObject({ ok: false });
  });
});

describe('a list of authorities', () => {
  it('may be empty or hold other text', () => {
    expect(parseAuthorities('')).toEqual({ ok: true, value: [] });
    expect(parseAuthorities('subject=CN=x\n')).toEqual({ ok: true, value: [] });
  });

  it.each([
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    '-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n',
    '-----BEGIN CERTIFICATE-----\nMIIB\n',
    '-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n',
    '-----BEGIN EC PRIVATE KEY-----\nMIIB\n-----END EC PRIVATE KEY-----\n',
    ' '.repeat(1_000_001),
  ])('is refused when it is damaged: %#', (pem) => {
    expect(parseAuthorities(pem).ok).toBe(false);
  });
});
