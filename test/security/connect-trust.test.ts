import { execFile } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type { PromptAnswer } from '../../electron/contract/prompts.ts';
import { connectSsh2 } from '../../electron/host/connect/ssh2/ssh2Connection.ts';
import { startAgent } from '../fixtures/sshd/startAgent.ts';
import { startFakeServer } from '../fixtures/sshd/startFakeServer.ts';
import type { FakeServer } from '../fixtures/sshd/startFakeServer.ts';
import { makeKey, startSshd } from '../fixtures/sshd/startSshd.ts';
import type { SshdFixture, SshdOptions } from '../fixtures/sshd/startSshd.ts';
import {
  answers,
  connectTo,
  failure,
  knownOptions,
  plainOptions,
  run,
  text,
} from '../integration/connect/options.ts';

const exec = promisify(execFile);
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function sshd(options: SshdOptions = {}): Promise<SshdFixture> {
  const server = await startSshd(options);
  closing.push(() => server.stop());
  return server;
}

/** A server that would take any proof of identity, and notes what it gets. */
async function honeypot(): Promise<FakeServer> {
  const server = await startFakeServer({
    judge: (request) => {
      if (request.method === 'none') request.reject(['publickey', 'password', 'keyboard-interactive']);
      else request.accept();
    },
  });
  closing.push(() => server.stop());
  return server;
}

/** Everything a client could give away. */
async function temptations(server: FakeServer) {
  const agent = await startAgent();
  closing.push(() => agent.stop());
  const plain = join(server.dir, 'plain');
  const locked = join(server.dir, 'locked');
  await makeKey(plain, 'ed25519');
  await makeKey(locked, 'ed25519', 'secret');
  await agent.add(plain);
  return { identityFiles: [locked, plain], agentSocket: agent.socket };
}

describe('before the host key is trusted', () => {
  it('nothing of a login leaves, nobody is asked for a secret, and nothing is accepted by itself', async () => {
    const server = await honeypot();
    let answer: (value: PromptAnswer) => void = () => undefined;
    const asked: string[] = [];
    const connecting = connectSsh2(
      plainOptions(server, {
        ...(await temptations(server)),
        knownHosts: [join(server.dir, 'none')],
        // Far shorter than the person thinks: only network time counts.
        timeoutMs: 5000,
        ask: (_address, question) => {
          asked.push(question.kind);
          if (question.kind !== 'trust-host') return Promise.resolve({ kind: 'cancel' });
          return new Promise((resolve) => {
            answer = resolve;
            announce();
          });
        },
      }),
    );
    let announce: () => void = () => undefined;
    await new Promise<void>((resolve) => (announce = resolve));
    // KEXINIT and the key exchange request only: without NEWKEYS no later packet is possible.
    expect(server.clearPackets).toEqual([20, 30]);
    expect(asked).toEqual(['trust-host']);
    expect(server.requests).toEqual([]);
    answer({ kind: 'trust', remember: false });
    const connected = await connecting;
    expect(connected.ok && connected.value.facts.pin).toBe('accepted');
    expect(server.requests[0]).toBe('none');
    if (connected.ok) await connected.value.close();
  });

  it.each([{ kind: 'cancel' }, text('yes')] as const)(
    'an answer that is no trust ends it: %o',
    async (refusal) => {
      const server = await honeypot();
      const knownHosts = [join(server.dir, 'none')];
      const { ask } = answers({ 'trust-host': () => refusal });
      const refused = failure(
        await connectSsh2(plainOptions(server, { ...(await temptations(server)), knownHosts, ask })),
      );
      expect(['trust', 'cancelled']).toContain(refused.code);
      expect(refused.message).toMatch(/SHA256:\S+\) was not confirmed\. Nothing was sent/);
      expect(server.clearPackets).not.toContain(21);
      expect(server.requests).toEqual([]);
      await expect(stat(knownHosts[0] ?? '')).rejects.toThrow('ENOENT');
    },
  );

  it('a changed key stops, with both fingerprints, the line and the remedy, without a question', async () => {
    const server = await honeypot();
    const other = await makeKey(join(server.dir, 'other'), 'ed25519');
    const name = `[127.0.0.1]:${String(server.port)}`;
    await writeFile(server.knownHostsFile, `# comment\n\n${name} ${other}\n`);
    const asking = answers({ 'trust-host': () => ({ kind: 'trust', remember: true }) });
    const options = plainOptions(server, {
      ...(await temptations(server)),
      knownHosts: [server.knownHostsFile],
      ask: asking.ask,
    });
    const refused = failure(await connectSsh2(options));
    const print = async (file: string) =>
      (await exec('ssh-keygen', ['-lf', file])).stdout.split(' ')[1] ?? '?';
    expect(refused.code).toBe('trust');
    expect(refused.message).toContain('HAS CHANGED');
    expect(refused.message).toContain(await print(join(server.dir, 'host')));
    expect(refused.message).toContain(await print(join(server.dir, 'other')));
    expect(refused.message).toContain(`${server.knownHostsFile}:3`);
    expect(refused.hint).toContain(`ssh-keygen -R '${name}' -f ${server.knownHostsFile}`);
    expect(asking.asked).toEqual([]);
    expect(server.clearPackets).not.toContain(21);
    expect(server.requests).toEqual([]);
  });

  it('a revoked key stops even when it is listed as known', async () => {
    const server = await honeypot();
    await writeFile(
      server.knownHostsFile,
      `${server.hostKeyLine}\n@revoked * ${server.hostKeyLine.split(' ').slice(1).join(' ')}\n`,
    );
    const asking = answers({ 'trust-host': () => ({ kind: 'trust', remember: true }) });
    const refused = failure(
      await connectSsh2(plainOptions(server, { knownHosts: [server.knownHostsFile], ask: asking.ask })),
    );
    expect(refused).toMatchObject({
      code: 'trust',
      message: expect.stringContaining(`${server.knownHostsFile}:2`) as string,
    });
    expect(asking.asked).toEqual([]);
    expect(server.clearPackets).not.toContain(21);
  });

  it('a key type that is not on file stops when another one is', async () => {
    const server = await honeypot();
    const rsa = await makeKey(join(server.dir, 'rsa'), 'rsa');
    await writeFile(server.knownHostsFile, `[127.0.0.1]:${String(server.port)} ${rsa}\n`);
    const refused = failure(await connectSsh2(plainOptions(server, { knownHosts: [server.knownHostsFile] })));
    expect(refused).toMatchObject({
      code: 'trust',
      message: expect.stringContaining('of a type that is not on file') as string,
    });
    expect(server.clearPackets).not.toContain(21);
  });

  it('a host that only a certificate authority vouches for is refused with the reason', async () => {
    const server = await honeypot();
    await writeFile(
      server.knownHostsFile,
      `@cert-authority * ${server.hostKeyLine.split(' ').slice(1).join(' ')}\n`,
    );
    const refused = failure(await connectSsh2(plainOptions(server, { knownHosts: [server.knownHostsFile] })));
    expect(refused).toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('system ssh') as string,
    });
    expect(server.requests).toEqual([]);
  });

  it('an unreadable known_hosts stops', async () => {
    const server = await honeypot();
    const refused = failure(await connectSsh2(plainOptions(server, { knownHosts: [server.dir] })));
    expect(refused).toMatchObject({ code: 'trust', message: expect.stringContaining('EISDIR') as string });
    expect(server.clearPackets).toEqual([]);
  });

  it('a server that hangs up while a person thinks is reported; a late answer does no harm', async () => {
    const server = await honeypot();
    let late: (value: PromptAnswer) => void = () => undefined;
    const connecting = connectSsh2(
      plainOptions(server, {
        ask: () => {
          server.cut();
          return new Promise((resolve) => (late = resolve));
        },
      }),
    );
    expect(failure(await connecting)).toMatchObject({
      code: 'network',
      message: expect.stringContaining('confirmed') as string,
    });
    late({ kind: 'trust', remember: true });
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('an accepted key', () => {
  it.each([
    ['into a new file', undefined, false],
    [
      'after a last line without a line break',
      'example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOmB0jOmkuJ7JYgb4nKVzZp5h8p7cLzA2cL3mbk1Y2Yp',
      false,
    ],
    ['hidden, where the other names are', undefined, true],
  ])('is written %s so that ssh itself takes it', async (_what, before, hashed) => {
    const server = await sshd();
    const file = join(server.dir, 'new', 'known_hosts');
    const given = hashed ? join(server.dir, 'hashed') : file;
    if (before !== undefined) {
      await exec('mkdir', ['-p', join(server.dir, 'new')]);
      await writeFile(file, before);
    }
    if (hashed) {
      await writeFile(
        given,
        'example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOmB0jOmkuJ7JYgb4nKVzZp5h8p7cLzA2cL3mbk1Y2Yp\n',
        { mode: 0o600 },
      );
      await exec('ssh-keygen', ['-H', '-f', given]);
    }
    const { ask, asked } = answers({ 'trust-host': () => ({ kind: 'trust', remember: true }) });
    const connection = await connectTo(knownOptions(server, { knownHosts: [given], ask }));
    expect(asked).toMatchObject([
      { kind: 'trust-host', file: given, fingerprint: connection.facts.hostKey.fingerprint },
    ]);
    await connection.close();
    const content = await readFile(given, 'utf8');
    if (before !== undefined) expect(content.startsWith(`${before}\n`)).toBe(true);
    else if (!hashed) expect((await stat(given)).mode & 0o777).toBe(0o600);
    expect(content.endsWith('\n')).toBe(true);
    expect(content.includes('127.0.0.1')).toBe(!hashed);
    const { stdout } = await exec('ssh', [
      ...['-F', 'none', '-p', String(server.port), '-i', server.clientKeyFile, '-o', 'BatchMode=yes'],
      ...[
        '-o',
        `UserKnownHostsFile=${given}`,
        '-o',
        'GlobalKnownHostsFile=none',
        '-o',
        'StrictHostKeyChecking=yes',
      ],
      ...[`${server.user}@${server.host}`, 'echo in'],
    ]);
    expect(stdout).toBe('in\n');
    const again = await connectTo(knownOptions(server, { knownHosts: [given] }));
    expect(again.facts.pin).toBe('known');
    await again.close();
  });

  it('is not written when the person did not want that', async () => {
    const server = await sshd();
    const file = join(server.dir, 'unwritten');
    const { ask } = answers({ 'trust-host': () => ({ kind: 'trust', remember: false }) });
    await (await connectTo(knownOptions(server, { knownHosts: [file], ask }))).close();
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('that cannot be written stops before the login', async () => {
    const server = await honeypot();
    const { ask } = answers({ 'trust-host': () => ({ kind: 'trust', remember: true }) });
    const refused = failure(
      await connectSsh2(plainOptions(server, { knownHosts: ['/dev/full/known_hosts'], ask })),
    );
    expect(refused).toMatchObject({
      code: 'storage',
      hint: expect.stringContaining('this connection only') as string,
    });
    expect(server.requests).toEqual([]);
  });
});

describe('a known host', () => {
  it('is known by hashed entries of ssh-keygen, and by each of its key types', async () => {
    const server = await sshd({ hostKeyTypes: ['ed25519', 'ecdsa', 'rsa'] });
    for (const [index, type] of ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-rsa'].entries()) {
      await writeFile(server.knownHostsFile, `${server.hostKeyLines[index] ?? ''}\n`, { mode: 0o600 });
      await exec('ssh-keygen', ['-H', '-f', server.knownHostsFile]);
      expect(await readFile(server.knownHostsFile, 'utf8')).toMatch(/^\|1\|/);
      const connection = await connectTo(knownOptions(server));
      expect(connection.facts).toMatchObject({ pin: 'known', hostKey: { type } });
      const { stdout } = await exec('ssh-keygen', ['-lf', server.hostKeyFiles[index] ?? '']);
      expect(stdout).toContain(` ${connection.facts.hostKey.fingerprint} `);
      await connection.close();
    }
  });

  it('keeps its key through a rekey', async () => {
    const server = await sshd({ rekeyLimit: '100K' });
    const connection = await connectTo(knownOptions(server));
    expect((await run(connection, 'head -c 1000000 /dev/zero')).stdout.length).toBe(1_000_000);
    await connection.close();
  });

  it('that offers only outdated cryptography is refused with words', async () => {
    const outdated = await startFakeServer({
      judge: (request) => {
        request.accept();
      },
      algorithms: { hmac: ['hmac-sha1'], cipher: ['aes128-ctr'] },
    });
    closing.push(() => outdated.stop());
    const refused = failure(
      await connectSsh2(plainOptions(outdated, { knownHosts: [outdated.knownHostsFile] })),
    );
    expect(refused).toMatchObject({ code: 'unsupported', hint: expect.stringContaining('SHA-1') as string });
    expect(outdated.requests).toEqual([]);
    await rm(outdated.knownHostsFile);
  });
});
