/** From an address to a connection: the way, the client, the files and keys, and what is refused before a packet. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../../electron/contract/settings.ts';
import type { Address } from '../../../../electron/contract/plan.ts';
import type { Ask } from '../../../../electron/host/connect/connection.ts';
import type { FoundOpenssh } from '../../../../electron/host/connect/openssh/findOpenssh.ts';
import { createReach, type Reach, type ReachOptions } from '../../../../electron/host/connect/reach.ts';
import { must, sshHome, type SshHome } from './home.ts';

const PRESENT: FoundOpenssh = { suitable: true, path: '/usr/bin/ssh', version: 'OpenSSH_9.9', release: 909 };
const ABSENT_WHY = 'No ssh program is installed on this computer.';
const ABSENT: FoundOpenssh = { suitable: false, reason: ABSENT_WHY };
const silent: Ask = () => Promise.reject(new Error('nobody should have been asked'));

interface Change {
  readonly found?: FoundOpenssh;
  readonly engine?: Settings['sshEngine'];
  readonly options?: Partial<ReachOptions>;
}

function reachOf(at: SshHome, { found = PRESENT, engine = 'auto', options = {} }: Change = {}): Reach {
  return createReach({
    config: at.desk(),
    settings: () => ({
      sshEngine: engine,
      agentSocket: '/run/mine',
      keepAliveSeconds: 15,
      keepAliveCount: 3,
    }),
    openssh: () => Promise.resolve(found),
    rehearsal: {
      host: () =>
        Promise.resolve({
          ok: true,
          value: { host: '127.0.0.1', port: 1, user: 'r', knownHostsFile: '/k', identityFile: '/i' },
        }),
    } as unknown as ReachOptions['rehearsal'],
    ...options,
  });
}

const to = (host: string, more: object = {}): Address => ({
  kind: 'ssh',
  host,
  port: 22,
  user: 'alice',
  ...more,
});

describe('a way with jump hosts', () => {
  const CONFIG = `
Host inner
  HostName 10.0.0.5
  HostKeyAlias inner-key
  ProxyJump middle
  ServerAliveInterval 40
Host middle
  User mid
  Port 2022
  ProxyJump edge
  IdentityAgent none
Host loop-a
  ProxyJump loop-b
Host loop-b
  ProxyJump loop-a
Host command
  ProxyCommand nc %h %p
Host cert
  CertificateFile ~/.ssh/me-cert.pub
`;

  it('has each host under its own name, with its own user, keys and agent', async () => {
    const at = await sshHome(CONFIG);
    const options = must(await reachOf(at).resolve(to('inner'), silent));
    expect(options).toMatchObject({
      engine: 'openssh',
      host: '10.0.0.5',
      alias: 'inner',
      user: 'alice',
      port: 22,
      hostKeyAlias: 'inner-key',
      agentSocket: '/run/mine',
      keepAlive: { intervalMs: 40_000, count: 3 },
      configFile: join(at.ssh, 'config'),
      jumps: [
        { host: 'edge', port: 22, keepAlive: { intervalMs: 15_000, count: 3 }, agentSocket: '/run/mine' },
        { host: 'middle', port: 2022, user: 'mid' },
      ],
    });
    expect(options.jumps?.[1]?.agentSocket).toBeUndefined();
    expect(options.jumps?.[0]?.alias).toBeUndefined();
    expect(options.identityFiles[0]).toBe(join(at.ssh, 'id_ed25519'));
  });

  it('goes the way that was named, whatever the configuration says; also none at all', async () => {
    const at = await sshHome(CONFIG);
    const reach = reachOf(at);
    const via = [{ host: 'other', port: 22, user: 'o' }];
    expect(must(await reach.resolve(to('inner', { via }), silent)).jumps).toMatchObject([{ host: 'other' }]);
    expect(must(await reach.resolve(to('inner', { via: [] }), silent)).jumps).toBeUndefined();
    const named = [
      { host: 'x', port: 22, user: 'o' },
      { host: 'middle', port: 22, user: 'o' },
    ];
    expect(must(await reach.resolve(to('inner', { via: named }), silent)).jumps).toMatchObject([
      { host: 'x' },
      { host: 'middle', user: 'o', port: 22 },
    ]);
    // A jump host that is named takes the place of a command.
    expect((await reachOf(at, { engine: 'ssh2' }).resolve(to('command', { via }), silent)).ok).toBe(true);
  });

  it('is refused when it goes round in a circle or is too long', async () => {
    const at = await sshHome(CONFIG);
    const circle = await reachOf(at).resolve(to('loop-a', { user: 'root' }), silent);
    expect(circle).toMatchObject({ ok: false, error: { message: expect.stringContaining('circle') } });
    const chain = Array.from({ length: 12 }, (_, n) => `Host h${String(n)}\n  ProxyJump h${String(n + 1)}\n`);
    await at.write('config', chain.join(''));
    const long = await reachOf(at).resolve(to('h0'), silent);
    expect(long).toMatchObject({ ok: false, error: { message: expect.stringContaining('more than 8') } });
  });

  it('is refused early by a client that cannot go it, with the reason', async () => {
    const at = await sshHome(CONFIG);
    await at.write('me-cert.pub', 'ssh-ed25519-cert-v01@openssh.com AAAA');
    const builtIn = reachOf(at, { engine: 'ssh2' });
    for (const [host, words] of [
      ['command', 'ProxyCommand'],
      ['cert', 'certificate'],
    ] as const) {
      expect(await builtIn.resolve(to(host), silent)).toMatchObject({
        ok: false,
        error: { code: 'unsupported', message: expect.stringContaining(words), kept: expect.any(String) },
      });
      expect((await reachOf(at).resolve(to(host), silent)).ok).toBe(true);
    }
    const authority = `@cert-authority *.ca.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}\n`;
    await writeFile(join(at.ssh, 'known_hosts'), authority);
    expect(await builtIn.resolve(to('db.ca.example'), silent)).toMatchObject({
      ok: false,
      error: { code: 'unsupported', message: expect.stringContaining('known_hosts:1') },
    });
    const pins = [`SHA256:${'b'.repeat(43)}`];
    expect(must(await builtIn.resolve(to('db.ca.example', { pins }), silent))).toMatchObject({ pins });
  });

  it('does not leave a ProxyCommand out when Match exec was not allowed', async () => {
    const at = await sshHome('Match exec true\n  User x\nHost a\n  ProxyCommand nc %h %p\n');
    const refusing: Ask = () => Promise.resolve({ kind: 'cancel' });
    const route = must(await reachOf(at).route({ host: 'a' }, undefined, refusing));
    expect(route.refusal).toMatchObject({ code: 'refused', message: expect.stringContaining('Match exec') });
    expect(must(await reachOf(at).resolve(to('b'), refusing))).toMatchObject({ configFile: 'none' });
  });
});

describe('a list of revoked keys', () => {
  const CONFIG = 'Host a\n  RevokedHostKeys /etc/ssh/revoked\nHost b\n  Ciphers aes256-gcm@openssh.com\n';

  it('is refused early by the built-in client, which cannot look into it', async () => {
    const builtIn = reachOf(await sshHome(CONFIG), { engine: 'ssh2' });
    const pins = [`SHA256:${'b'.repeat(43)}`];
    for (const more of [{}, { pins }]) {
      expect(await builtIn.resolve(to('a', more), silent)).toMatchObject({
        ok: false,
        error: { code: 'unsupported', message: expect.stringContaining('/etc/ssh/revoked') },
      });
    }
    expect((await builtIn.resolve(to('b'), silent)).ok).toBe(true);
  });

  it('is not left out when Match exec was not allowed; what is left out is told', async () => {
    const reach = reachOf(await sshHome(`Match exec true\n  User x\n${CONFIG}`));
    const refusing: Ask = () => Promise.resolve({ kind: 'cancel' });
    expect(await reach.resolve(to('a'), refusing)).toMatchObject({
      ok: false,
      error: { code: 'refused', message: expect.stringContaining('revoked keys') },
    });
    const { notes } = must(await reach.route({ host: 'b' }, undefined, refusing));
    expect(notes.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^Ciphers .* has no effect: Match/),
    );
    const allowing: Ask = () => Promise.resolve({ kind: 'trust', remember: false });
    expect((await reach.resolve(to('a'), allowing)).ok).toBe(true);
  });
});

describe('the client', () => {
  it.each([
    ['auto', PRESENT, 'openssh'],
    ['auto', ABSENT, 'ssh2'],
    ['ssh2', PRESENT, 'ssh2'],
    ['openssh', PRESENT, 'openssh'],
  ] as const)('%s with %j: %s', async (engine, found, chosen) => {
    const at = await sshHome('');
    const route = must(await reachOf(at, { engine, found }).route({ host: 'a' }, undefined, silent));
    expect(route).toMatchObject({ engine: chosen, engineWhy: expect.stringMatching(/\w+.*\./) });
    expect(route.refusal).toBeUndefined();
  });

  it('is refused when it was asked for and is not there', async () => {
    const at = await sshHome('');
    const reach = reachOf(at, { engine: 'openssh', found: ABSENT });
    expect(await reach.resolve(to('a'), silent)).toMatchObject({
      ok: false,
      error: { code: 'unsupported', message: expect.stringContaining(ABSENT_WHY) },
    });
  });

  it('is the built-in one for the rehearsal host, and none for this computer', async () => {
    const at = await sshHome('');
    const reach = reachOf(at);
    expect(must(await reach.resolve({ kind: 'rehearsal' }, silent))).toMatchObject({
      engine: 'ssh2',
      port: 1,
    });
    expect(must(await reach.resolve({ kind: 'local' }, silent))).toMatchObject({ engine: 'local' });
  });

  it('uses the files that were named in place of all others', async () => {
    const at = await sshHome('');
    const options = { knownHosts: ['/kh'], identityFiles: ['/id'] };
    const found = must(await reachOf(at, { options }).resolve(to('a', { legacy: 'old switch' }), silent));
    expect(found).toMatchObject({ ...options, legacy: 'old switch' });
  });
});
