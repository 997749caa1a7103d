import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  longestBody,
  MalformedPacket,
  message,
  PacketCutter,
  PacketFields,
  PacketWriter,
} from '../../../../../electron/host/connect/openssh/packets.ts';

describe('packets of the connection protocol', () => {
  it('come out as they went in, wherever the stream is split', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 });
    const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(bodies, sizes, (sent, cuts) => {
        const stream = Buffer.concat(
          sent.map((body) => new PacketWriter().string(body).packet().subarray(4)),
        );
        const cutter = new PacketCutter();
        const got: number[][] = [];
        for (let at = 0, n = 0; at < stream.length; n += 1) {
          const size = cuts[n % cuts.length] ?? 1;
          cutter.push(Buffer.from(stream.subarray(at, at + size)), (body) => got.push([...body]));
          at += size;
        }
        expect(got).toEqual(sent.map((body) => [...body]));
      }),
    );
  });

  it('carry fields as RFC 4251 section 5 has them', () => {
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.boolean(),
        fc.nat(0xffffffff),
        fc.string(),
        fc.uint8Array(),
        (byte, bool, uint32, text, bytes) => {
          const packet = new PacketWriter()
            .byte(byte)
            .bool(bool)
            .uint32(uint32)
            .string(text)
            .string(bytes)
            .packet();
          expect(packet.readUInt32BE(0)).toBe(packet.length - 4);
          const fields = new PacketFields(packet.subarray(4));
          expect([fields.byte(), fields.bool(), fields.uint32()]).toEqual([byte, bool, uint32]);
          expect(fields.text()).toBe(Buffer.from(text, 'utf8').toString('utf8'));
          expect([...fields.bytes()]).toEqual([...bytes]);
          expect(fields.left).toBe(0);
        },
      ),
    );
  });

  it('have no padding in front of their type in proxy mode', () => {
    expect([...message(94).uint32(7).packet()]).toEqual([0, 0, 0, 6, 0, 94, 0, 0, 0, 7]);
  });

  it('that are cut short are errors, whatever is read of them', () => {
    const body = new PacketWriter().uint32(1).string('text').packet().subarray(4);
    for (let length = 0; length < body.length; length += 1) {
      const fields = new PacketFields(body.subarray(0, length));
      expect(() => [fields.uint32(), fields.text()]).toThrow(MalformedPacket);
    }
  });

  it('that claim to be huge are refused before they are collected', () => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(longestBody + 1);
    expect(() => {
      new PacketCutter().push(head, () => undefined);
    }).toThrow(MalformedPacket);
  });
});
