import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Closed, Connection } from '../../../../electron/host/connect/connection.ts';
import { startSshd } from '../../../fixtures/sshd/startSshd.ts';
import type { SshdFixture } from '../../../fixtures/sshd/startSshd.ts';
import { failure, run, start, value } from '../options.ts';
import type { Bench } from './bench.ts';

const size = { cols: 80, rows: 24 };
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function describeCommands(bench: Bench): void {
  describe('a command', () => {
    let server: SshdFixture;
    let connection: Connection;
    beforeAll(async () => {
      server = await startSshd({ config: ['Subsystem echo /bin/cat'] });
      connection = value(await bench.connect(bench.options(server)));
    });
    afterAll(async () => {
      await connection.close();
      await server.stop();
    });

    it('ends with the code that the host sends', async () => {
      for (const code of [0, 1, 2, 126, 127, 128, 130, 254, 255]) {
        expect((await run(connection, `exit ${String(code)}`)).end).toEqual({ how: 'exit', code });
      }
    });

    it.each(['KILL', 'TERM', 'HUP', 'USR1'])('that dies by SIG%s ends by that signal', async (signal) => {
      const { end } = await run(connection, `kill -${signal} $$; sleep 60`);
      expect(end).toEqual({ how: 'signal', signal });
    });

    it('keeps its two outputs apart and exact', async () => {
      const { stdout, stderr, end } = await run(connection, 'echo out; echo err >&2; printf "no newline"');
      expect([stdout.toString(), stderr.toString()]).toEqual(['out\nno newline', 'err\n']);
      expect(end).toEqual({ how: 'exit', code: 0 });
    });

    it('delivers 20 MB byte for byte, also to a reader that pauses, also at the end', async () => {
      const file = join(server.dir, 'big');
      const bytes = randomBytes(20_000_000);
      await writeFile(file, bytes);
      for (const pauses of [false, true, false, true, true]) {
        const command = await start(connection, `cat ${file}; printf tail`);
        if (pauses) {
          command.channel.pause();
          // What the host has sent by now waits; other channels go on.
          expect((await run(connection, 'echo other')).stdout.toString()).toBe('other\n');
          command.channel.resume();
        }
        const { end, stdout } = await command.done;
        expect(end).toEqual({ how: 'exit', code: 0 });
        expect(hash(stdout)).toBe(hash(Buffer.concat([bytes, Buffer.from('tail')])));
      }
    });

    it('that is over while its reader pauses still delivers all, and ends only then', async () => {
      const command = await start(connection, 'seq 20000; echo tail >&2; exit 3');
      command.channel.pause();
      expect((await run(connection, 'true')).end).toEqual({ how: 'exit', code: 0 });
      command.channel.resume();
      // What had come when the end was told: all of it.
      const { end, stdout, stderr } = await command.done;
      expect(end).toEqual({ how: 'exit', code: 3 });
      expect(stdout.toString()).toBe(Array.from({ length: 20_000 }, (_, i) => `${String(i + 1)}\n`).join(''));
      expect(stderr.toString()).toBe('tail\n');
    });

    it('reads its input to the end', async () => {
      const bytes = randomBytes(3_000_000);
      const command = await start(connection, 'sha256sum');
      command.channel.write(bytes);
      command.channel.endInput();
      expect((await command.done).stdout.toString()).toBe(`${hash(bytes)}  -\n`);
    });

    it('on a pty has its size, is told of a new one, and is interrupted by ^C', async () => {
      const sized = await start(connection, 'stty size; read a; stty size', { pty: size });
      await sized.until('24 80');
      sized.channel.resize({ cols: 132, rows: 43 });
      sized.channel.write(Buffer.from('\n'));
      expect((await sized.done).stdout.toString()).toContain('43 132');
      const long = await start(connection, 'echo ready; exec sleep 600', { pty: size });
      await long.until('ready');
      long.channel.signal('INT');
      expect((await long.done).end).toEqual({ how: 'signal', signal: 'INT' });
    });

    it('can be a login shell', async () => {
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

    it('can be a subsystem of the server', async () => {
      const bytes = randomBytes(100_000);
      const chunks: Buffer[] = [];
      const channel = value(
        await connection.subsystem('echo', (stream, data) => {
          if (stream === 'stdout') chunks.push(Buffer.from(data));
        }),
      );
      channel.write(bytes);
      channel.endInput();
      expect(await channel.ended).toEqual({ how: 'exit', code: 0 });
      expect(hash(Buffer.concat(chunks))).toBe(hash(bytes));
      expect(failure(await connection.subsystem('nonsense', () => undefined)).code).toBe('refused');
      expect((await run(connection, 'echo on')).stdout.toString()).toBe('on\n');
    });

    it('given up from this side is lost, and the connection goes on', async () => {
      const command = await start(connection, 'echo arrived; sleep 600');
      await command.until('arrived');
      command.channel.close();
      const { end, stdout } = await command.done;
      expect(end.how).toBe('lost');
      expect(stdout.toString()).toBe('arrived\n');
      expect((await run(connection, 'echo on')).stdout.toString()).toBe('on\n');
    });

    it('that is too long to send is refused and harms nothing', async () => {
      const long = await connection.exec({ command: `: ${'x'.repeat(400_000)}`, onData: () => undefined });
      expect(failure(long).code).toBe('bad-request');
      expect((await run(connection, 'true')).end).toEqual({ how: 'exit', code: 0 });
    });
  });

  describe('a connection', () => {
    it.each([
      ['10M 5', 40_000_000],
      ['1M', 8_000_000],
    ])('survives rekeying under load (RekeyLimit %s) with exact bytes', async (rekeyLimit, bytes) => {
      const server = await bench.sshd({ rekeyLimit });
      const connection = await bench.open(bench.options(server));
      const { stdout, end } = await run(connection, `head -c ${String(bytes)} /dev/zero; printf tail`);
      expect(end).toEqual({ how: 'exit', code: 0 });
      expect(hash(stdout)).toBe(hash(Buffer.concat([Buffer.alloc(bytes), Buffer.from('tail')])));
    });

    it('that the host closes mid-command says which side and why; nothing more can be run', async () => {
      const server = await bench.sshd();
      const connection = await bench.open(bench.options(server));
      const closed = new Promise<Closed>((resolve) => {
        connection.onClosed(resolve);
      });
      const command = await start(connection, 'echo arrived; sleep 600');
      await command.until('arrived');
      await server.killSessions();
      const { end, stdout } = await command.done;
      expect(end.how).toBe('lost');
      expect(stdout.toString()).toBe('arrived\n');
      expect((await closed).side).toBe('there');
      expect((await closed).why).not.toBe('');
      expect(await connection.alive(1000)).toBe(false);
      expect(failure(await connection.exec({ command: 'true', onData: () => undefined })).code).toBe(
        'network',
      );
      const late = new Promise<Closed>((resolve) => {
        connection.onClosed(resolve);
      });
      expect(await late).toEqual(await closed);
    });

    it.each([
      ['on a terminal', { pty: { cols: 80, rows: 24 } }],
      ['without one', {}],
    ])('that is closed here ends its commands as lost, whatever they make of it, %s', async (_how, how) => {
      const server = await bench.sshd();
      const connection = await bench.open(bench.options(server));
      const command = await start(connection, "trap 'exit 0' HUP PIPE; echo arrived; sleep 600 & wait", how);
      await command.until('arrived');
      const closing = connection.close();
      expect((await command.done).end.how).toBe('lost');
      await closing;
    });

    it('knows whether the host still answers', async () => {
      const server = await bench.sshd();
      const connection = await bench.open(bench.options(server));
      expect(await connection.alive(60_000)).toBe(true);
      await server.freezeSessions();
      expect(await connection.alive(300)).toBe(false);
      await server.thawSessions();
      expect(await connection.alive(60_000)).toBe(true);
    });

    it('that goes dead is given up by keep-alives', async () => {
      const server = await bench.sshd();
      // Long enough that a host which is only slow is not given up before it is frozen.
      const keepAlive = { intervalMs: 3000, count: 4 };
      const connection = await bench.open(bench.options(server, { keepAlive }));
      const closed = new Promise<Closed>((resolve) => {
        connection.onClosed(resolve);
      });
      await server.freezeSessions();
      expect(await closed).toMatchObject({ side: 'network', why: expect.stringMatching(/answer/) as string });
    });

    it('closed from here says so', async () => {
      const server = await bench.sshd();
      const connection = await bench.open(bench.options(server));
      const closed = new Promise<Closed>((resolve) => {
        connection.onClosed(resolve);
      });
      await connection.close();
      expect((await closed).side).toBe('here');
      await connection.close();
    });

    it('that may have no more sessions says so, and goes on', async () => {
      const server = await bench.sshd({ config: ['MaxSessions 2'] });
      const connection = await bench.open(bench.options(server));
      const running = [await start(connection, 'sleep 600'), await start(connection, 'sleep 600')];
      const refused = failure(await connection.exec({ command: 'true', onData: () => undefined }));
      expect(refused).toMatchObject({
        code: 'refused',
        hint: expect.stringContaining('MaxSessions') as string,
      });
      for (const command of running) command.channel.close();
      await Promise.all(running.map((command) => command.done));
    });
  });
}
