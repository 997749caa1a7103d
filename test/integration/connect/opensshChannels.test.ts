import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Closed, Connection, ConnectOptions } from '../../../electron/host/connect/connection.ts';
import { connectOpenssh } from '../../../electron/host/connect/openssh/opensshConnection.ts';
import { startSshd } from '../../fixtures/sshd/startSshd.ts';
import type { SshdFixture } from '../../fixtures/sshd/startSshd.ts';
import { failure, knownOptions, run, start, value } from './options.ts';

const size = { cols: 80, rows: 24 };

function options(server: SshdFixture, change: Partial<ConnectOptions> = {}): ConnectOptions {
  return knownOptions(server, { configFile: 'none', ...change });
}

async function connect(server: SshdFixture, change: Partial<ConnectOptions> = {}): Promise<Connection> {
  return value(await connectOpenssh(options(server, change)));
}

describe('channels through the master of the system ssh', () => {
  let server: SshdFixture;
  let connection: Connection;
  beforeAll(async () => {
    server = await startSshd();
    connection = await connect(server);
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  it('says what was agreed on', () => {
    expect(connection.facts).toMatchObject({
      engine: 'openssh',
      via: [],
      address: `${server.user}@127.0.0.1:${String(server.port)}`,
      hostKey: {
        type: 'ssh-ed25519',
        fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/) as string,
      },
      pin: 'known',
      auth: 'publickey (file)',
      kex: expect.stringMatching(/^(sntrup|mlkem|curve)/) as string,
      cipher: expect.stringMatching(/^(chacha20|aes)/) as string,
      server: expect.stringMatching(/^SSH-2\.0-OpenSSH_/) as string,
    });
  });

  it('loses nothing when the reader is paused while the command ends', async () => {
    const seen: string[] = [];
    const command = await start(connection, 'seq 20000; echo done >&2; exit 4');
    command.channel.pause();
    // The command fits into what may be in flight: it ends on the host although nobody reads.
    await run(connection, 'while pgrep -f "[s]eq 20000" >/dev/null; do :; done');
    expect(await Promise.race([command.done.then(() => 'ended'), Promise.resolve('not ended')])).toBe(
      'not ended',
    );
    command.channel.resume();
    const { end, stdout } = await command.done;
    seen.push(...stdout.toString().trim().split('\n'));
    expect(seen.length).toBe(20_000);
    expect(end).toEqual({ how: 'exit', code: 4 });
  });

  it('holds the host back while nobody reads, and goes on without a gap', async () => {
    const command = await start(connection, 'head -c 30000000 /dev/zero; echo $? >&2');
    command.channel.pause();
    expect((await run(connection, 'echo still served')).stdout.toString()).toBe('still served\n');
    expect(command.stdout().length).toBeLessThan(30_000_000);
    command.channel.resume();
    const { stdout, stderr } = await command.done;
    expect(stdout.length).toBe(30_000_000);
    expect(stderr.toString()).toBe('0\n');
  });

  it('knows that the host answers, with and without an open channel', async () => {
    expect(await connection.alive(60_000)).toBe(true);
    const command = await start(connection, 'echo ready; exec sleep 600', { pty: size });
    await command.until('ready');
    expect(await connection.alive(60_000)).toBe(true);
    command.channel.close();
  });

  it('runs many channels one after the other and side by side', async () => {
    for (let round = 0; round < 30; round += 1) {
      const ran = await Promise.all(
        Array.from({ length: 5 }, (_, n) => run(connection, `echo ${String(n)}; exit ${String(n)}`)),
      );
      expect(ran.map(({ end, stdout }) => [end, stdout.toString()])).toEqual(
        ran.map((_, n) => [{ how: 'exit', code: n }, `${String(n)}\n`]),
      );
    }
  });
});

describe('what a server allows', () => {
  it('never runs a command without the terminal it asked for', async () => {
    const server = await startSshd({ config: ['PermitTTY no'] });
    const connection = await connect(server);
    const file = join(server.dir, 'ran');
    const refused = failure(
      await connection.exec({ command: `touch ${file}`, pty: size, onData: () => undefined }),
    );
    expect(refused).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('terminal') as string,
    });
    expect((await run(connection, 'true')).end).toEqual({ how: 'exit', code: 0 });
    await expect(access(file)).rejects.toThrow();
    await connection.close();
    await server.stop();
  });

  it('answers the keep-alives of the server on an idle channel', async () => {
    const server = await startSshd({ config: ['ClientAliveInterval 1', 'ClientAliveCountMax 1'] });
    const connection = await connect(server);
    const command = await start(connection, 'sleep 4; echo through');
    const { end, stdout } = await command.done;
    expect(end).toEqual({ how: 'exit', code: 0 });
    expect(stdout.toString()).toBe('through\n');
    await connection.close();
    await server.stop();
  });
});

describe('a connection that goes away', () => {
  it('calls a killed one lost, says which side, and keeps what had arrived', async () => {
    const server = await startSshd();
    const connection = await connect(server);
    const closed = new Promise<Closed>((resolve) => {
      connection.onClosed(resolve);
    });
    const command = await start(connection, 'echo arrived; sleep 600');
    await command.until('arrived');
    await server.killSessions();
    const { end, stdout } = await command.done;
    expect(stdout.toString()).toBe('arrived\n');
    const told = await closed;
    expect(end).toEqual({ how: 'lost', why: told.why });
    expect(told).toMatchObject({
      why: expect.stringMatching(/server closed the connection|reset/) as string,
    });
    expect(failure(await connection.exec({ command: 'true', onData: () => undefined })).code).toBe('network');
    const late = new Promise<Closed>((resolve) => {
      connection.onClosed(resolve);
    });
    expect(await late).toEqual(told);
    expect(await connection.alive(1000)).toBe(false);
    await connection.close();
    await server.stop();
  });
});
