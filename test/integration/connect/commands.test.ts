import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Closed, Connection } from '../../../electron/host/connect/connection.ts';
import { startFakeServer } from '../../fixtures/sshd/startFakeServer.ts';
import { startSshd } from '../../fixtures/sshd/startSshd.ts';
import type { SshdFixture } from '../../fixtures/sshd/startSshd.ts';
import { connectTo, failure, knownOptions, plainOptions, run, start, value } from './options.ts';

let server: SshdFixture;
let connection: Connection;

beforeAll(async () => {
  server = await startSshd();
  connection = await connectTo(knownOptions(server));
});
afterAll(async () => {
  await connection.close();
  await server.stop();
});

const size = { cols: 80, rows: 24 };

describe('how a command ends', () => {
  it('reports every exit code as the server sent it', async () => {
    for (let code = 0; code <= 255; code += 1) {
      const { end } = await run(connection, `exit ${String(code)}`);
      expect(end).toEqual({ how: 'exit', code });
    }
  });

  it.each(['KILL', 'TERM', 'HUP', 'USR1'])(
    'reports a death by SIG%s as a signal, not as a code',
    async (signal) => {
      const { end } = await run(connection, `kill -${signal} $$; sleep 60`);
      expect(end).toEqual({ how: 'signal', signal });
    },
  );

  it('calls a killed connection lost, says why, and keeps what had arrived', async () => {
    const other = await startSshd();
    try {
      const lost = await connectTo(knownOptions(other));
      const why = new Promise<Closed>((resolve) => {
        lost.onClosed(resolve);
      });
      const command = await start(lost, 'echo arrived; sleep 600');
      await command.until('arrived');
      await other.killSessions();
      const { end, stdout } = await command.done;
      expect(stdout.toString()).toBe('arrived\n');
      expect(end.how).toBe('lost');
      expect(end).toMatchObject({ why: (await why).why });
      expect((await why).why).toMatch(/server closed the connection|reset by the other side/);
      expect((await why).side).toBe('there');
      expect(failure(await lost.exec({ command: 'true', onData: () => undefined }))).toMatchObject({
        code: 'network',
      });
      const late = new Promise<Closed>((resolve) => {
        lost.onClosed(resolve);
      });
      expect(await late).toBe(await why);
    } finally {
      await other.stop();
    }
  });

  it('gives up on a host that falls silent, through keep-alives, and says so', async () => {
    const other = await startSshd();
    try {
      const silent = await connectTo(knownOptions(other, { keepAlive: { intervalMs: 3000, count: 4 } }));
      const command = await start(silent, 'echo arrived; sleep 600');
      await command.until('arrived');
      await other.freezeSessions();
      const { end } = await command.done;
      expect(end).toMatchObject({ how: 'lost', why: expect.stringContaining('has not answered') as string });
    } finally {
      await other.thawSessions();
      await other.stop();
    }
  });

  it('resolves as lost when this side gives up on the channel, and delivers what had come', async () => {
    const command = await start(connection, 'echo arrived; sleep 600');
    await command.until('arrived');
    command.channel.close();
    const { end, stdout } = await command.done;
    expect(end).toMatchObject({
      how: 'lost',
      why: expect.stringContaining('closed from this side') as string,
    });
    expect(stdout.toString()).toBe('arrived\n');
    expect((await run(connection, 'echo still here')).stdout.toString()).toBe('still here\n');
  });
});

describe('bytes', () => {
  it('keeps both streams apart and exact, with a reader that pauses', async () => {
    const file = join(server.dir, 'big');
    const bytes = randomBytes(5_000_000);
    await writeFile(file, bytes);
    const command = await start(connection, `cat ${file}; cat ${file} >&2; echo tail`);
    command.channel.pause();
    expect((await run(connection, 'echo other channel')).stdout.toString()).toBe('other channel\n');
    command.channel.resume();
    const { end, stdout, stderr } = await command.done;
    expect(end).toEqual({ how: 'exit', code: 0 });
    expect(hash(stdout)).toBe(hash(Buffer.concat([bytes, Buffer.from('tail\n')])));
    expect(hash(stderr)).toBe(hash(bytes));
  });

  it('delivers all of a big output on a pty', async () => {
    const { end, stdout } = await run(connection, 'seq 700000', { pty: size });
    const expected = Array.from({ length: 700_000 }, (_, i) => `${String(i + 1)}\r\n`).join('');
    expect(end).toEqual({ how: 'exit', code: 0 });
    expect(hash(stdout)).toBe(hash(Buffer.from(expected)));
  });

  it('passes standard input on, to its end', async () => {
    const bytes = randomBytes(3_000_000);
    const command = await start(connection, 'sha256sum');
    command.channel.write(bytes);
    command.channel.endInput();
    const { stdout } = await command.done;
    expect(stdout.toString()).toBe(`${hash(bytes)}  -\n`);
  });

  it('refuses a command too long to send, and stays connected', async () => {
    const refused = failure(
      await connection.exec({ command: `true ${'x'.repeat(400_000)}`, onData: () => undefined }),
    );
    expect(refused).toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('Nothing was sent') as string,
    });
    expect((await run(connection, 'true')).end).toEqual({ how: 'exit', code: 0 });
  });
});

describe('a pty', () => {
  it('takes typing and a new size', async () => {
    const command = await start(connection, 'read a; echo "got $a"; read b; stty size', { pty: size });
    command.channel.write(Buffer.from('one\n'));
    await command.until('got one');
    command.channel.resize({ cols: 132, rows: 43 });
    command.channel.write(Buffer.from('\n'));
    const { end, stdout } = await command.done;
    expect(stdout.toString()).toContain('43 132');
    expect(end).toEqual({ how: 'exit', code: 0 });
  });

  it('interrupts with ^C', async () => {
    const command = await start(connection, 'echo ready; exec sleep 600', { pty: size });
    await command.until('ready');
    command.channel.signal('INT');
    expect((await command.done).end).toEqual({ how: 'signal', signal: 'INT' });
  });

  it('opens a login shell', async () => {
    let seen = '';
    const shell = value(
      await connection.shell(size, (bytes) => {
        seen += Buffer.from(bytes).toString();
      }),
    );
    shell.write(Buffer.from('echo sum $((40+2)); exit 7\n'));
    expect(await shell.ended).toEqual({ how: 'exit', code: 7 });
    expect(seen).toContain('sum 42');
  });
});

it('sends signals through the protocol', async () => {
  const fake = await startFakeServer({
    judge: (request) => {
      request.accept();
    },
  });
  try {
    const open = await connectTo(plainOptions(fake, { knownHosts: [fake.knownHostsFile] }));
    for (const name of ['TERM', 'KILL'] as const) {
      const command = await start(open, 'wait');
      command.channel.signal(name);
      expect((await command.done).end).toEqual({ how: 'signal', signal: name });
    }
    await open.close();
  } finally {
    await fake.stop();
  }
});

it('says what was agreed on', () => {
  expect(connection.facts).toMatchObject({
    address: `${server.user}@127.0.0.1:${String(server.port)}`,
    hostKey: {
      type: 'ssh-ed25519',
      fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/) as string,
    },
    pin: 'known',
    auth: 'publickey (file)',
    kex: expect.stringMatching(/^curve25519-sha256/) as string,
    cipher: 'aes128-gcm@openssh.com',
    server: expect.stringMatching(/^SSH-2\.0-OpenSSH_/) as string,
  });
});

it('says that the host limits sessions when it does, and goes on', async () => {
  const limited = await startSshd({ config: ['MaxSessions 2'] });
  const connection = await connectTo(knownOptions(limited));
  const commands = await Promise.all(Array.from({ length: 2 }, () => start(connection, 'sleep 600')));
  const refused = failure(await connection.exec({ command: 'true', onData: () => undefined }));
  expect(refused).toMatchObject({ code: 'refused', hint: expect.stringContaining('MaxSessions') as string });
  for (const command of commands) command.channel.close();
  await Promise.all(commands.map((command) => command.done));
  await connection.close();
  await limited.stop();
});

it('survives rekeying under load with exact bytes', async () => {
  const other = await startSshd({ rekeyLimit: '1M' });
  try {
    const rekeying = await connectTo(knownOptions(other));
    const { stdout, end } = await run(rekeying, 'head -c 8000000 /dev/zero');
    expect(end).toEqual({ how: 'exit', code: 0 });
    expect(hash(stdout)).toBe(hash(Buffer.alloc(8_000_000)));
    await rekeying.close();
  } finally {
    await other.stop();
  }
});

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
