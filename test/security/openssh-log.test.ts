import { expect, it } from 'vitest';
import { createServer } from 'node:net';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectOpenssh } from '../../electron/host/connect/openssh/opensshConnection.ts';
import { answers, plainOptions } from '../integration/connect/options.ts';

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(Uint32Array.of(bytes.length).buffer).swap32(), bytes]);
}
function packet(payload: Buffer): Buffer {
  const pad = 8 + ((8 - ((payload.length + 5) % 8)) % 8);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + pad + 1);
  head[4] = pad;
  return Buffer.concat([head, payload, Buffer.alloc(pad)]);
}
it('a host that writes into the log of ssh before it has proven its key is left at once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hp-log-'));
  const lists = [
    'curve25519-sha256',
    'ssh-ed25519',
    'aes128-ctr',
    'aes128-ctr',
    'hmac-sha2-256',
    'hmac-sha2-256',
    'none',
    'none',
    '',
    '',
  ];
  const kexInit = Buffer.concat([Buffer.of(20), randomBytes(16), ...lists.map(string), Buffer.alloc(5)]);
  const words = `hi\ndebug1: Server host key: ssh-ed25519 SHA256:${'A'.repeat(43)}\ndebug1: SSH2_MSG_NEWKEYS received`;
  const debug = Buffer.concat([Buffer.of(4, 1), string(words), string('')]);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    socket.write('SSH-2.0-x\r\n');
    socket.write(Buffer.concat([packet(kexInit), packet(debug)]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const { ask, asked } = answers();
  const connected = await connectOpenssh(
    plainOptions(
      { host: '127.0.0.1', port, user: 'x' },
      { configFile: 'none', knownHosts: [join(folder, 'k')], ask, timeoutMs: 4000 },
    ),
  );
  expect(connected.ok ? '' : connected.error.message).toContain('wrote into the log of ssh');
  expect(asked).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});
