import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readServerHello } from '../../../../../electron/host/connect/ssh2/serverHello.ts';

function kexInit(lists: readonly string[]): Buffer {
  const parts = lists.map((list) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(list.length);
    return Buffer.concat([length, Buffer.from(list)]);
  });
  const payload = Buffer.concat([Buffer.from([20]), Buffer.alloc(16, 7), ...parts, Buffer.alloc(5)]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + 1 + 4);
  head[4] = 4;
  return Buffer.concat([head, payload, Buffer.alloc(4)]);
}

const hello = Buffer.concat([
  Buffer.from('Welcome\r\nSSH-2.0-Old\u001b[2J_1.0\r\n'),
  kexInit([
    'diffie-hellman-group1-sha1,kex-strict-s-v00@openssh.com',
    'ssh-rsa,ssh-dss',
    'aes128-cbc,aes128-ctr',
    '3des-cbc',
    'hmac-sha1',
    'hmac-md5,hmac-sha1',
    'none',
    'zlib',
    '',
    '',
  ]),
]);

describe('what a server says in the clear', () => {
  it('is read in whatever pieces it comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: hello.length }), { maxLength: 6 }), (cuts) => {
        let identified = 0;
        const read = readServerHello(() => (identified += 1));
        const places = [...new Set([0, ...cuts, hello.length])].sort((a, b) => a - b);
        places.slice(1).forEach((to, index) => read.feed(hello.subarray(places[index], to)));
        expect(identified).toBe(1);
        expect(read.identification).toBe('SSH-2.0-Old [2J_1.0');
        expect(read.offer('key exchange algorithm')).toEqual({
          all: ['diffie-hellman-group1-sha1'],
          outdated: ['diffie-hellman-group1-sha1'],
        });
        expect(read.offer('host key format').outdated).toEqual(['ssh-rsa', 'ssh-dss']);
        expect(read.offer('C->S cipher')).toEqual({
          all: ['aes128-cbc', 'aes128-ctr'],
          outdated: ['aes128-cbc'],
        });
        expect(read.offer('S->C cipher').all).toEqual(['3des-cbc']);
        expect(read.offer('C->S MAC').all).toEqual(['hmac-sha1']);
        expect(read.offer('S->C MAC').outdated).toEqual(['hmac-sha1']);
      }),
    );
  });

  it('never fails, whatever it is, and ends', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (chunks) => {
        const read = readServerHello(() => undefined);
        for (const chunk of chunks) read.feed(chunk);
        expect(read.offer('C->S MAC').all.length).toBeLessThanOrEqual(100);
      }),
    );
    const endless = readServerHello(() => undefined);
    expect(endless.feed(Buffer.alloc(100_000, 'x'))).toBe(false);
  });
});
