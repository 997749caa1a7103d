/** Where a command begins and ends: the same over every engine, for every login shell, as root and not. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connect, Connection } from '../../../electron/host/connect/connection.ts';
import { prepareHost } from '../../../electron/host/remote/hostSession.ts';
import type { PreparedHost } from '../../../electron/host/remote/hostSession.ts';
import { canHaveAccounts } from '../../fixtures/sshd/privateAccounts.ts';
import { startSshd } from '../../fixtures/sshd/startSshd.ts';
import type { SshdFixture } from '../../fixtures/sshd/startSshd.ts';
import { knownOptions, run, start, value } from '../connect/options.ts';
import type { Ran } from '../connect/options.ts';
import { constructs } from './constructs.ts';

const size = { cols: 80, rows: 24 };
const loginShells = [
  { name: 'bash', path: '/bin/bash' },
  { name: 'dash', path: '/usr/bin/dash' },
  { name: 'busybox', path: 'ash' },
  { name: 'zsh', path: '/usr/bin/zsh' },
  { name: 'ksh93', path: '/usr/bin/ksh93' },
  { name: 'mksh', path: '/usr/bin/mksh' },
  { name: 'fish', path: '/usr/bin/fish' },
] as const;
/** What `useradd` takes for a login shell: a path of one word. */
const others = loginShells.filter(({ path }) => path.startsWith('/'));
const asOthers = await canHaveAccounts();
let runs = 0;

interface Bench {
  readonly server: SshdFixture;
  readonly connection: Connection;
  readonly host: PreparedHost;
}

async function prepared(connect: Connect, server: SshdFixture, user = server.user): Promise<Bench> {
  const connection = value(await connect(knownOptions(server, { user })));
  runs += 1;
  const runId = `boundary-${String(process.pid)}-${String(runs)}`;
  const host = value(await prepareHost(connection, { runId, env: { GIVEN: "it's given" } }));
  return { server, connection, host };
}

async function step({ connection, host }: Bench, command: string, pty = false): Promise<Ran> {
  return run(connection, value(await host.wrap(command, { carry: true })), pty ? { pty: size } : {});
}

function describeConstructs(bench: () => Bench, terminal: boolean): void {
  it.each(constructs)('$name', async ({ command, end, stdout, then }) => {
    const ran = await step(bench(), command);
    expect(ran.stdout.toString()).toBe(stdout);
    if (end === 'not run') {
      expect(ran.end).toEqual({ how: 'exit', code: 126 });
      expect(ran.stderr.toString()).toMatch(/^holdpoint: not run/);
    } else expect(ran.end).toEqual(end);
    if (then !== undefined) expect((await step(bench(), then[0])).stdout.toString()).toBe(then[1]);
  });

  const onTerminal = terminal ? constructs.filter(({ name }) => !name.startsWith('a read')) : [];
  it.each(onTerminal)('$name, on a terminal', async (it) => {
    const ran = await step(bench(), it.command, true);
    if (it.end === 'not run') {
      expect(ran.end).toEqual({ how: 'exit', code: 126 });
      expect(ran.stdout.toString()).toMatch(/^holdpoint: not run/);
      return;
    }
    expect(ran.end).toEqual(it.end);
    // Whatever still runs behind a command goes with its terminal.
    if (it.name.includes('writes later')) expect(ran.stdout.toString()).toMatch(/^one\r\n/);
    else expect(ran.stdout.toString().replaceAll('\r\n', '\n')).toBe(it.stdout);
  });

  it('a question is answered by typing, on a terminal', async () => {
    const { connection, host } = bench();
    const wire = value(await host.wrap('printf "name? "; read x; echo "got $x"; (exit 3)', { carry: true }));
    const asked = await start(connection, wire, { pty: size });
    await asked.until('name? ');
    asked.channel.write(Buffer.from('someone\r'));
    const { end, stdout } = await asked.done;
    expect(end).toEqual({ how: 'exit', code: 3 });
    expect(stdout.toString()).toContain('got someone');
  });

  it('^C ends what runs on a terminal', async () => {
    const { connection, host } = bench();
    const ran = await start(
      connection,
      value(await host.wrap('sh -c "echo up; exec sleep 600"', { carry: true })),
      {
        pty: size,
      },
    );
    await ran.until('up');
    ran.channel.write(Buffer.from([3]));
    expect((await ran.done).end).toEqual({ how: 'signal', signal: 'INT' });
  });

  it.each(['INT', 'TERM', 'KILL'] as const)('%s reaches the whole process group', async (name) => {
    const { connection, host } = bench();
    // A command in a pipeline of a shell without job control ignores no INT, as one in the background would. When the
    // word has come through it, all of it runs: a shell may lose a signal that comes while it starts a command.
    const pipeline = `sh -c 'echo up; exec sleep 600' | cat`;
    const ran = await start(connection, value(await host.wrap(pipeline, { carry: true })));
    await ran.until('up');
    expect((await run(connection, host.signalCommand(name) ?? '')).end).toEqual({ how: 'exit', code: 0 });
    expect((await ran.done).end).toEqual({ how: 'signal', signal: name });
  });

  it('a command of more than 64 KB, and none that is too long', async () => {
    const long = `${'# padding\n'.repeat(20_000)}printf '%s' "it's long" # done`;
    expect((await step(bench(), long)).stdout.toString()).toBe("it's long");
    const edge = `x='${"'\\''\\".repeat(9_000)}'; echo \${#x}`;
    expect((await step(bench(), edge)).stdout.toString()).toBe('18000\n');
    expect((await bench().host.wrap('x'.repeat(1_000_001), { carry: true })).ok).toBe(false);
  });

  it('bytes of every kind come as they are', async () => {
    const octal = Array.from({ length: 256 }, (_, i) => `\\${i.toString(8).padStart(3, '0')}`).join('');
    const { stdout } = await step(bench(), `printf '${octal}'`);
    expect(stdout).toEqual(Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
  });
}

/** Commands that start a shell of another user or host end like any other. */
function describeNested(bench: () => Bench): void {
  it.runIf(process.getuid?.() === 0)('su', async () => {
    const ran = await step(bench(), 'su -s /bin/sh nobody -c "id -un; cd /; export X=1; exit 3"');
    expect(ran.stdout.toString()).toBe('nobody\n');
    expect(ran.end).toEqual({ how: 'exit', code: 3 });
    expect((await step(bench(), 'echo "${X-unset}"')).stdout.toString()).toBe('unset\n');
  });

  it.each([false, true])('ssh to the next host (on a terminal: %s)', async (pty) => {
    const { server } = bench();
    const ssh = `ssh ${pty ? '-tt' : '-T'} -F none -o UserKnownHostsFile=${server.knownHostsFile} -i ${server.clientKeyFile} -p ${String(server.port)} ${server.user}@${server.host}`;
    const ran = await step(bench(), `${ssh} 'echo inner; exit 9' 2>/dev/null`, pty);
    expect(ran.stdout.toString().trim()).toBe('inner');
    expect(ran.end).toEqual({ how: 'exit', code: 9 });
    expect((await step(bench(), `${ssh} 'kill -9 $$' 2>/dev/null`, pty)).end).toEqual({
      how: 'exit',
      code: 255,
    });
  });
}

/** The end of 20 MB, on both streams' ways and with a reader that pauses when it is nearly there. */
function describeOutput(connect: Connect): void {
  describe('20 MB of output', () => {
    let bench: Bench;
    const times = Number(process.env['HOLDPOINT_BOUNDARY_RUNS'] ?? '2');
    const bytes = 20_000_000;
    const text = '123456789\n'.repeat(bytes / 10);
    const hashOf = (all: string): string => createHash('sha256').update(all).digest('hex');

    beforeAll(async () => {
      bench = await prepared(connect, await startSshd());
      await writeFile(join(bench.server.dir, 'big'), text);
    });
    afterAll(async () => {
      await close(bench);
      await bench.server.stop();
    });

    it.each([
      ['without a terminal', false, false],
      ['on a terminal', true, false],
      ['without a terminal, the reader paused at the end', false, true],
      ['on a terminal, the reader paused at the end', true, true],
    ])('is complete %s', async (_name, pty, pauses) => {
      const expected = hashOf(pty ? text.replaceAll('\n', '\r\n') : text);
      const wire = value(await bench.host.wrap(`cat ${join(bench.server.dir, 'big')}`, { carry: true }));
      for (let n = 0; n < times; n += 1) {
        const hash = createHash('sha256');
        let seen = 0;
        let reached = (): void => undefined;
        const nearly = new Promise<void>((resolve) => (reached = resolve));
        const channel = value(
          await bench.connection.exec({
            command: wire,
            ...(pty ? { pty: size } : {}),
            onData: (stream, data) => {
              if (stream === 'stdout') hash.update(data);
              seen += data.byteLength;
              if (seen > bytes * 0.97) reached();
            },
          }),
        );
        if (pauses) {
          await nearly;
          channel.pause();
          // Long enough for the command to have ended: another channel of the host answers meanwhile.
          for (let i = 0; i < 5; i += 1) await run(bench.connection, 'sleep 0.05');
          channel.resume();
        }
        expect(await channel.ended).toEqual({ how: 'exit', code: 0 });
        expect(hash.digest('hex')).toBe(expected);
      }
    });
  });
}

async function close({ host, connection }: Bench): Promise<void> {
  await host.cleanup();
  await connection.close();
}

export function describeBoundary(name: string, connect: Connect): void {
  describe(`over ${name}`, () => {
    describe.runIf(asOthers)('as another user', () => {
      let server: SshdFixture;
      beforeAll(async () => {
        const accounts = others.map(({ name: shell, path }) => ({ name: `u-${shell}`, shell: path }));
        server = await startSshd({ accounts });
      });
      afterAll(async () => {
        await server.stop();
      });

      describe.each(others)('whose login shell is $name', (login) => {
        let bench: Bench;
        beforeAll(async () => {
          bench = await prepared(connect, server, `u-${login.name}`);
        });
        afterAll(() => close(bench));

        it('is found out', () => {
          expect(bench.host).toMatchObject({
            shell: 'bash',
            loginShell: login.name,
            pipefail: true,
            carries: true,
          });
          expect(bench.host.noise).toBe('');
        });
        describeConstructs(() => bench, true);
      });
    });

    describe.each(loginShells)('as whoever runs the tests, with $name', ({ path }) => {
      let bench: Bench;
      beforeAll(async () => {
        const shell = path === 'ash' ? 'busybox ash' : path;
        bench = await prepared(connect, await startSshd({ loginShell: shell }));
      });
      afterAll(async () => {
        await close(bench);
        await bench.server.stop();
      });
      // Everything again on a terminal only where no other account does it.
      describeConstructs(() => bench, path === 'ash' || !asOthers);
      if (path === '/bin/bash') describeNested(() => bench);
    });

    describeOutput(connect);
  });
}
