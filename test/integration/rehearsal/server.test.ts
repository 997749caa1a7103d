/** The SSH server of the rehearsal host: who gets in, what a command sees, and how it ends. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type ClientChannel } from 'ssh2';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeKeys } from '../../../electron/host/rehearsal/keys.ts';
import { startRehearsalHost } from '../../../electron/host/rehearsal/rehearsalHost.ts';
import { alive, assets, collect, connect, exec, seen, startHost, until } from './client.ts';

const pty = { cols: 100, rows: 30, term: 'xterm-256color' };

describe('access', () => {
  test('only the key of this start is let in, and only for its user', async () => {
    const { host } = await startHost();
    const right = await readFile(host.identityFile);
    const wrong = ssh2.utils.generateKeyPairSync('ed25519').private;
    const attempt = (username: string, more: object): Promise<string> =>
      new Promise((resolve) => {
        const client = new ssh2.Client();
        client.once('ready', () => {
          client.end();
          resolve('in');
        });
        client.on('error', (error) => {
          resolve((error as Error & { level?: string }).level ?? error.message);
        });
        client.connect({ host: host.host, port: host.port, username, ...more });
      });
    expect(await attempt(host.user, { privateKey: right })).toBe('in');
    expect(await attempt(host.user, { privateKey: wrong })).toBe('client-authentication');
    expect(await attempt('root', { privateKey: right })).toBe('client-authentication');
    expect(await attempt(host.user, { password: 'ops' })).toBe('client-authentication');
  });

  test('every pair of keys can be read back', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'holdpoint-keys-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    for (let i = 0; i < 600; i++) {
      const keys = await makeKeys(dir);
      for (const text of [keys.host.public, keys.host.private, keys.user.public, keys.user.private]) {
        expect(ssh2.utils.parseKey(text)).not.toBeInstanceOf(Error);
      }
    }
  });

  test('keys are fresh at every start and readable by nobody else', async () => {
    const one = (await startHost()).host;
    const two = (await startHost()).host;
    for (const file of ['identityFile', 'knownHostsFile'] as const) {
      expect(await readFile(one[file], 'utf8')).not.toBe(await readFile(two[file], 'utf8'));
      expect((await stat(one[file])).mode & 0o077).toBe(0);
    }
  });

  test('forwarding is refused', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const error = await new Promise<Error | undefined>((resolve) => {
      client.forwardOut('127.0.0.1', 1, '127.0.0.1', host.port, resolve);
    });
    expect(error).toBeInstanceOf(Error);
  });

  test('a folder that cannot be made is a failure with a hint', async () => {
    const started = await startRehearsalHost({ dir: '/dev/null/none', assets });
    expect(started).toMatchObject({ ok: false, error: { code: 'storage' } });
  });

  test('missing assets are a failure, and nothing is left behind', async () => {
    const { dir } = await startHost();
    const before = await readdir(dir);
    const started = await startRehearsalHost({ dir, assets: join(dir, 'nowhere') });
    expect(started).toMatchObject({ ok: false, error: { code: 'storage' } });
    expect(await readdir(dir)).toEqual(before);
  });
});

describe('commands', () => {
  test('the environment holds nothing of the app', async () => {
    const { host } = await startHost();
    const { stdout } = await exec(await connect(host), 'env');
    const names = stdout
      .toString()
      .split('\n')
      .flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
    const known = ['HOME', 'LANG', 'LOGNAME', 'PATH', 'PWD', 'SHELL', 'SHLVL', 'TMPDIR', 'USER', '_'];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  test('only language variables are taken from the client', async () => {
    const { host } = await startHost();
    const { stdout } = await exec(await connect(host), 'echo "$LC_TIME/$BASH_ENV/$LD_PRELOAD"', {
      env: { LC_TIME: 'C', BASH_ENV: '/x', LD_PRELOAD: '/y' },
    });
    expect(stdout.toString()).toBe('C//\n');
  });

  test('exit status, error output and standard input pass exactly', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const input = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256));
    const echoed = await exec(client, 'cat; echo problem >&2; exit 7', { input });
    expect(echoed.stdout.equals(input)).toBe(true);
    expect(echoed).toMatchObject({ stderr: 'problem\n', code: 7, signal: null });
  });

  test('a signal that ends the command is reported as a signal', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    expect(await exec(client, 'kill -KILL $$')).toMatchObject({ code: null, signal: 'SIGKILL' });
    for (const signal of ['INT', 'TERM', 'KILL']) {
      for (const terminal of [undefined, pty]) {
        const ended = await exec(client, 'echo ready; sleep 600; sleep 600', {
          ...(terminal ? { pty: terminal } : {}),
          opened: (channel) => void seen(channel, 'ready').then(() => channel.signal(signal)),
        });
        expect(ended, `${signal} ${terminal ? 'pty' : 'exec'}`).toMatchObject({
          code: null,
          signal: `SIG${signal}`,
        });
      }
    }
  });

  test('a status above 128 stays a status when nobody sent a signal', async () => {
    const { host } = await startHost();
    expect(await exec(await connect(host), 'exit 143', { pty })).toMatchObject({ code: 143, signal: null });
  });

  test('nothing is lost at the end of the output, with and without a terminal', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const size = 300_000;
    const command = `head -c ${String(size)} /dev/zero | tr '\\0' x; printf END; exit 3`;
    for (let round = 0; round < 100; round++) {
      const [plain, onTerminal] = await Promise.all([exec(client, command), exec(client, command, { pty })]);
      for (const ended of [plain, onTerminal]) {
        expect(ended.stdout.length).toBe(size + 3);
        expect(ended.stdout.subarray(-4).toString()).toBe('xEND');
        expect(ended.code).toBe(3);
      }
    }
  });

  test('a slow reader stalls the command and loses nothing', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const ended = await exec(client, 'seq 1 1500000; echo done >&2', {
      opened: (channel) => {
        channel.pause();
        setTimeout(() => channel.resume(), 200);
      },
    });
    const hash = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
    let wanted = '';
    for (let i = 1; i <= 1_500_000; i++) wanted += `${String(i)}\n`;
    expect(hash(ended.stdout)).toBe(hash(wanted));
    expect(ended).toMatchObject({ stderr: 'done\n', code: 0 });
  });
});

describe('terminal', () => {
  const terminal = (command: string): Promise<string> =>
    startHost()
      .then(({ host }) => connect(host))
      .then((client) => exec(client, command, { pty }))
      .then((ended) => ended.stdout.toString());

  test('has the size and type that were asked for', async () => {
    expect(await terminal('stty size; echo "$TERM"; [ -t 0 ] && [ -t 1 ] && tty')).toMatch(
      /^30 100\r\nxterm-256color\r\n\/dev\/\S+\r\n$/,
    );
  });

  test('follows a change of size, and programs hear of it', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const ended = await exec(
      client,
      `trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.05; done`,
      {
        pty,
        opened: (channel) => void seen(channel, 'ready').then(() => channel.setWindow(41, 132, 0, 0)),
      },
    );
    expect(ended.stdout.toString()).toContain('41 132');
  });

  test('control characters reach the command as keys do', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const ended = await exec(
      client,
      `trap 'echo interrupted; exit 9' INT; echo ready; while :; do sleep 0.05; done`,
      {
        pty,
        opened: (channel) => void seen(channel, 'ready').then(() => channel.write('\u0003')),
      },
    );
    expect(ended.stdout.toString()).toContain('interrupted');
    expect(ended.code).toBe(9);
  });

  test('a login shell reads what is typed, finds the tools first, and says that it is a rehearsal', async () => {
    const { host } = await startHost();
    const client = await connect(host);
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      client.shell(pty, (error, opened) => {
        if (error) reject(error);
        else resolve(opened);
      });
    });
    const ended = collect(channel);
    channel.write('command -v helm; cd /; pwd; exit 5\r');
    const { stdout, code } = await ended;
    expect(stdout.toString()).toContain('REHEARSAL');
    expect(stdout.toString()).toMatch(/\.platform\/bin\/helm\r\n\/\r\n/);
    expect(code).toBe(5);
  });
});

describe('the real ssh', () => {
  const ssh = (
    host: { host: string; port: number; user: string; identityFile: string; knownHostsFile: string },
    ...words: string[]
  ): Promise<{ code: number; stdout: string }> =>
    new Promise((resolve) => {
      const options = ['-F', '/dev/null', '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'];
      const child = execFile(
        'ssh',
        [
          ...options,
          ...['-o', `UserKnownHostsFile=${host.knownHostsFile}`, '-o', 'StrictHostKeyChecking=yes'],
          ...['-i', host.identityFile, '-p', String(host.port)],
          ...[`${host.user}@${host.host}`, ...words],
        ],
        (error, stdout) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout });
        },
      );
      child.stdin?.end();
    });

  test('connects with the pinned host key, runs a wrapped command and gets its status', async () => {
    const { host } = await startHost();
    const script = Buffer.from('set -o pipefail; false | cat; echo "rc $?"; exit 42').toString('base64');
    const wrapped = `exec /bin/bash -c 'eval "$(printf %s ${script} | base64 -d)"'`;
    expect(await ssh(host, wrapped)).toEqual({ code: 42, stdout: 'rc 1\n' });
    const other = (await startHost()).host;
    const mixed = await ssh({ ...host, knownHostsFile: other.knownHostsFile, port: host.port }, 'true');
    expect(mixed.code).toBe(255);
  });
});

describe('ends', () => {
  /** A command that leaves one process in its own group and one in a group of an interactive shell behind. */
  const pids = async (home: string): Promise<number[]> =>
    (await readFile(home, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);

  test('close kills every process and removes the folder', async () => {
    const { host, dir } = await startHost();
    const client = await connect(host);
    const file = join(dir, 'pids');
    void exec(client, `trap '' HUP TERM; echo $$ >>${file}; sleep 600 & echo $! >>${file}; wait`);
    void exec(client, `trap '' HUP TERM; echo $$ >>${file}; set -m; sleep 600 & echo $! >>${file}; wait`, {
      pty,
    });
    await until('four processes', async () => (await pids(file)).length === 4);
    const started = await pids(file);
    expect(started.every(alive)).toBe(true);
    await host.close();
    await until('all gone', () => !started.some(alive));
    expect(await readdir(dir)).toEqual(['pids']);
  });

  test('a terminal that is closed hangs its command up', async () => {
    const { host, dir } = await startHost();
    const client = await connect(host);
    const file = join(dir, 'pids');
    void exec(client, `echo $$ >>${file}; sleep 600; sleep 600`, { pty });
    await until('one process', async () => (await pids(file)).length === 1);
    const started = await pids(file);
    client.destroy();
    await until('gone', () => !started.some(alive));
  });

  test('when the app is killed, nothing of the rehearsal is left', async () => {
    const { dir } = await startHost();
    const file = join(dir, 'pids');
    const inner = join(dir, 'inner');
    const script = `
      import { readFile } from 'node:fs/promises';
      import ssh2 from 'ssh2';
      import { startRehearsalHost } from ${JSON.stringify(join(assets, '../../electron/host/rehearsal/rehearsalHost.ts'))};
      const { value: host } = await startRehearsalHost({ dir: ${JSON.stringify(inner)}, assets: ${JSON.stringify(assets)} });
      const client = new ssh2.Client();
      client.on('ready', () => {
        client.exec('echo $$ >>${file}; sleep 600', () => undefined);
        client.exec('echo $$ >>${file}; sleep 600', { pty: true }, () => undefined);
      });
      client.connect({ host: host.host, port: host.port, username: host.user, privateKey: await readFile(host.identityFile) });
    `;
    const { spawn } = await import('node:child_process');
    const { build } = await import('esbuild');
    const bundle = await build({
      stdin: { contents: script, resolveDir: join(assets, '../..'), loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      write: false,
    });
    const app = spawn(process.execPath, ['--input-type=module', '-e', bundle.outputFiles[0]?.text ?? ''], {
      cwd: join(assets, '../..'),
      stdio: 'inherit',
    });
    await until('two processes', async () => (await pids(file)).length === 2);
    const started = await pids(file);
    app.kill('SIGKILL');
    await until('all gone', () => !started.some(alive));
    await until('folder gone', async () => (await readdir(inner)).length === 0);
  });

  test('reset brings platform, files and faults back and ends what runs', async () => {
    const { host, dir } = await startHost();
    const file = join(dir, 'pids');
    const client = await connect(host);
    const fresh = (await exec(client, 'ls')).stdout.toString();
    await exec(client, 'echo 99 >.platform/state/databases/mazevault/schema_version; echo x >mine');
    await host.setFault('dump-fails', true);
    void exec(client, `echo $$ >>${file}; sleep 600`);
    await until('one process', async () => (await pids(file)).length === 1);
    const started = await pids(file);
    await host.reset();
    await until('gone', () => !started.some(alive));
    expect(host.faults().some((fault) => fault.on)).toBe(false);
    const again = await connect(host);
    const { stdout } = await exec(again, 'cat .platform/state/databases/mazevault/schema_version; ls');
    expect(stdout.toString()).toBe(`46\n${fresh}`);
  });
});
