/** The command that carries one hop through the connection of the one before: it must never connect by itself. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Hop } from '../../../../../electron/host/connect/connection.ts';
import { jumpCommand } from '../../../../../electron/host/connect/openssh/commandLine.ts';

function hop(host: string, port: number): Hop {
  const keepAlive = { intervalMs: 15_000, count: 3 };
  return { host, port, user: 'me', knownHosts: [], identityFiles: [], keepAlive };
}

// Without the guard ssh goes to port 22, where only root may listen.
it.runIf(process.getuid?.() === 0)(
  'fails when the connection before it is gone, and does not make one of its own',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'hp-jump-'));
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((listening) => server.listen(22, '127.0.0.77', listening)).catch(() => undefined);
    try {
      const command = jumpCommand(
        'ssh',
        { control: join(dir, 'gone'), hop: hop('127.0.0.77', 2222) },
        hop('db', 22),
      );
      const code = await new Promise<number>((ended) => {
        // ssh expands the per cent signs of a ProxyCommand once.
        execFile('sh', ['-c', command.replaceAll('%%', '%')], (error) => {
          ended(typeof error?.code === 'number' ? error.code : 0);
        });
      });
      expect(code).not.toBe(0);
      expect(connections).toBe(0);
    } finally {
      await new Promise((closed) => server.close(closed));
      await rm(dir, { recursive: true, force: true });
    }
  },
);
