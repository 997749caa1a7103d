/** A hostile or careless OpenSSH configuration must not weaken a connection made with the system's ssh. */
import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectOptions } from '../../electron/host/connect/connection.ts';
import { connectOpenssh } from '../../electron/host/connect/openssh/opensshConnection.ts';
import { findOpenssh } from '../../electron/host/connect/openssh/findOpenssh.ts';
import { startAgent } from '../fixtures/sshd/startAgent.ts';
import { startSshd } from '../fixtures/sshd/startSshd.ts';
import type { SshdFixture } from '../fixtures/sshd/startSshd.ts';
import { answers, knownOptions, run } from '../integration/connect/options.ts';

const closing: (() => Promise<void>)[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hp-config-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function sshd(config: readonly string[] = []): Promise<SshdFixture> {
  const server = await startSshd({ config });
  closing.push(() => server.stop());
  return server;
}

async function configured(
  server: SshdFixture,
  lines: readonly string[],
  change: Partial<ConnectOptions> = {},
): Promise<ConnectOptions> {
  const configFile = join(folder, 'config');
  await writeFile(configFile, ['Host *', ...lines, ''].join('\n'), { mode: 0o600 });
  return knownOptions(server, { configFile, ...change });
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

describe.skipIf(!(await findOpenssh()).suitable)('a configuration for the system ssh', () => {
  it('forwards no agent, runs no command here or there, sends no variables, opens no port', async () => {
    const server = await sshd(['AcceptEnv *', 'AllowAgentForwarding yes', 'PermitTunnel yes']);
    const agent = await startAgent();
    closing.push(() => agent.stop());
    const port = await freePort();
    const ran = join(folder, 'ran');
    process.env['HP_TEST_TOKEN'] = 'leaked';
    closing.push(() => {
      delete process.env['HP_TEST_TOKEN'];
      return Promise.resolve();
    });
    const options = await configured(
      server,
      [
        'ForwardAgent yes',
        'ForwardX11 yes',
        'PermitLocalCommand yes',
        `LocalCommand touch ${ran}`,
        `KnownHostsCommand /usr/bin/touch ${ran}`,
        'RemoteCommand echo hijacked',
        'RequestTTY force',
        'SendEnv *',
        'SetEnv FOO=leaked',
        `LocalForward ${String(port)} 127.0.0.1:1`,
        `DynamicForward 127.0.0.1:${String(port)}`,
        'RemoteForward 0 127.0.0.1:1',
      ],
      { agentSocket: agent.socket },
    );
    const connected = await connectOpenssh(options);
    if (!connected.ok) throw new Error(connected.error.message);
    closing.push(() => connected.value.close());
    const output = (await run(connected.value, 'env; echo end')).stdout.toString();
    expect(output).toContain('end');
    expect(output).not.toContain('leaked');
    expect(output).not.toContain('SSH_AUTH_SOCK');
    expect(output).not.toContain('DISPLAY');
    expect(output).not.toContain('hijacked');
    expect(await exists(ran)).toBe(false);
    expect(await isFree(port)).toBe(true);
  });

  it('does not take a connection that another ssh has open, nor lend its own', async () => {
    const server = await sshd();
    const shared = join(folder, 'shared');
    // Whoever listens there would be given every command.
    const listener = createServer((socket) => {
      taken += 1;
      socket.destroy();
    });
    let taken = 0;
    await new Promise<void>((resolve) => listener.listen(shared, resolve));
    closing.push(() => new Promise((resolve) => listener.close(() => resolve())));
    const connected = await connectOpenssh(
      await configured(server, ['ControlMaster auto', `ControlPath ${shared}`, 'ControlPersist yes']),
    );
    if (!connected.ok) throw new Error(connected.error.message);
    closing.push(() => connected.value.close());
    expect(taken).toBe(0);
  });

  it.each([
    ['StrictHostKeyChecking no'],
    ['StrictHostKeyChecking accept-new'],
    ['StrictHostKeyChecking off\n  UserKnownHostsFile /dev/null'],
    ['NoHostAuthenticationForLocalhost yes'],
    ['VerifyHostKeyDNS yes'],
    ['CheckHostIP no\n  UpdateHostKeys yes\n  StrictHostKeyChecking no'],
  ])('asks about an unknown key all the same: %s', async (line) => {
    const server = await sshd();
    const empty = join(folder, 'known');
    await writeFile(empty, '');
    const { ask, asked } = answers();
    const connected = await connectOpenssh(await configured(server, [line], { knownHosts: [empty], ask }));
    expect(connected.ok).toBe(false);
    expect(asked.map(({ kind }) => kind)).toEqual(['trust-host']);
    expect(await readFile(empty, 'utf8')).toBe('');
    expect(server.log()).not.toMatch(/Accepted|Failed/);
  });

  it('keeps a list of revoked keys in force, also for pinned keys', async () => {
    const server = await sshd();
    const revoked = join(folder, 'revoked');
    const [, type = '', key = ''] = server.hostKeyLine.split(' ');
    await writeFile(revoked, `${type} ${key}\n`);
    const plain = await connectOpenssh(await configured(server, [`RevokedHostKeys ${revoked}`]));
    expect(plain.ok ? 'connected' : plain.error.code).toBe('trust');
    const pins = [await fingerprint(server)];
    const pinned = await connectOpenssh(await configured(server, [`RevokedHostKeys ${revoked}`], { pins }));
    expect(pinned.ok ? 'connected' : pinned.error.code).toBe('trust');
    expect(server.log()).not.toMatch(/Accepted|Failed/);
  });
});

async function fingerprint(server: SshdFixture): Promise<string> {
  const { stdout } = await promisify(execFile)('ssh-keygen', ['-lf', server.hostKeyFile]);
  return stdout.split(' ')[1] ?? '';
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
