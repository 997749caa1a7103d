import { execFile } from 'node:child_process';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AuthContext, KeyboardAuthContext } from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import type { PromptQuestion } from '../../../electron/contract/prompts.ts';
import type { Ask } from '../../../electron/host/connect/connection.ts';
import { connectSsh2 } from '../../../electron/host/connect/ssh2/ssh2Connection.ts';
import { makeAuthority, signKey } from '../../fixtures/sshd/certificates.ts';
import { startAgent } from '../../fixtures/sshd/startAgent.ts';
import { startFakeServer } from '../../fixtures/sshd/startFakeServer.ts';
import type { FakeServer } from '../../fixtures/sshd/startFakeServer.ts';
import { freePort, makeKey, startSshd } from '../../fixtures/sshd/startSshd.ts';
import type { SshdFixture, SshdOptions } from '../../fixtures/sshd/startSshd.ts';
import { answers, connectTo, failure, knownOptions, plainOptions, run, text } from './options.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
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

async function agentWith(...files: string[]): Promise<string> {
  const agent = await startAgent();
  closing.push(() => agent.stop());
  for (const file of files) await agent.add(file);
  return agent.socket;
}

describe('keys', () => {
  it.each(['ed25519', 'ecdsa', 'rsa'] as const)(
    'logs in with an %s key from a file and from an agent',
    async (type) => {
      const server = await sshd({ clientKeyType: type });
      const byFile = await connectTo(knownOptions(server));
      expect(byFile.facts.auth).toBe('publickey (file)');
      await byFile.close();
      const agentSocket = await agentWith(server.clientKeyFile);
      const byAgent = await connectTo(knownOptions(server, { identityFiles: [], agentSocket }));
      expect(byAgent.facts.auth).toBe('publickey (agent)');
      expect((await run(byAgent, 'echo in')).stdout.toString()).toBe('in\n');
      await byAgent.close();
    },
  );

  it('finds the right key behind wrong ones, agent first', async () => {
    const server = await sshd();
    const wrong = [join(server.dir, 'wrong1'), join(server.dir, 'wrong2')];
    for (const file of wrong) await makeKey(file, 'ed25519');
    const agentSocket = await agentWith(...wrong);
    const identityFiles = [join(server.dir, 'not-there'), ...wrong, server.clientKeyFile];
    const connection = await connectTo(knownOptions(server, { agentSocket, identityFiles }));
    expect(connection.facts.auth).toBe('publickey (file)');
    await connection.close();
    // Two from the agent; the files with the same keys are not offered again; then the right one.
    expect(server.log().match(/Failed publickey/g)?.length).toBe(2);
  });

  it('unlocks an encrypted key, asking again after a wrong passphrase', async () => {
    const server = await sshd();
    await promisify(execFile)('ssh-keygen', [
      '-q',
      '-p',
      '-P',
      '',
      '-N',
      'right',
      '-f',
      server.clientKeyFile,
    ]);
    const { ask, asked } = answers({ passphrase: (_question, n) => text(n === 0 ? 'wrong' : 'right') });
    const connection = await connectTo(knownOptions(server, { ask }));
    await connection.close();
    expect(asked).toEqual([
      { kind: 'passphrase', file: server.clientKeyFile, again: false },
      { kind: 'passphrase', file: server.clientKeyFile, again: true },
    ]);
  });

  it('gives up a key after three wrong passphrases and says so', async () => {
    const server = await sshd();
    await promisify(execFile)('ssh-keygen', [
      '-q',
      '-p',
      '-P',
      '',
      '-N',
      'right',
      '-f',
      server.clientKeyFile,
    ]);
    const { ask, asked } = answers({ passphrase: () => text('wrong') });
    const refused = failure(await connectSsh2(knownOptions(server, { ask })));
    expect(asked).toHaveLength(3);
    expect(refused).toMatchObject({
      code: 'auth',
      message: expect.stringContaining('passphrase was wrong 3 times') as string,
    });
  });

  it('does not ask for the passphrase of a key that the agent has shown already', async () => {
    const server = await sshd();
    const other = join(server.dir, 'other');
    await makeKey(other, 'ed25519');
    const agentSocket = await agentWith(other);
    await promisify(execFile)('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'right', '-f', other]);
    const { ask, asked } = answers();
    failure(await connectSsh2(knownOptions(server, { ask, agentSocket, identityFiles: [other] })));
    expect(asked).toEqual([]);
  });

  it('says of each key file why it cannot be used', async () => {
    const server = await sshd();
    const file = (name: string) => join(server.dir, name);
    const keygen = (...args: string[]) => promisify(execFile)('ssh-keygen', ['-q', ...args]);
    await keygen('-t', 'ecdsa', '-m', 'PKCS8', '-N', 'passphrase', '-f', file('pkcs8-locked'));
    await keygen('-t', 'ecdsa', '-m', 'PKCS8', '-N', '', '-f', file('pkcs8'));
    await keygen(
      '-t',
      'ed25519',
      '-Z',
      'chacha20-poly1305@openssh.com',
      '-N',
      'passphrase',
      '-f',
      file('chacha'),
    );
    await makeKey(file('ca'), 'ed25519');
    await makeKey(file('open'), 'ed25519');
    await keygen('-s', file('ca'), '-I', 'id', '-n', 'root', file('open.pub'));
    await chmod(file('open'), 0o644);
    await writeFile(file('noise'), 'not a key', { mode: 0o600 });
    await writeFile(file('sk'), skKeyFile(), { mode: 0o600 });
    const names = [
      'pkcs8-locked',
      'pkcs8',
      'chacha',
      'open',
      'open.pub',
      'open-cert.pub',
      'noise',
      'sk',
      'missing',
    ];
    await chmod(file('open.pub'), 0o600);
    await chmod(file('open-cert.pub'), 0o600);
    const { ask, asked } = answers();
    const refused = failure(await connectSsh2(knownOptions(server, { ask, identityFiles: names.map(file) })));
    expect(asked).toEqual([]);
    expect(refused.code).toBe('unsupported');
    expect(refused.message).toContain('No login was tried');
    for (const [name, why] of [
      ['pkcs8-locked', 'is an encrypted PKCS#8 key'],
      ['pkcs8', 'is a PKCS#8 key'],
      ['chacha', 'is encrypted with chacha20-poly1305@openssh.com'],
      ['open', 'other accounts can read it (mode 644)'],
      ['open.pub', 'is a public key'],
      ['open-cert.pub', 'is a certificate'],
      ['noise', 'cannot be used as a private key'],
      ['sk', 'is a FIDO security key'],
    ]) {
      expect(refused.message).toContain(`${file(name ?? '')}: ${why ?? ''}`);
    }
    expect(refused.message).not.toContain('missing');
    expect(server.log()).not.toContain('Failed publickey');
  });

  it('names what was tried and what the server asks for', async () => {
    const server = await sshd();
    const wrong = join(server.dir, 'wrong');
    await makeKey(wrong, 'ed25519');
    const refused = failure(
      await connectSsh2(knownOptions(server, { identityFiles: [wrong], agentSocket: '/nowhere/agent' })),
    );
    expect(refused.code).toBe('auth');
    expect(refused.message).toContain(`tried: key ${wrong}`);
    expect(refused.message).toContain('asks for: publickey');
    expect(refused.message).toContain('The agent at /nowhere/agent does not answer');
  });

  it('says at once that the agent holds only what the system ssh can use', async () => {
    const server = await sshd();
    const key = join(server.dir, 'certified');
    await makeKey(key, 'ed25519');
    const ca = await makeAuthority(join(server.dir, 'ca'));
    await signKey(ca, key, 'user', ['root']);
    const agentSocket = await agentWith(key);
    // ssh-add loads key and certificate; only the certificate stays.
    await promisify(execFile)('ssh-add', ['-q', '-d', '-k', key], {
      env: { ...process.env, SSH_AUTH_SOCK: agentSocket },
    });
    const refused = failure(await connectSsh2(knownOptions(server, { identityFiles: [], agentSocket })));
    expect(refused).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('1 certificate') as string,
      hint: expect.stringContaining('system ssh') as string,
    });
    expect(server.log()).not.toContain('Failed publickey');
  });

  it('says that a host takes only what the system ssh can do', async () => {
    const server = await fake((request) => {
      request.reject(['gssapi-with-mic', 'hostbased'] as never);
    });
    const refused = failure(await connectSsh2(plainOptions(server, { knownHosts: [server.knownHostsFile] })));
    expect(refused).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('gssapi-with-mic, hostbased') as string,
    });
    expect(server.requests).toEqual(['none']);
  });

  it('tells what the server said, cleaned and bounded', async () => {
    const banner = join(tmpdir(), `banner-${String(process.pid)}`);
    await writeFile(banner, `\u001b[2JClosed for maintenance\n${'x'.repeat(5000)}`);
    closing.push(() => rm(banner));
    const server = await sshd({ config: [`Banner ${banner}`] });
    const refused = failure(await connectSsh2(knownOptions(server, { identityFiles: [] })));
    expect(refused.message).toContain('Closed for maintenance');
    expect(refused.message).not.toContain('\u001b');
    expect(refused.message.length).toBeLessThan(1000);
  });

  it('explains a server that has had too many keys', async () => {
    const server = await sshd({ config: ['MaxAuthTries 2'] });
    const files = ['a', 'b', 'c'].map((name) => join(server.dir, name));
    for (const file of files) await makeKey(file, 'ed25519');
    const refused = failure(await connectSsh2(knownOptions(server, { identityFiles: files })));
    expect(refused).toMatchObject({ code: 'auth', hint: expect.stringContaining('Too many keys') as string });
  });
});

describe('signatures of RSA keys', () => {
  /** A server that lets every key in and notes the digest of each signature. */
  async function noting(): Promise<{ server: FakeServer; digests: (string | undefined)[]; key: string }> {
    const digests: (string | undefined)[] = [];
    const server = await startFakeServer({
      silentOnSignatures: true,
      judge: (request) => {
        if (request.method !== 'publickey') request.reject(['publickey']);
        else {
          if (request.signature !== undefined) digests.push(request.hashAlgo);
          request.accept();
        }
      },
    });
    closing.push(() => server.stop());
    const key = join(server.dir, 'rsa');
    await makeKey(key, 'rsa');
    return { server, digests, key };
  }

  it('are never SHA-1, though the server does not say what it takes; a legacy profile may', async () => {
    const { server, digests, key } = await noting();
    const options = { knownHosts: [server.knownHostsFile], identityFiles: [key] };
    await (await connectTo(plainOptions(server, options))).close();
    expect(digests).toEqual(['sha256']);
    const agentSocket = await agentWith(key);
    await (await connectTo(plainOptions(server, { ...options, identityFiles: [], agentSocket }))).close();
    expect(digests).toEqual(['sha256', 'sha256']);
    await (await connectTo(plainOptions(server, { ...options, legacy: 'a switch of 2012' }))).close();
    expect(digests[2]).not.toBe('sha256');
  });
});

describe('passwords and questions', () => {
  const onlyPassword = (request: AuthContext): void => {
    if (request.method === 'password' && request.password === 'right') request.accept();
    else request.reject(['password']);
  };

  it('asks for a password only when it is offered, and again when it was wrong', async () => {
    const server = await fake(onlyPassword);
    const { ask, asked } = answers({ password: (_question, n) => text(n === 0 ? 'wrong' : 'right') });
    const connection = await connectTo(plainOptions(server, { knownHosts: [server.knownHostsFile], ask }));
    expect(connection.facts.auth).toBe('password');
    expect(asked).toEqual([
      { kind: 'password', again: false },
      { kind: 'password', again: true },
    ]);
    expect(server.requests).toEqual(['none', 'password', 'password']);
    expect((await run(connection, 'true')).end).toEqual({ how: 'exit', code: 0 });
    await connection.close();
    const withKey = await sshd();
    const keyOnly = answers({ password: () => text('right') });
    failure(await connectSsh2(knownOptions(withKey, { identityFiles: [], ask: keyOnly.ask })));
    expect(keyOnly.asked).toEqual([]);
  });

  it('stops asking after three wrong passwords, and at once when the person cancels', async () => {
    const server = await fake(onlyPassword);
    const options = { knownHosts: [server.knownHostsFile] };
    const wrong = answers({ password: () => text('wrong') });
    expect(failure(await connectSsh2(plainOptions(server, { ...options, ask: wrong.ask }))).code).toBe(
      'auth',
    );
    expect(wrong.asked).toHaveLength(3);
    const none = answers();
    expect(failure(await connectSsh2(plainOptions(server, { ...options, ask: none.ask }))).code).toBe(
      'cancelled',
    );
    expect(none.asked).toHaveLength(1);
    expect(server.requests.filter((method) => method === 'password')).toHaveLength(3);
  });

  /** Two rounds, with text that tries to look like more than it is. */
  function twoRounds(request: KeyboardAuthContext): void {
    request.prompt(
      [{ prompt: 'Pass\u001b[31mword: ', echo: false }],
      'Corp \u202eDIALOG',
      'Line one\r\nLine\u0007 two',
      (first) => {
        if (first[0] !== 'pw') {
          request.reject(['keyboard-interactive']);
          return;
        }
        request.prompt(
          [
            { prompt: 'Code: ', echo: true },
            { prompt: 'x'.repeat(5000), echo: true },
          ],
          (second) => {
            if (second[0] === '123456') request.accept();
            else request.reject(['keyboard-interactive']);
          },
        );
      },
    );
  }

  it('answers several rounds of questions, their text cleaned and bounded', async () => {
    const server = await fake((request) => {
      if (request.method === 'keyboard-interactive') twoRounds(request);
      else request.reject(['keyboard-interactive']);
    });
    const { ask, asked } = answers({
      'keyboard-interactive': (_question, n) => (n === 0 ? text('pw') : text('123456', '')),
    });
    const connection = await connectTo(plainOptions(server, { knownHosts: [server.knownHostsFile], ask }));
    expect(connection.facts.auth).toBe('keyboard-interactive');
    await connection.close();
    expect(asked[0]).toEqual({
      kind: 'keyboard-interactive',
      title: 'Corp DIALOG',
      instruction: 'Line one\nLine  two',
      fields: [{ label: 'Pass [31mword:', echo: false }],
    });
    const second = asked[1];
    expect(
      second?.kind === 'keyboard-interactive' &&
        second.fields.map((field) => [field.label.length, field.echo]),
    ).toEqual([
      [5, true],
      [200, true],
    ]);
  });

  it('sends nothing that was not typed when the person cancels', async () => {
    const given: (readonly string[])[] = [];
    const server = await fake((request) => {
      if (request.method !== 'keyboard-interactive') request.reject(['keyboard-interactive', 'password']);
      else {
        request.prompt([{ prompt: 'Code', echo: true }], (values) => {
          given.push(values);
          request.reject(['keyboard-interactive', 'password']);
        });
      }
    });
    const { ask, asked } = answers();
    const refused = failure(
      await connectSsh2(plainOptions(server, { knownHosts: [server.knownHostsFile], ask })),
    );
    expect(refused.code).toBe('cancelled');
    expect(asked).toHaveLength(1);
    expect(given.flat().join('')).toBe('');
  });

  it.each(['file', 'agent'] as const)(
    'gives a key (%s) and then answers, when the server wants both',
    async (source) => {
      let keyGiven = false;
      const server = await fake((request) => {
        if (request.method === 'publickey') {
          if (request.signature === undefined) request.accept();
          else {
            keyGiven = true;
            request.reject(['keyboard-interactive'], true);
          }
        } else if (request.method === 'keyboard-interactive' && keyGiven) {
          request.prompt([{ prompt: 'Code', echo: true }], (values) => {
            if (values[0] === '42') request.accept();
            else request.reject(['keyboard-interactive']);
          });
        } else request.reject(['publickey']);
      });
      const keys = [join(server.dir, 'key1'), join(server.dir, 'key2')];
      for (const file of keys) await makeKey(file, 'ed25519');
      const { ask } = answers({ 'keyboard-interactive': () => text('42') });
      const sources = source === 'file' ? { identityFiles: keys } : { agentSocket: await agentWith(...keys) };
      const connection = await connectTo(
        plainOptions(server, { knownHosts: [server.knownHostsFile], ask, ...sources }),
      );
      expect(connection.facts.auth).toBe(`publickey (${source})+keyboard-interactive`);
      await connection.close();
      expect(server.requests).toEqual(['none', 'publickey', 'publickey', 'keyboard-interactive']);
    },
  );

  it('shows what the server waits for where it asks nothing, and takes that away when it goes on', async () => {
    let approve: () => void = () => undefined;
    const server = await fake((request) => {
      if (request.method !== 'keyboard-interactive') request.reject(['keyboard-interactive']);
      else {
        request.prompt([], 'Second factor', 'Approve on your \u001b[5mphone', () => {
          approve = () => {
            request.accept();
          };
        });
      }
    });
    const asked: PromptQuestion[] = [];
    let withdrawn = false;
    const ask: Ask = (_address, question, signal) => {
      asked.push(question);
      approve();
      return new Promise((resolve) => {
        signal?.addEventListener('abort', () => {
          withdrawn = true;
          resolve({ kind: 'cancel' });
        });
      });
    };
    const connection = await connectTo(plainOptions(server, { knownHosts: [server.knownHostsFile], ask }));
    expect(connection.facts.auth).toBe('keyboard-interactive');
    expect(asked).toEqual([
      {
        kind: 'keyboard-interactive',
        title: '',
        instruction: 'Second factor\nApprove on your  [5mphone',
        fields: [],
      },
    ]);
    expect(withdrawn).toBe(true);
    await connection.close();
  });

  it('is given up when the person does not want to wait for that', async () => {
    const server = await fake((request) => {
      if (request.method !== 'keyboard-interactive') request.reject(['keyboard-interactive']);
      else request.prompt([], 'Second factor', 'Approve', () => undefined);
    });
    const { ask, asked } = answers();
    const refused = failure(
      await connectSsh2(plainOptions(server, { knownHosts: [server.knownHostsFile], ask })),
    );
    expect(refused.code).toBe('cancelled');
    expect(asked).toHaveLength(1);
  });

  it('says that a new password is demanded', async () => {
    const server = await fake((request) => {
      if (request.method === 'password') request.requestChange('Change it', () => undefined);
      else request.reject(['password']);
    });
    const { ask } = answers({ password: () => text('old') });
    const refused = failure(
      await connectSsh2(plainOptions(server, { knownHosts: [server.knownHostsFile], ask })),
    );
    expect(refused).toMatchObject({
      code: 'auth',
      message: expect.stringContaining('new password') as string,
    });
  });
});

describe('a host that cannot be reached', () => {
  const nobody = { host: '127.0.0.1', user: 'nobody' };

  it('says refused for a closed port', async () => {
    const refused = failure(await connectSsh2(plainOptions({ ...nobody, port: await freePort() })));
    expect(refused).toMatchObject({
      code: 'network',
      message: expect.stringContaining('refused the connection') as string,
    });
  });

  it('says so for a name without an address', async () => {
    const refused = failure(
      await connectSsh2(plainOptions({ ...nobody, host: 'nowhere.invalid', port: 22 })),
    );
    expect(refused).toMatchObject({
      code: 'network',
      message: expect.stringMatching(/has no address|could not be looked up/) as string,
    });
  });

  it.each([
    ['says nothing', '', /within 0\.3 s while waiting for the SSH identification/],
    ['stops after its identification', 'SSH-2.0-Silent\r\n', /within 0\.3 s while agreeing on keys/],
  ])('times out on a server that %s', async (_what, greeting, message) => {
    const port = await listen((socket) => socket.write(greeting));
    const refused = failure(await connectSsh2(plainOptions({ ...nobody, port }, { timeoutMs: 300 })));
    expect(refused.code).toBe('network');
    expect(refused.message).toMatch(message);
  });

  it('says that the other end is no SSH server', async () => {
    const port = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const refused = failure(await connectSsh2(plainOptions({ ...nobody, port })));
    expect(refused).toMatchObject({
      code: 'network',
      hint: expect.stringContaining('not be an SSH server') as string,
    });
  });

  it('stops when it is cancelled, before and while connecting', async () => {
    const server = await sshd();
    const before = new AbortController();
    before.abort();
    expect(failure(await connectSsh2(knownOptions(server, { signal: before.signal }))).code).toBe(
      'cancelled',
    );
    const during = new AbortController();
    const connecting = connectSsh2(
      knownOptions(server, {
        knownHosts: [],
        signal: during.signal,
        ask: () => {
          during.abort();
          return new Promise(() => undefined);
        },
      }),
    );
    expect(failure(await connecting).code).toBe('cancelled');
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

/** The clear-text head of an ed25519-sk key file, as ssh-keygen writes it. */
function skKeyFile(): string {
  const part = (bytes: Buffer | string) => {
    const body = Buffer.from(bytes);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, body]);
  };
  const blob = Buffer.concat([part('sk-ssh-ed25519@openssh.com'), part(Buffer.alloc(32)), part('ssh:')]);
  const one = Buffer.from([0, 0, 0, 1]);
  const all = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    part('none'),
    part('none'),
    part(''),
    one,
    part(blob),
    part(''),
  ]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${all.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
