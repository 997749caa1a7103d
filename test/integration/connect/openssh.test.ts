import { execFile, spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AuthContext } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PromptQuestion } from '../../../electron/contract/prompts.ts';
import type { Closed, Connection, ConnectOptions } from '../../../electron/host/connect/connection.ts';
import { connectOpenssh } from '../../../electron/host/connect/openssh/opensshConnection.ts';
import { makeAuthority, signKey } from '../../fixtures/sshd/certificates.ts';
import { descendantsOf, isAlive, sendSignal } from '../../fixtures/sshd/processes.ts';
import { startFakeServer } from '../../fixtures/sshd/startFakeServer.ts';
import type { FakeServer } from '../../fixtures/sshd/startFakeServer.ts';
import { freePort, makeKey, startSshd } from '../../fixtures/sshd/startSshd.ts';
import type { SshdFixture, SshdOptions } from '../../fixtures/sshd/startSshd.ts';
import { answers, failure, knownOptions, plainOptions, run, start, text, value } from './options.ts';

const exec = promisify(execFile);
const closing: (() => Promise<unknown>)[] = [];
/** Where connections of this test keep their folders: seen to be empty at its end. */
let runtime = '';

beforeEach(async () => {
  runtime = await mkdtemp(join(tmpdir(), 'run-'));
  vi.stubEnv('XDG_RUNTIME_DIR', runtime);
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  expect(await readdir(runtime)).toEqual([]);
  await rm(runtime, { recursive: true });
});

async function sshd(options: SshdOptions = {}): Promise<SshdFixture> {
  const server = await startSshd(options);
  closing.push(() => server.stop());
  return server;
}

async function fake(judge: (request: AuthContext) => void): Promise<FakeServer> {
  const server = await startFakeServer({ judge });
  closing.push(() => server.stop());
  return server;
}

function known(server: SshdFixture, change: Partial<ConnectOptions> = {}): ConnectOptions {
  return knownOptions(server, { configFile: 'none', ...change });
}

function bare(
  server: { readonly host: string; readonly port: number; readonly user: string },
  change: Partial<ConnectOptions> = {},
): ConnectOptions {
  return plainOptions(server, { configFile: 'none', ...change });
}

async function open(options: ConnectOptions): Promise<Connection> {
  const connection = value(await connectOpenssh(options));
  closing.push(() => connection.close());
  return connection;
}

/** A configuration file for these tests. */
async function config(dir: string, ...lines: string[]): Promise<string> {
  const file = join(dir, 'ssh_config');
  await writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}

describe('what is left behind', () => {
  it('is nothing after closing: no process, no folder', async () => {
    const server = await sshd();
    const before = await descendantsOf(process.pid);
    const connection = await open(known(server));
    expect(await readdir(runtime)).toHaveLength(1);
    await connection.close();
    expect(await readdir(runtime)).toEqual([]);
    const numbers = before.map((one) => one.pid);
    // The server is ours too, and the process of its that served the connection ends a moment after it.
    const left = async () => (await descendantsOf(process.pid)).filter((one) => !numbers.includes(one.pid));
    await expect.poll(left, { timeout: 60_000 }).toEqual([]);
  });

  it.each([
    ['ends when told to', false],
    ['hangs and has to be killed', true],
  ])('is nothing when the process that holds it is killed, and ssh %s', async (_how, hangs) => {
    const jump = await sshd();
    const server = await sshd();
    const program = join(server.dir, 'holder.mjs');
    const { build } = await import('esbuild');
    const hop = (one: SshdFixture): string =>
      JSON.stringify({ ...known(one), ask: undefined, keepAlive: { intervalMs: 0, count: 3 } });
    await build({
      stdin: {
        contents: `import { connectOpenssh } from './electron/host/connect/openssh/opensshConnection.ts';
          const ask = async () => ({ kind: 'cancel' });
          const opened = await connectOpenssh({ ...${hop(server)}, jumps: [${hop(jump)}], ask });
          process.stdout.write(opened.ok ? 'open' : JSON.stringify(opened.error));
          setInterval(() => undefined, 1000);`,
        resolveDir: process.cwd(),
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: program,
    });
    const holder = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = holder.pid ?? 0;
    const said = await new Promise<string>((resolve) => {
      holder.stdout.once('data', (chunk: Buffer) => {
        resolve(chunk.toString());
      });
    });
    expect(said).toBe('open');
    const held = await descendantsOf(pid);
    expect(held.filter((one) => one.name === 'ssh').length).toBeGreaterThanOrEqual(2);
    expect(await readdir(runtime)).toHaveLength(2);
    if (hangs) for (const one of held) if (one.name === 'ssh') sendSignal(one.pid, 'SIGSTOP');
    sendSignal(pid, 'SIGKILL');
    await vi.waitFor(
      async () => {
        for (const one of held) expect(await isAlive(one.pid)).toBe(false);
        expect(await readdir(runtime)).toEqual([]);
      },
      { timeout: 60_000 },
    );
  });

  it('is nothing when ssh itself is killed, and the connection says so', async () => {
    const server = await sshd();
    const before = (await descendantsOf(process.pid)).map((one) => one.pid);
    const connection = await open(known(server));
    const closed = new Promise<Closed>((resolve) => {
      connection.onClosed(resolve);
    });
    const command = await start(connection, 'echo arrived; sleep 600');
    await command.until('arrived');
    const own = (await descendantsOf(process.pid)).filter((one) => !before.includes(one.pid));
    for (const one of own) if (one.name === 'ssh') sendSignal(one.pid, 'SIGKILL');
    expect((await command.done).end.how).toBe('lost');
    expect(await closed).toMatchObject({
      side: 'here',
      why: expect.stringContaining('ssh program') as string,
    });
    await vi.waitFor(async () => {
      expect(await readdir(runtime)).toEqual([]);
    });
  });
});

describe('a configuration of the person', () => {
  it('cannot weaken trust, forward, run anything here or share the connection', async () => {
    const server = await sshd();
    const ran = join(server.dir, 'ran-here');
    const file = await config(
      server.dir,
      'Host *',
      'BatchMode yes',
      'StrictHostKeyChecking no',
      'UserKnownHostsFile /dev/null',
      `GlobalKnownHostsFile ${server.knownHostsFile}`,
      'NoHostAuthenticationForLocalhost yes',
      'ForwardAgent yes',
      `LocalForward 127.0.0.1:${String(await freePort())} 127.0.0.1:1`,
      'ExitOnForwardFailure yes',
      'PermitLocalCommand yes',
      `LocalCommand touch ${ran}`,
      'RemoteCommand touch remote',
      'RequestTTY force',
      `ControlPath ${join(server.dir, 'shared')}`,
      'ControlPersist yes',
      'LogLevel QUIET',
      'VisualHostKey yes',
      'HashKnownHosts yes',
      'User nobody-else',
      'Port 1',
    );
    const fresh = join(server.dir, 'fresh');
    const { ask, asked } = answers({ 'trust-host': () => ({ kind: 'trust', remember: true }) });
    const connection = await open(known(server, { configFile: file, knownHosts: [fresh], ask }));
    expect(asked.map((question) => question.kind)).toEqual(['trust-host']);
    expect(connection.facts.kex).not.toBe('');
    expect((await run(connection, 'echo "${SSH_AUTH_SOCK-none}"')).stdout.toString()).toBe('none\n');
    await expect(access(ran)).rejects.toThrow();
    await expect(access(join(server.dir, 'shared'))).rejects.toThrow();
    expect(await readFile(fresh, 'utf8')).toContain(`[127.0.0.1]:${String(server.port)} ssh-ed25519`);
  });

  it('names the host: an alias is evaluated, what was decided wins', async () => {
    const server = await sshd();
    const file = await config(
      server.dir,
      'IgnoreUnknown UseKeychain',
      'UseKeychain yes',
      'Host db-alias',
      '  HostName 192.0.2.1',
      '  Ciphers aes256-ctr,aes128-cbc',
      'Host *',
      '  Ciphers aes128-ctr',
    );
    const connection = await open(known(server, { configFile: file, alias: 'db-alias' }));
    expect(connection.facts.cipher).toBe('aes256-ctr');
  });

  it('that allows only old cryptography is refused before anything is sent', async () => {
    const server = await sshd();
    const file = await config(server.dir, 'Host *', 'Ciphers aes128-cbc,3des-cbc');
    expect(failure(await connectOpenssh(known(server, { configFile: file })))).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('aes128-cbc') as string,
      hint: expect.stringContaining('legacy') as string,
    });
    expect(server.log()).not.toContain('Connection from');
  });

  it('that is broken is named by file and line', async () => {
    const server = await sshd();
    const file = await config(server.dir, 'Host *', '  NoSuchThing yes');
    const refused = failure(await connectOpenssh(known(server, { configFile: file })));
    expect(refused.code).toBe('bad-request');
    expect(refused.message).toContain(`${file}: line 2`);
  });

  it('keeps its ProxyCommand, with nothing of this environment that is not allowed', async () => {
    const server = await sshd();
    vi.stubEnv('NODE_OPTIONS', '--no-warnings');
    vi.stubEnv('SECRET_TOKEN', 'planted');
    const seen = join(server.dir, 'environment');
    const relay = join(server.dir, 'relay');
    await writeFile(
      relay,
      `#!/bin/sh\nenv >${seen}\nexec ssh -F none -o UserKnownHostsFile=${server.knownHostsFile} -i ${server.clientKeyFile} -p "$2" -W "$1:$2" 127.0.0.1\n`,
      { mode: 0o755 },
    );
    const file = await config(server.dir, 'Host *', `  ProxyCommand ${relay} %h %p`);
    const connection = await open(known(server, { configFile: file }));
    expect((await run(connection, 'echo through')).stdout.toString()).toBe('through\n');
    const environment = await readFile(seen, 'utf8');
    expect(environment).not.toMatch(/NODE_OPTIONS|SECRET_TOKEN|planted|LD_PRELOAD/);
  });

  it('says what a ProxyCommand that fails has said', async () => {
    const server = await sshd();
    const file = await config(server.dir, 'Host *', `  ProxyCommand sh -c 'echo no VPN today >&2; exit 1'`);
    const refused = failure(await connectOpenssh(known(server, { configFile: file })));
    expect(refused).toMatchObject({
      code: 'network',
      message: expect.stringMatching(/ProxyCommand.*no VPN today/) as string,
    });
  });

  it("shows a question of a ProxyCommand's own ssh as text, and gives the answer to it alone", async () => {
    const jump = await sshd();
    const server = await sshd();
    const file = await config(
      server.dir,
      'Host *',
      `  ProxyCommand ssh -F none -o UserKnownHostsFile=${join(jump.dir, 'mine')} -i ${jump.clientKeyFile} -p ${String(jump.port)} -W %h:%p 127.0.0.1`,
    );
    const asked: PromptQuestion[] = [];
    const connection = await open(
      known(server, {
        configFile: file,
        ask: (_address, question) => {
          asked.push(question);
          return Promise.resolve(text('yes'));
        },
      }),
    );
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      kind: 'keyboard-interactive',
      instruction: expect.stringContaining(`[127.0.0.1]:${String(jump.port)}`) as string,
    });
    expect((await run(connection, 'echo through')).stdout.toString()).toBe('through\n');
  });
});

describe('names and paths', () => {
  it('with spaces and per cent signs reach ssh as they are', async () => {
    const server = await sshd();
    const dir = join(server.dir, 'my keys 100%h');
    await mkdir(dir);
    const key = join(dir, 'id %u');
    await writeFile(key, await readFile(server.clientKeyFile), { mode: 0o600 });
    const hosts = join(dir, 'known hosts');
    await writeFile(hosts, `${server.hostKeyLine}\n`);
    const connection = await open(known(server, { identityFiles: [key], knownHosts: [hosts] }));
    expect(connection.facts.pin).toBe('known');
  });

  it.each([
    [{ host: 'a b' }, 'host'],
    [{ host: '-oProxyCommand=touch' }, 'host'],
    [{ alias: '-F/dev/null' }, 'name'],
    [{ user: 'root;id' }, 'user'],
    [{ identityFiles: ['/tmp/"x'] }, 'path'],
    [{ agentSocket: '/tmp/${HOME}' }, 'path'],
  ] as const)('that ssh cannot take are refused: %j', async (change, what) => {
    const refused = failure(
      await connectOpenssh(bare({ host: '127.0.0.1', port: 1, user: 'nobody' }, change)),
    );
    expect(refused).toMatchObject({ code: 'bad-request', message: expect.stringContaining(what) as string });
  });
});

describe('a host that cannot be reached', () => {
  const nobody = { host: '127.0.0.1', user: 'nobody' };

  it('says refused for a closed port', async () => {
    const refused = failure(await connectOpenssh(bare({ ...nobody, port: await freePort() })));
    expect(refused).toMatchObject({
      code: 'network',
      message: expect.stringContaining('refused the connection') as string,
    });
  });

  it('says so for a name without an address', async () => {
    const refused = failure(await connectOpenssh(bare({ ...nobody, host: 'nowhere.invalid', port: 22 })));
    expect(refused.code).toBe('network');
    expect(refused.message).toMatch(/has no address|could not be looked up/);
  });

  it.each([
    ['says nothing', '', /within 4 s while waiting for the SSH identification/],
    ['stops after its identification', 'SSH-2.0-Silent\r\n', /within 4 s while agreeing on keys/],
  ])('times out on a server that %s', async (_what, greeting, message) => {
    const port = await listen((socket) => socket.write(greeting));
    const refused = failure(await connectOpenssh(bare({ ...nobody, port }, { timeoutMs: 4000 })));
    expect(refused.code).toBe('network');
    expect(refused.message).toMatch(message);
  });

  it('says that the other end is no SSH server', async () => {
    const port = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const refused = failure(await connectOpenssh(bare({ ...nobody, port })));
    expect(refused).toMatchObject({
      code: 'network',
      hint: expect.stringContaining('not be an SSH server') as string,
    });
  });

  it('stops when it is cancelled before it has begun', async () => {
    const server = await sshd();
    const aborted = AbortSignal.abort();
    expect(failure(await connectOpenssh(known(server, { signal: aborted }))).code).toBe('cancelled');
    expect(server.log()).not.toContain('Connection from');
  });
});

describe('thinking time', () => {
  it('does not count, whatever the limit of the network is', async () => {
    const server = await sshd();
    const options = known(server, {
      knownHosts: [],
      timeoutMs: 5000,
      ask: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5500));
        return { kind: 'trust', remember: false };
      },
    });
    const connection = await open(options);
    expect(connection.facts.pin).toBe('accepted');
  });

  it('that outlasts the patience of the server ends in a clear failure', async () => {
    const server = await sshd();
    const options = known(server, {
      knownHosts: [],
      ask: async () => {
        await server.killSessions();
        return { kind: 'trust', remember: true };
      },
    });
    const refused = failure(await connectOpenssh(options));
    expect(refused).toMatchObject({
      code: 'network',
      message: expect.stringContaining('closed the connection') as string,
      hint: expect.stringContaining('Servers end an unfinished login') as string,
    });
  });

  it('that ends without an answer, because nobody can be asked, ends the attempt', async () => {
    const server = await sshd();
    const ask = (): Promise<never> => Promise.reject(new Error('no page is open'));
    const refused = failure(await connectOpenssh(known(server, { knownHosts: [], ask })));
    expect(refused).toMatchObject({ code: 'internal', message: expect.stringContaining('asked') as string });
    expect(server.log()).not.toMatch(/Accepted|Failed/);
  });
});

describe('a server that chooses its words', () => {
  const imitations = [
    "Enter passphrase for key 'KEY': ",
    "tester@127.0.0.1's password: ",
    'Enter PIN for ED25519-SK key KEY: ',
    "The authenticity of host 'x' can't be established.\nED25519 key fingerprint is SHA256:x.\nAre you sure you want to continue connecting (yes/no/[fingerprint])? ",
    '\u001b[2J\u202egnissap\u0007',
    '',
  ];

  it.each(imitations)(
    'has them shown in its box, never taken for a question of this desk: %j',
    async (words) => {
      const asked: PromptQuestion[] = [];
      const server = await fake((request) => {
        if (request.method !== 'keyboard-interactive') {
          request.reject(['keyboard-interactive']);
          return;
        }
        request.prompt([{ prompt: words.replace('KEY', key), echo: false }], (given) => {
          if (given[0] === 'typed by the person') request.accept();
          else request.reject([]);
        });
      });
      const key = join(server.dir, 'locked');
      await makeKey(key, 'ed25519', 'the passphrase');
      await open(
        bare(server, {
          knownHosts: [server.knownHostsFile],
          identityFiles: [key],
          ask: (_address, question) => {
            asked.push(question);
            return Promise.resolve(text('typed by the person'));
          },
        }),
      );
      expect(asked.map((question) => question.kind)).toEqual(['keyboard-interactive']);
      expect(JSON.stringify(asked)).not.toMatch(/\\u001b|\\u0007|\u202e/);
    },
  );
});

describe('vouched-for keys', () => {
  it('of another type than the host shows first are asked for', async () => {
    const server = await sshd({ hostKeyTypes: ['ed25519', 'ecdsa', 'rsa'] });
    const prints = await Promise.all(
      server.hostKeyFiles.map(
        async (file) => (await exec('ssh-keygen', ['-lf', file])).stdout.split(' ')[1] ?? '',
      ),
    );
    for (const [index, type] of [
      [2, 'ssh-rsa'],
      [1, 'ecdsa-sha2-nistp256'],
    ] as const) {
      const connection = await open(known(server, { pins: [prints[index] ?? ''] }));
      expect(connection.facts).toMatchObject({
        pin: 'pinned',
        hostKey: { type, fingerprint: prints[index] },
      });
    }
    const refused = failure(await connectOpenssh(known(server, { pins: ['SHA256:none'] })));
    expect(refused).toMatchObject({
      code: 'trust',
      message: expect.stringContaining(prints[0] ?? '?') as string,
    });
    expect(server.log()).not.toContain('Failed');
  });
});

describe('certificates', () => {
  it('that have run out are refused by the host, and the hint says so', async () => {
    const made = await sshd();
    const ca = await makeAuthority(join(made.dir, 'ca'));
    const server = await sshd({ config: [`TrustedUserCAKeys ${ca.file}.pub`, 'AuthorizedKeysFile none'] });
    const key = join(server.dir, 'user');
    await makeKey(key, 'ed25519');
    await exec('ssh-keygen', [
      '-q',
      '-s',
      ca.file,
      '-I',
      'old',
      '-n',
      server.user,
      '-V',
      '20200101:20200102',
      key,
    ]);
    const options = known(server, { identityFiles: [key], certificateFiles: [`${key}-cert.pub`] });
    const refused = failure(await connectOpenssh(options));
    expect(refused).toMatchObject({ code: 'auth', hint: expect.stringContaining('certificate') as string });
  });

  it('of a host that have run out are told as such, not asked about as a new host', async () => {
    const made = await sshd();
    const ca = await makeAuthority(join(made.dir, 'ca'));
    const key = join(made.dir, 'host-key');
    await makeKey(key, 'ed25519');
    await exec('ssh-keygen', [
      '-q',
      '-s',
      ca.file,
      '-h',
      '-I',
      'old',
      '-n',
      '127.0.0.1',
      '-V',
      '20200101:20200102',
      key,
    ]);
    const server = await sshd({ hostKeyFiles: [key], config: [`HostCertificate ${key}-cert.pub`] });
    const authorities = join(server.dir, 'authorities');
    await writeFile(authorities, `@cert-authority * ${ca.line}\n`);
    const { ask, asked } = answers();
    const refused = failure(await connectOpenssh(known(server, { knownHosts: [authorities], ask })));
    expect(refused).toMatchObject({
      code: 'trust',
      message: expect.stringMatching(/certificate.*expired/) as string,
    });
    expect(asked).toEqual([]);
    expect(server.log()).not.toMatch(/Accepted|Failed/);
  });

  it('are named as what let us in', async () => {
    const made = await sshd();
    const ca = await makeAuthority(join(made.dir, 'ca'));
    const server = await sshd({ config: [`TrustedUserCAKeys ${ca.file}.pub`, 'AuthorizedKeysFile none'] });
    const key = join(server.dir, 'user');
    await makeKey(key, 'ed25519');
    const certificate = await signKey(ca, key, 'user', [server.user]);
    const connection = await open(known(server, { identityFiles: [key], certificateFiles: [certificate] }));
    expect(connection.facts.auth).toBe('publickey (certificate, file)');
  });
});

describe('folders', () => {
  it('are made elsewhere when programs may not run in the first', async () => {
    const server = await sshd();
    const blocked = join(server.dir, 'blocked');
    await mkdir(blocked);
    await writeFile(join(blocked, 'file'), '');
    vi.stubEnv('XDG_RUNTIME_DIR', join(blocked, 'file'));
    const connection = await open(known(server));
    expect((await run(connection, 'true')).end).toEqual({ how: 'exit', code: 0 });
  });
});

/** A plain TCP server; returns its port. */
async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined).resume();
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
