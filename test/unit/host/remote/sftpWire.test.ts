/** SFTP packets: what is written is read again, and what is broken is refused, in whatever pieces it comes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createSplitter,
  longestPacket,
  packet,
  readPacket,
  SftpSyntaxError,
} from '../../../../electron/host/remote/sftpWire.ts';

function splitAll(stream: Buffer, cuts: readonly number[]): readonly (readonly [number, string])[] {
  const got: (readonly [number, string])[] = [];
  const take = createSplitter((type, body) => got.push([type, body.toString('hex')]));
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    // The caller's memory is used again for the next bytes.
    const shared = Buffer.from(stream.subarray(from, Math.max(from, cut)));
    take(shared);
    shared.fill(0xee);
    from = Math.max(from, cut);
  }
  take(stream.subarray(from));
  return got;
}

describe('packets', () => {
  test('come out whole however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 255 }), fc.uint8Array({ maxLength: 300 })), { maxLength: 8 }),
        fc.array(fc.nat({ max: 1500 }), { maxLength: 12 }),
        (bodies, cuts) => {
          const stream = Buffer.concat(bodies.map(([type, text]) => packet(type, { text })));
          const inside = cuts.filter((cut) => cut <= stream.byteLength);
          expect(splitAll(stream, inside)).toEqual(
            bodies.map(([type, text]) => [type, packet(type, { text }).subarray(5).toString('hex')]),
          );
        },
      ),
    );
  });

  test.each([0, longestPacket + 1, 0x48_54_54_50, 0xff_ff_ff_ff])('a length of %i is refused', (length) => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(length);
    expect(() => {
      createSplitter(() => undefined)(head);
    }).toThrow(SftpSyntaxError);
  });

  test('fields are read as they were written', () => {
    const bytes = packet(
      3,
      { u32: 7 },
      { text: 'ž/name' },
      { u64: 2 ** 40 + 5 },
      { mode: 0o640, uid: 5, gid: 6 },
    );
    expect(bytes.readUInt32BE(0)).toBe(bytes.byteLength - 4);
    const body = readPacket(bytes.subarray(5));
    expect([body.u32(), body.text().toString(), body.u64()]).toEqual([7, 'ž/name', 2 ** 40 + 5]);
    expect(body.attributes()).toEqual({ mode: 0o640, uid: 5, gid: 6 });
    expect(body.done).toBe(true);
  });

  test('any bytes at all are read or refused, never read beyond their end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const body = readPacket(Buffer.from(bytes));
        try {
          body.attributes();
          while (!body.done) body.text();
        } catch (error) {
          expect(error).toBeInstanceOf(SftpSyntaxError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
