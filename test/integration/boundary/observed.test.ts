import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../../electron/host/connect/connection.ts';
import { prepareHost } from '../../../electron/host/remote/hostSession.ts';
import type { PreparedHost } from '../../../electron/host/remote/hostSession.ts';
import { createCollector } from '../../../electron/host/runs/collector.ts';
import { startSshd } from '../../fixtures/sshd/startSshd.ts';
import type { SshdFixture } from '../../fixtures/sshd/startSshd.ts';
import { connectTo, failure, knownOptions, plainOptions, run, start, value } from '../connect/options.ts';
import { startDevice } from './device.ts';
import type { Answering } from './device.ts';

let runs = 0;
const runId = (): string => `observed-${String(process.pid)}-${String((runs += 1))}`;

/** What cmd.exe says: it takes `echo`, and knows no `exec`. */
const cmd: Answering = (line) => {
  const [word = '', ...rest] = line.split(' ');
  if (word === 'echo') return { stdout: `${rest.join(' ')}\r\n`, code: 0 };
  if (word === 'ver') return { stdout: 'Microsoft Windows [Version 10.0.20348]\r\n', code: 0 };
  return { stderr: `'${word}' is not recognized as an internal or external command\r\n`, code: 1 };
};
/** A switch: an error points at the place, and there is no exit status. */
const networkSwitch: Answering = (line) =>
  line === 'show clock'
    ? { stdout: '12:00:00.000 UTC Sun Nov 22 2026\r\n' }
    : { stdout: `\r\n% Invalid input detected at '^' marker.\r\n` };
/** A ForceCommand that is content with anything. */
const content: Answering = () => ({ stdout: 'Welcome to the backup service.\n', code: 0 });
/** Something that reads commands, and refuses these two by their names. */
const gitShell: Answering = (line) => ({ stderr: `fatal: unrecognized command '${line}'\n`, code: 128 });

describe.each([
  ['cmd.exe', cmd, 'ver', 'Microsoft Windows'],
  ['a switch', networkSwitch, 'show clock', '12:00:00'],
  ['a forced command', content, 'anything', 'Welcome'],
  ['a shell of few commands', gitShell, 'git-upload-pack x', ''],
])('a host that is %s', (_name, answering, command, answer) => {
  it('is observed: commands go as they are, and nothing is kept', async () => {
    const device = await startDevice(answering);
    try {
      const connection = await connectTo(plainOptions(device, { knownHosts: [device.knownHostsFile] }));
      const host = value(await prepareHost(connection, { runId: runId(), env: { A: '1' } }));
      expect(host).toMatchObject({
        shell: 'none',
        pipefail: false,
        carries: false,
        stateDir: null,
        clockOffsetMs: null,
        startMark: null,
      });
      expect(host.signalCommand('INT')).toBeNull();
      expect(value(await host.liveShell('12'))).toBeNull();
      expect(value(await host.wrap(command, { carry: true }))).toBe(command);
      expect((await run(connection, command)).stdout.toString()).toContain(answer);
      expect(failure(await host.wrap('', { carry: true })).code).toBe('bad-request');
      expect(failure(await host.wrap('x'.repeat(70_000), { carry: true })).code).toBe('bad-request');
      const asked = device.commands.length;
      await host.cleanup();
      expect(device.commands).toHaveLength(asked);
      expect(
        device.commands.filter((line) => !line.startsWith('exec /bin/sh -c ') && !line.startsWith('echo ')),
      ).toEqual([command]);
      await connection.close();
    } finally {
      await device.stop();
    }
  });
});

it.each([
  [
    'nologin',
    'echo This account is currently not available.; exit 1',
    'This account is currently not available',
  ],
  ['a command that fails without a word', 'exit 1', 'exit 1'],
])('%s is a failure that says what was said', async (_name, forceCommand, words) => {
  const server = await startSshd({ forceCommand });
  try {
    const connection = await connectTo(knownOptions(server));
    const refused = failure(await prepareHost(connection, { runId: runId() }));
    expect(refused.code).toBe('unsupported');
    expect(refused.message).toContain(words);
    await connection.close();
  } finally {
    await server.stop();
  }
});

it('an account with a restricted shell is observed', async () => {
  const server = await startSshd({ loginShell: 'bash -r' });
  try {
    const connection = await connectTo(knownOptions(server));
    const host = value(await prepareHost(connection, { runId: runId() }));
    expect(host.shell).toBe('none');
    const { stdout } = await run(connection, value(await host.wrap('echo $((40+2))', { carry: true })));
    expect(stdout.toString()).toBe('42\n');
    await connection.close();
  } finally {
    await server.stop();
  }
});

describe('where no files may be kept on hosts', () => {
  let server: SshdFixture;
  let connection: Connection;
  let host: PreparedHost;
  const id = runId();

  beforeAll(async () => {
    server = await startSshd();
    connection = await connectTo(knownOptions(server));
    host = value(await prepareHost(connection, { runId: id, files: 'forbidden', env: { GIVEN: "it's" } }));
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });
  const step = async (command: string): Promise<string> => {
    const ran = await run(connection, value(await host.wrap(command, { carry: true })));
    return `${ran.stdout.toString()}${ran.stderr.toString()}`;
  };

  it('commands run as ever, but nothing is carried and nothing is left', async () => {
    expect(host).toMatchObject({ shell: 'bash', carries: false, stateDir: null, pipefail: true });
    await step('cd /usr; export A=1');
    expect(await step('echo "${A-unset} $GIVEN"; pwd')).toBe(`unset it's\n${userInfo().homedir}\n`);
    expect(await step("echo 'open")).toMatch(/^holdpoint: not run/);
    for (const place of ['/dev/shm', '/tmp', join(server.dir, 'home')]) {
      expect((await readdir(place)).filter((name) => name.includes(id))).toEqual([]);
    }
  });

  it('signals go through the protocol and the terminal alone', async () => {
    expect(host.signalCommand('TERM')).toBeNull();
    const ran = await start(
      connection,
      value(await host.wrap('sh -c "echo up; exec sleep 600"', { carry: true })),
      {
        pty: { cols: 80, rows: 24 },
      },
    );
    await ran.until('up');
    ran.channel.signal('INT');
    expect((await ran.done).end).toEqual({ how: 'signal', signal: 'INT' });
  });

  it('64 KB can be sent, and no more', async () => {
    const full = `printf %s '${'x'.repeat(65_000)}' | wc -c`;
    expect((await step(full)).trim()).toBe('65000');
    const refused = failure(await host.wrap(`: '${'x'.repeat(140_000)}'`, { carry: true }));
    expect(refused).toMatchObject({ code: 'bad-request' });
    expect(refused.message).toContain('no file may be kept');
  });

  it('the live shells of bash and fish report their prompts all the same', async () => {
    expect(value(await host.liveShell('123'))).toContain('633;D;');
  });
});

it('a host with no place for state carries nothing', async () => {
  const bin = await mkdtemp(join(tmpdir(), 'bin-'));
  for (const tool of ['bash', 'base64', 'cat', 'date', 'tr']) await symlink(`/bin/${tool}`, join(bin, tool));
  // Without mkdir no folder can be made anywhere.
  const server = await startSshd({ config: [`SetEnv HOME=${bin} PATH=${bin}`] });
  try {
    const connection = await connectTo(knownOptions(server));
    const host = value(await prepareHost(connection, { runId: runId() }));
    expect(host).toMatchObject({ carries: false, stateDir: null });
    const { stdout } = await run(connection, value(await host.wrap('echo one', { carry: true })));
    expect(stdout.toString()).toBe('one\n');
    await connection.close();
  } finally {
    await server.stop();
    await rm(bin, { recursive: true });
  }
});

it('what start-up files print is no part of a command, and never meets an expectation', async () => {
  const server = await startSshd({ loginShell: 'bash' });
  try {
    await writeFile(join(server.dir, 'home', '.bashrc'), 'echo "all systems OK"; echo "warned" >&2\n');
    const connection = await connectTo(knownOptions(server));
    const host = value(await prepareHost(connection, { runId: runId() }));
    expect(host.noise).toContain('all systems OK');
    const judged = async (command: string, pty: boolean): Promise<readonly string[]> => {
      const collector = createCollector(undefined, host.startMark);
      const channel = value(
        await connection.exec({
          command: value(await host.wrap(command, { carry: true })),
          ...(pty ? { pty: { cols: 80, rows: 24 } } : {}),
          onData: (stream, bytes) => {
            collector.take(stream, bytes);
          },
        }),
      );
      await channel.ended;
      const { stdout, stderr } = collector.result();
      return [Buffer.from(stdout).toString(), Buffer.from(stderr).toString()];
    };
    expect(await judged('echo one; echo two >&2', false)).toEqual(['one\n', 'two\n']);
    expect(await judged('echo one; echo two >&2', true)).toEqual(['one\r\ntwo\r\n', '']);
    expect((await judged('echo "open', false))[1]).toContain('holdpoint: not run');
    await host.cleanup();
    await connection.close();
  } finally {
    await server.stop();
  }
});
