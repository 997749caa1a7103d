import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MuxChannel } from '../../../../../electron/host/connect/openssh/muxChannel.ts';
import {
  localWindow,
  PacketFields,
  PacketWriter,
} from '../../../../../electron/host/connect/openssh/packets.ts';

interface Sent {
  readonly type: number;
  readonly fields: PacketFields;
}

function bench(window = 1000, packet = 100) {
  const sent: Sent[] = [];
  const got: string[] = [];
  let released = 0;
  const channel = new MuxChannel(
    {
      send: (bytes) => {
        const fields = new PacketFields(Buffer.from(bytes.subarray(4)));
        expect(fields.byte()).toBe(0);
        const type = fields.byte();
        expect(fields.uint32()).toBe(42);
        sent.push({ type, fields });
      },
      release: () => {
        released += 1;
      },
    },
    { id: 42, window, packet },
    (stream, bytes) => got.push(`${stream}:${Buffer.from(bytes).toString()}`),
  );
  const receive = (type: number, fill: (packet: PacketWriter) => PacketWriter): void => {
    channel.receive(type, new PacketFields(fill(new PacketWriter()).packet().subarray(4)));
  };
  return {
    channel,
    sent,
    got,
    released: () => released,
    ofType: (type: number) => sent.filter((one) => one.type === type),
    data: (text: string) => {
      receive(94, (p) => p.string(text));
    },
    receive,
    exit: (code: number) => {
      receive(98, (p) => p.string('exit-status').bool(false).uint32(code));
    },
    close: () => {
      receive(97, (p) => p);
    },
  };
}

describe('a channel', () => {
  it('never sends more than the other side has room for, nor bigger pieces, and nothing is lost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 700 }), fc.nat(500)), { maxLength: 40 }),
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 1, max: 200 }),
        (acts, window, packet) => {
          const { channel, sent, receive } = bench(window, packet);
          let room = window;
          const written: number[] = [];
          const taken: number[] = [];
          const look = (): void => {
            for (const { type, fields } of sent.splice(0)) {
              expect(type).toBe(94);
              const bytes = fields.bytes();
              expect(bytes.length).toBeLessThanOrEqual(packet);
              room -= bytes.length;
              expect(room).toBeGreaterThanOrEqual(0);
              taken.push(...bytes);
            }
          };
          const grant = (more: number): void => {
            room += more;
            receive(93, (p) => p.uint32(more));
            look();
          };
          for (const act of acts) {
            if (typeof act === 'number') grant(act);
            else {
              written.push(...act);
              channel.write(act);
              look();
            }
          }
          grant(100_000);
          expect(taken).toEqual(written);
        },
      ),
    );
  });

  it('says that its input has ended only behind all of it', () => {
    const { channel, ofType, receive } = bench(3);
    channel.write(Buffer.from('abcdef'));
    channel.endInput();
    expect(ofType(96)).toHaveLength(0);
    receive(93, (p) => p.uint32(3));
    expect(ofType(96)).toHaveLength(1);
    channel.write(Buffer.from('late'));
    expect(ofType(94)).toHaveLength(2);
  });

  it('keeps what comes while its reader pauses, in order, and ends behind it', async () => {
    const { channel, got, data, receive, exit, close, released } = bench();
    data('one');
    channel.pause();
    data('two');
    receive(95, (p) => p.uint32(1).string('three'));
    exit(3);
    close();
    expect(got).toEqual(['stdout:one']);
    expect(released()).toBe(1);
    let ended = false;
    void channel.ended.then(() => (ended = true));
    await Promise.resolve();
    expect(ended).toBe(false);
    channel.resume();
    expect(got).toEqual(['stdout:one', 'stdout:two', 'stderr:three']);
    expect(await channel.ended).toEqual({ how: 'exit', code: 3 });
  });

  it('grants room only for what was delivered', () => {
    const { channel, ofType, data } = bench();
    const half = 'x'.repeat(localWindow / 2);
    channel.pause();
    data(half);
    data(half);
    expect(ofType(93)).toHaveLength(0);
    channel.resume();
    expect(ofType(93).map(({ fields }) => fields.uint32())).toEqual([localWindow / 2, localWindow / 2]);
  });

  it('is given up when the server sends more than it may', async () => {
    const { channel, ofType, data } = bench();
    channel.pause();
    data('x'.repeat(localWindow));
    data('y');
    expect(ofType(97)).toHaveLength(1);
    channel.resume();
    expect(await channel.ended).toMatchObject({
      how: 'lost',
      why: expect.stringContaining('more than') as string,
    });
  });

  it('can be paused from within the delivery', () => {
    const { channel, data, got } = bench();
    channel.onData((_stream, bytes) => {
      got.push(Buffer.from(bytes).toString());
      channel.pause();
    });
    data('a');
    data('b');
    data('c');
    expect(got).toEqual(['a']);
    channel.resume();
    expect(got).toEqual(['a', 'b']);
  });

  it('can be closed from within the delivery', async () => {
    const { channel, data } = bench();
    channel.onData(() => {
      channel.close();
    });
    data('a');
    expect(await channel.ended).toMatchObject({ how: 'lost' });
  });

  it('is lost when it closes without a status, and sends nothing behind its own close', async () => {
    const { channel, close, sent } = bench();
    close();
    expect(await channel.ended).toMatchObject({ how: 'lost' });
    expect(sent.map(({ type }) => type)).toEqual([97]);
    channel.write(Buffer.from('x'));
    channel.endInput();
    channel.resize({ cols: 1, rows: 1 });
    channel.signal('KILL');
    channel.close();
    expect(await channel.ask('exec', (p) => p.string('x'))).toBeUndefined();
    expect(sent.map(({ type }) => type)).toEqual([97]);
  });

  it('keeps a status that came before contact was lost, and never invents one', async () => {
    const known = bench();
    known.receive(98, (p) =>
      p.string('exit-signal').bool(false).string('KILL').bool(false).string('').string(''),
    );
    known.channel.lose('cut');
    expect(await known.channel.ended).toEqual({ how: 'signal', signal: 'KILL' });
    const unknown = bench();
    unknown.channel.lose('cut');
    unknown.exit(0);
    expect(await unknown.channel.ended).toEqual({ how: 'lost', why: 'cut' });
  });

  it('answers requests that it does not know, and matches replies to its own in order', async () => {
    const { channel, ofType, receive } = bench();
    receive(98, (p) => p.string('keepalive@openssh.com').bool(true));
    receive(98, (p) => p.string('eow@openssh.com').bool(false));
    expect(ofType(100)).toHaveLength(1);
    const first = channel.ask('pty-req', (p) => p);
    const second = channel.ask('exec', (p) => p.string('x'));
    receive(100, (p) => p);
    receive(99, (p) => p);
    expect(await first).toBe(false);
    expect(await second).toBe(true);
  });

  it('sends a signal as such, and on a pty its control character too', async () => {
    const { channel, ofType, receive } = bench();
    channel.signal('INT');
    expect(ofType(94)).toHaveLength(0);
    const pty = channel.askPty({ cols: 80, rows: 24 });
    receive(99, (p) => p);
    await pty;
    channel.signal('INT');
    channel.signal('TERM');
    expect(ofType(94).map(({ fields }) => [...fields.bytes()])).toEqual([[3]]);
    expect(ofType(98)).toHaveLength(4);
  });
});
