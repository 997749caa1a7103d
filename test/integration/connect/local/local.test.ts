/** Commands on this computer, with and without a terminal: every byte, the real end, and nothing left running. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { CommandChannel, Connection } from '../../../../electron/host/connect/connection.ts';
import { connectLocal } from '../../../../electron/host/connect/local/localConnection.ts';
import { localEnvironment } from '../../../../electron/host/connect/local/localEnvironment.ts';
import { MarkCutter } from '../../../../electron/host/connect/local/markCutter.ts';
import { plainOptions, run, start, value } from '../options.ts';

const SIZE = { cols: 80, rows: 24 };
const nowhere = plainOptions({ host: 'localhost', port: 0, user: '' });

async function here(): Promise<Connection> {
  const connection = value(await connectLocal(nowhere));
  onTestFinished(() => connection.close());
  return connection;
}

/** Whether a process is there; a zombie nobody has waited for yet is not. */
async function runs(pid: string): Promise<boolean> {
  const { stdout } = await run(await here(), `ps -o stat= -p ${pid} | grep -v Z; true`);
  return stdout.toString().trim() !== '';
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

describe('a command on this computer', () => {
  it('has its output apart and its own exit status', async () => {
    const connection = await here();
    const ran = await run(connection, 'printf "a\\0b"; printf err >&2; exit 3');
    expect(ran.end).toEqual({ how: 'exit', code: 3 });
    expect(ran.stdout).toEqual(Buffer.from('a\0b'));
    expect(ran.stderr.toString()).toBe('err');
  });

  it.each([undefined, SIZE])(
    'tells a signal from an exit that looks like one (terminal: %j)',
    async (size) => {
      const connection = await here();
      const pty = size === undefined ? {} : { pty: size };
      expect((await run(connection, 'kill -9 $$', pty)).end).toEqual({ how: 'signal', signal: 'KILL' });
      expect((await run(connection, 'exit 137', pty)).end).toEqual({ how: 'exit', code: 137 });
      expect((await run(connection, 'no-such-command-anywhere', pty)).end).toEqual({
        how: 'exit',
        code: 127,
      });
    },
  );

  it.each([undefined, SIZE])('reads no start-up file of the account (terminal: %j)', async (size) => {
    const home = await mkdtemp(join(tmpdir(), 'hp-start-up-'));
    onTestFinished(() => rm(home, { recursive: true, force: true }));
    await writeFile(join(home, '.bashrc'), 'echo started-up; sleep 600\n');
    vi.stubEnv('HOME', home);
    const ran = await run(await here(), 'echo mine', size === undefined ? {} : { pty: size });
    expect(ran.stdout.toString().trim()).toBe('mine');
  });

  it('reads what is written to it, and its end', async () => {
    const connection = await here();
    const started = await start(connection, 'cat; echo over');
    started.channel.write(Buffer.from('one\n'));
    await started.until('one');
    started.channel.write(Buffer.from('two\n'));
    started.channel.endInput();
    expect((await started.done).stdout.toString()).toBe('one\ntwo\nover\n');
  });

  it('takes signals with everything it has started', async () => {
    const connection = await here();
    const started = await start(connection, 'sleep 300 & echo $!; wait');
    await started.until('\n');
    const pid = started.stdout().toString().trim();
    started.channel.signal('TERM');
    expect((await started.done).end).toEqual({ how: 'signal', signal: 'TERM' });
    await until(async () => !(await runs(pid)));
  });

  it('is refused when it is too long for a command line, before anything runs', async () => {
    const connection = await here();
    const refused = await connection.exec({ command: `: ${'x'.repeat(3_000_000)}`, onData: () => undefined });
    expect(refused).toMatchObject({ ok: false, error: { code: 'refused', kept: 'Nothing was run.' } });
    expect((await run(connection, 'true')).end).toEqual({ how: 'exit', code: 0 });
  });

  it('does not get the secrets of this app', () => {
    const env = localEnvironment(
      {
        PATH: '/bin',
        LC_ALL: 'C',
        NODE_OPTIONS: '--x',
        ELECTRON_RUN_AS_NODE: '1',
        LD_PRELOAD: '/x',
        GITHUB_TOKEN: 't',
        TERM: 'dumb',
      },
      'xterm-256color',
    );
    expect(env).toEqual({ PATH: '/bin', LC_ALL: 'C', TERM: 'xterm-256color' });
  });
});

describe('a command on a terminal of this computer', () => {
  it('is the leader of a session with that terminal', async () => {
    const connection = await here();
    const ran = await run(
      connection,
      'test -t 0 && test -t 2 && tty && ps -o pid= -o sid= -o tpgid= -p $$; stty size',
      {
        pty: { cols: 91, rows: 17 },
      },
    );
    const [tty, ids, size] = ran.stdout.toString().trim().split('\r\n');
    expect(tty).toMatch(/^\/dev\//);
    expect(new Set((ids ?? '').trim().split(/\s+/)).size).toBe(1);
    expect(size).toBe('17 91');
  });

  it('feels Ctrl+C, a new size and the end of input', async () => {
    const connection = await here();
    const script =
      "trap 'stty size' WINCH; trap 'echo caught' INT; echo ready; while read -r line; do echo got $line; done; echo end";
    const started = await start(connection, `bash -c "${script.replaceAll('$', '\\$')}"`, { pty: SIZE });
    await started.until('ready');
    started.channel.resize({ cols: 100, rows: 40 });
    started.channel.write(Buffer.from('x\n'));
    await started.until('got x');
    expect(started.stdout().toString()).toContain('40 100');
    started.channel.endInput();
    expect((await started.done).stdout.toString()).toContain('end');
    const sleeper = await start(connection, 'echo go; sleep 300', { pty: SIZE });
    await sleeper.until('go');
    sleeper.channel.write(Uint8Array.of(3));
    expect((await sleeper.done).end).toMatchObject({ how: 'signal', signal: 'INT' });
  });

  it('ends with all of its output also when it was stopped with Ctrl+S', async () => {
    const connection = await here();
    const started = await start(connection, 'echo before; sleep 300; echo never', { pty: SIZE });
    await started.until('before');
    started.channel.write(Uint8Array.of(0x13));
    started.channel.signal('KILL');
    expect((await started.done).end).toEqual({ how: 'signal', signal: 'KILL' });
  });

  it('is not held up by what it leaves running', async () => {
    const connection = await here();
    const ran = await run(connection, 'nohup sleep 300 >/dev/null 2>&1 & echo $!', { pty: SIZE });
    expect(ran.end).toEqual({ how: 'exit', code: 0 });
    process.kill(Number(ran.stdout.toString().trim()), 'SIGKILL');
  });

  it('takes a long paste without holding anything up, and none of it twice', async () => {
    const connection = await here();
    const started = await start(connection, 'stty raw -echo; echo ready; head -c 1000000 | cksum', {
      pty: SIZE,
    });
    await started.until('ready');
    const paste = randomBytes(1_000_000);
    started.channel.write(paste);
    const plain = await start(connection, 'cksum');
    plain.channel.write(paste);
    plain.channel.endInput();
    const sum = (await plain.done).stdout.toString().trim();
    expect(sum).toMatch(/^\d+ 1000000$/);
    expect((await started.done).stdout.toString()).toContain(sum);
  });
});

describe('20 MB on a terminal', () => {
  const MEGABYTES = 20;
  let dir: string;
  let file: string;
  let digest: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'holdpoint-local-'));
    file = join(dir, 'data');
    const data = Buffer.from(randomBytes((MEGABYTES * 1_000_000 * 3) / 4).toString('base64'));
    digest = createHash('sha256').update(data).digest('hex');
    await writeFile(file, data);
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  /** Digest of all that came until the end. */
  async function digestOf(connection: Connection, hold: (channel: CommandChannel) => void): Promise<string> {
    const hash = createHash('sha256');
    const held: { channel?: CommandChannel } = {};
    const command = `cat ${file}`;
    const channel = value(
      await connection.exec({
        command,
        pty: SIZE,
        onData: (_stream, bytes) => {
          hash.update(bytes);
          if (held.channel !== undefined) hold(held.channel);
        },
      }),
    );
    held.channel = channel;
    expect(await channel.ended).toEqual({ how: 'exit', code: 0 });
    return hash.digest('hex');
  }

  it('arrives to the byte, 5 times of 5', async () => {
    const connection = await here();
    for (let n = 0; n < 5; n += 1) expect(await digestOf(connection, () => undefined)).toBe(digest);
  });

  it('arrives to the byte when the reader stands still again and again', async () => {
    const connection = await here();
    let chunks = 0;
    const seen = await digestOf(connection, (channel) => {
      chunks += 1;
      if (chunks % 200 !== 0) return;
      channel.pause();
      setTimeout(() => {
        channel.resume();
      }, 3);
    });
    expect(seen).toBe(digest);
  });

  it('is complete when the reader stood still while the command ended', async () => {
    const connection = await here();
    // Less than a terminal holds: the command ends although nobody reads.
    const pieces: Buffer[] = [];
    const channel = value(
      await connection.exec({
        command: 'seq 400',
        pty: SIZE,
        onData: (_stream, bytes) => {
          pieces.push(Buffer.from(bytes));
        },
      }),
    );
    channel.pause();
    let ended = false;
    void channel.ended.then(() => {
      ended = true;
    });
    // Another command takes longer than the first one needs to end.
    await run(connection, 'sleep 1');
    expect(ended).toBe(false);
    channel.resume();
    expect(await channel.ended).toEqual({ how: 'exit', code: 0 });
    const lines = Buffer.concat(pieces).toString().trim().split('\r\n');
    expect(lines).toHaveLength(400);
    expect(lines.at(-1)).toBe('400');
  });
});

describe('the mark behind the output', () => {
  it('is taken out wherever the chunks are cut, and only from when it is expected', () => {
    const mark = Buffer.from('<<MARK>>');
    const text = Buffer.from('a<<MARK>>b<<MA<<<MARK>>later');
    for (let size = 1; size <= text.length; size += 1) {
      const got: Buffer[] = [];
      const cutter = new MarkCutter((bytes) => got.push(Buffer.from(bytes)));
      cutter.push(Buffer.from('x<<MARK>>'));
      void cutter.expect(mark);
      const tail = text.subarray(10);
      for (let at = 0; at < tail.length; at += size) cutter.push(tail.subarray(at, at + size));
      expect(Buffer.concat(got).toString()).toBe('x<<MARK>><<MA<');
    }
  });
});

describe('the shell and the connection', () => {
  it('is a login shell that can be typed into', async () => {
    const connection = await here();
    let seen = '';
    let look: () => void = () => undefined;
    const shell = value(
      await connection.shell(SIZE, (bytes) => {
        seen += Buffer.from(bytes).toString();
        look();
      }),
    );
    shell.write(Buffer.from('echo $((20+3)) $0\r'));
    await new Promise<void>((resolve) => {
      look = () => {
        if (seen.includes('23 ')) resolve();
      };
      look();
    });
    shell.write(Buffer.from('exit 4\r'));
    expect(await shell.ended).toEqual({ how: 'exit', code: 4 });
  });

  it('ends everything that still runs when it is closed, and says so once', async () => {
    const connection = value(await connectLocal(nowhere));
    expect(connection.facts).toMatchObject({ engine: 'local', pin: 'none', via: [] });
    expect(await connection.alive(10)).toBe(true);
    const stubborn = await start(connection, 'trap "" HUP; echo $$; sleep 300; sleep 300', { pty: SIZE });
    await stubborn.until('\n');
    const pid = stubborn.stdout().toString().trim();
    const told: unknown[] = [];
    connection.onClosed((closed) => told.push(closed));
    await connection.close();
    await connection.close();
    expect(told).toEqual([{ side: 'here', why: 'closed by this app' }]);
    expect(await stubborn.channel.ended).toMatchObject({ how: 'lost' });
    await until(async () => !(await runs(pid)));
    expect(await connection.alive(10)).toBe(false);
    expect(await connection.exec({ command: 'true', onData: () => undefined })).toMatchObject({ ok: false });
    connection.onClosed((closed) => told.push(closed));
    expect(told).toHaveLength(2);
  });

  it.each([
    ['on a terminal', { pty: SIZE }],
    ['without one', {}],
  ])('does not take what a command makes of being hung up for its end, %s', async (_how, how) => {
    const connection = value(await connectLocal(nowhere));
    const willing = await start(connection, "trap 'exit 0' HUP; echo here; sleep 300 & wait", how);
    await willing.until('here');
    await connection.close();
    expect((await willing.done).end).toMatchObject({ how: 'lost' });
  });

  it('gives a channel up at once, and its command is hung up', async () => {
    const connection = await here();
    const started = await start(connection, 'echo $$; exec sleep 300');
    await started.until('\n');
    started.channel.close();
    expect((await started.done).end).toMatchObject({ how: 'lost' });
    await until(async () => !(await runs(started.stdout().toString().trim())));
  });

  it('has no subsystems, and does not open when it is not wanted any more', async () => {
    const connection = await here();
    expect(await connection.subsystem('sftp', () => undefined)).toMatchObject({
      ok: false,
      error: { code: 'unsupported' },
    });
    const signal = AbortSignal.abort();
    expect(await connectLocal({ ...nowhere, signal })).toMatchObject({
      ok: false,
      error: { code: 'cancelled' },
    });
  });
});
