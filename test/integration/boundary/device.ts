/** An SSH server that is no Unix host: it answers each exec request as the test says. Anybody may log in. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { makeKey } from '../../fixtures/sshd/startSshd.ts';

/** The answer to a command line. Without a code the channel closes without a status. */
export type Answering = (line: string) => {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
};

export interface Device {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly user: 'operator';
  readonly knownHostsFile: string;
  /** The exec requests that came, in order. */
  readonly commands: string[];
  stop(): Promise<void>;
}

export async function startDevice(answering: Answering): Promise<Device> {
  const dir = await mkdtemp(join(tmpdir(), 'device-'));
  const keyFile = join(dir, 'host');
  const publicKey = await makeKey(keyFile, 'ed25519');
  const commands: string[] = [];
  const clients = new Set<ssh2.Connection>();
  const server = new ssh2.Server({ hostKeys: [await readFile(keyFile)] }, (client) => {
    clients.add(client);
    client.on('error', () => undefined);
    client.on('authentication', (request) => {
      request.accept();
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        commands.push(command);
        const channel = acceptExec();
        const { stdout = '', stderr = '', code } = answering(command);
        channel.stderr.write(stderr);
        channel.write(stdout);
        if (code !== undefined) channel.exit(code);
        channel.end();
      });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const knownHostsFile = join(dir, 'known_hosts');
  await writeFile(knownHostsFile, `[127.0.0.1]:${String(address.port)} ${publicKey}\n`, { mode: 0o600 });
  return {
    host: '127.0.0.1',
    port: address.port,
    user: 'operator',
    knownHostsFile,
    commands,
    async stop() {
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      await rm(dir, { recursive: true, force: true });
    },
  };
}
