import { execFile } from 'node:child_process';
import { access, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../../electron/host/connect/connection.ts';
import { prepareHost } from '../../../electron/host/remote/hostSession.ts';
import type { PreparedHost } from '../../../electron/host/remote/hostSession.ts';
import { isAlive, sendSignal } from '../../fixtures/sshd/processes.ts';
import { startSshd } from '../../fixtures/sshd/startSshd.ts';
import type { SshdFixture } from '../../fixtures/sshd/startSshd.ts';
import { connectTo, failure, knownOptions, run, start, value } from '../connect/options.ts';
import type { Ran } from '../connect/options.ts';

let names = 0;
const runId = (): string => `test-${String(process.pid)}-${String((names += 1))}`;

async function step(connection: Connection, host: PreparedHost, command: string, pty = false): Promise<Ran> {
  const wire = value(await host.wrap(command, { carry: true }));
  return run(connection, wire, pty ? { pty: { cols: 80, rows: 24 } } : {});
}

async function gone(path: string): Promise<boolean> {
  return access(path).then(
    () => false,
    () => true,
  );
}

describe.each(['bash', 'dash', 'zsh', 'ksh', 'fish', 'busybox sh'])(
  'with %s as the login shell',
  (loginShell) => {
    let server: SshdFixture;
    let connection: Connection;
    let host: PreparedHost;

    beforeAll(async () => {
      server = await startSshd({ loginShell });
      connection = await connectTo(knownOptions(server));
      host = value(await prepareHost(connection, { runId: runId(), env: { GIVEN: "it's\ngiven" } }));
    });
    afterAll(async () => {
      await host.cleanup();
      await connection.close();
      await server.stop();
    });

    it('finds bash and measures the clock', () => {
      expect(host.shell).toBe('bash');
      expect(host.rttMs).toBeGreaterThan(0);
      expect(Math.abs(host.clockOffsetMs ?? Number.NaN)).toBeLessThan(2000);
    });

    it('runs steps that carry directory and variables', async () => {
      expect((await step(connection, host, "cd /usr; export A='x y'; (exit 3)")).end).toEqual({
        how: 'exit',
        code: 3,
      });
      const { stdout, stderr, end } = await step(
        connection,
        host,
        'pwd; echo "$A|$GIVEN|!\\\\"; echo "$BASH_VERSION" | cut -c1',
      );
      expect(stderr.toString()).toBe('');
      expect(stdout.toString()).toMatch(/^\/usr\nx y\|it's\ngiven\|!\\\n\d\n$/);
      expect(end).toEqual({ how: 'exit', code: 0 });
      expect((await step(connection, host, 'kill -9 $$')).end).toEqual({ how: 'signal', signal: 'KILL' });
    });

    it('shows on a pty what the command prints and nothing else', async () => {
      const { stdout } = await step(connection, host, 'echo one; false | true', true);
      expect(stdout.toString()).toBe('one\r\n');
    });

    it('puts a long command into a file first', async () => {
      const long = `${'# padding\n'.repeat(20_000)}read x || x=none; echo "long $x" # done`;
      const wire = value(await host.wrap(long, { carry: true }));
      expect(wire.length).toBeLessThan(1000);
      expect((await run(connection, wire)).stdout.toString()).toBe('long none\n');
      expect(failure(await host.wrap('x'.repeat(2_000_000), { carry: true })).code).toBe('bad-request');
    });
  },
);

describe('a host', () => {
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

  it('keeps what a run carries over a new connection, and cleans up', async () => {
    const id = runId();
    const first = value(await prepareHost(connection, { runId: id }));
    await step(connection, first, 'cd /usr; export A=1');
    expect((await stat(first.stateDir ?? '')).mode & 0o777).toBe(0o700);
    const again = await connectTo(knownOptions(server));
    const second = value(await prepareHost(again, { runId: id, env: { A: 'not over what is there' } }));
    expect((await step(again, second, 'echo $A; pwd')).stdout.toString()).toBe('1\n/usr\n');
    await second.cleanup();
    await again.close();
    expect(await gone(first.stateDir ?? '')).toBe(true);
    expect((await step(connection, first, 'echo never')).end).toEqual({ how: 'exit', code: 126 });
  });

  it('does not take a folder that is a link of somebody', async () => {
    const id = runId();
    const planted = await mkdtemp(join(tmpdir(), 'planted-'));
    const at = `/dev/shm/holdpoint-${id}`;
    await symlink(planted, at);
    const prepared = value(await prepareHost(connection, { runId: id }));
    expect(prepared.stateDir).not.toBe(at);
    await prepared.cleanup();
    await rm(at);
    await rm(planted, { recursive: true });
  });

  it('signals the process group of a command from a second channel', async () => {
    const prepared = value(await prepareHost(connection, { runId: runId() }));
    const command = await start(
      connection,
      value(await prepared.wrap(`sh -c 'echo up; exec sleep 600' | cat`, { carry: true })),
    );
    await command.until('up');
    expect((await run(connection, prepared.signalCommand('TERM') ?? '')).end).toEqual({
      how: 'exit',
      code: 0,
    });
    expect((await command.done).end).toEqual({ how: 'signal', signal: 'TERM' });
    await prepared.cleanup();
  });

  it('signals nothing that an earlier command has left running', async () => {
    const prepared = value(await prepareHost(connection, { runId: runId() }));
    const wire = value(await prepared.wrap('sleep 600 >/dev/null 2>&1 & echo $!', { carry: true }));
    const service = Number((await run(connection, wire)).stdout.toString());
    // Made ready, but not begun: here a key is pressed the moment a step is sent.
    const next = value(await prepared.wrap(`sh -c 'echo up; exec sleep 600'`, { carry: true }));
    expect((await run(connection, prepared.signalCommand('KILL') ?? '')).end).toEqual({
      how: 'exit',
      code: 1,
    });
    expect(await isAlive(service)).toBe(true);
    const command = await start(connection, next);
    await command.until('up');
    expect((await run(connection, prepared.signalCommand('TERM') ?? '')).end).toEqual({
      how: 'exit',
      code: 0,
    });
    expect((await command.done).end).toEqual({ how: 'signal', signal: 'TERM' });
    sendSignal(service, 'SIGKILL');
    await prepared.cleanup();
  });

  it('says whether anything of an earlier connection was there', async () => {
    const id = runId();
    const first = value(await prepareHost(connection, { runId: id }));
    expect(first.fresh).toBe(true);
    await step(connection, first, 'cd /usr');
    await step(connection, first, 'cd /var');
    const again = value(await prepareHost(connection, { runId: id }));
    expect(again.fresh).toBe(false);
    // The place in turn was cut off; the other one is whole and carries.
    await writeFile(join(again.stateDir ?? '', 'state'), '');
    const half = value(await prepareHost(connection, { runId: id }));
    expect(half.fresh).toBe(false);
    expect((await step(connection, half, 'pwd')).stdout.toString()).toBe('/usr\n');
    await again.cleanup();
    const lost = value(await prepareHost(connection, { runId: id }));
    expect(lost.fresh).toBe(true);
    await lost.cleanup();
    const kept = value(await prepareHost(connection, { runId: id, files: 'forbidden' }));
    expect(kept.fresh).toBe(true);
  });

  it('refuses a variable name that would be code', async () => {
    const refused = failure(await prepareHost(connection, { runId: runId(), env: { 'A=1; touch /x': '' } }));
    expect(refused.code).toBe('bad-request');
  });
});

it.each([
  ['no bash', ['bash'], 'sh'],
  ['no bash and no base64', ['bash', 'base64'], 'sh'],
  ['no base64', ['base64'], 'bash'],
] as const)('works on a host with %s, and says which shell it has', async (_what, missing, shell) => {
  const bin = await mkdtemp(join(tmpdir(), 'bin-'));
  for (const tool of ['bash', 'base64', 'cat', 'wc', 'mv', 'rm', 'mkdir', 'tr', 'date', 'sleep']) {
    if (!(missing as readonly string[]).includes(tool)) await symlink(`/bin/${tool}`, join(bin, tool));
  }
  const server = await startSshd({ config: [`SetEnv HOME=${bin} PATH=${bin}`] });
  try {
    const connection = await connectTo(knownOptions(server));
    const host = value(await prepareHost(connection, { runId: runId() }));
    expect(host.shell).toBe(shell);
    await step(connection, host, 'cd /usr; export A="x y"; exit 3');
    const { stdout, end } = await step(connection, host, 'pwd; echo "$A"; false | true');
    expect(stdout.toString()).toBe('/usr\nx y\n');
    expect(end).toEqual({ how: 'exit', code: shell === 'bash' ? 1 : 0 });
    await host.cleanup();
    await connection.close();
  } finally {
    await server.stop();
    await rm(bin, { recursive: true });
  }
});

it('says what a restricted account answers, and runs nothing', async () => {
  const server = await startSshd({ forceCommand: 'echo This account is not available; exit 1' });
  try {
    const connection = await connectTo(knownOptions(server));
    const refused = failure(await prepareHost(connection, { runId: runId() }));
    expect(refused).toMatchObject({ code: 'unsupported' });
    expect(refused.message).toContain('This account is not available');
    await connection.close();
  } finally {
    await server.stop();
  }
});

it('works on a host whose start-up files print', async () => {
  const server = await startSshd();
  try {
    await promisify(execFile)('sh', [
      '-c',
      `echo 'echo Welcome; echo yes' > ${join(server.dir, 'home', '.bashrc')}`,
    ]);
    const connection = await connectTo(knownOptions(server));
    const host = value(await prepareHost(connection, { runId: runId() }));
    expect(host.shell).toBe('bash');
    await host.cleanup();
    await connection.close();
  } finally {
    await server.stop();
  }
});
