import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { makeAuthority, signKey } from '../../../fixtures/sshd/certificates.ts';
import { makeKey } from '../../../fixtures/sshd/startSshd.ts';
import type { SshdFixture } from '../../../fixtures/sshd/startSshd.ts';
import { answers, failure, run, value } from '../options.ts';
import { addressOf, knownFile } from './bench.ts';
import type { Bench } from './bench.ts';

const exec = promisify(execFile);

/** No request for a login reached the server. */
export function expectNoLogin(server: SshdFixture): void {
  expect(server.log()).not.toMatch(/Accepted|Failed|Invalid user|preauth.*(Permission|userauth)/);
}

export function describeTrust(bench: Bench): void {
  const keyOf = (line: string): string => line.split(' ').slice(1).join(' ');
  const nameOf = (server: SshdFixture): string => `[127.0.0.1]:${String(server.port)}`;
  const fingerprintOf = async (file: string): Promise<string> =>
    (await exec('ssh-keygen', ['-lf', file])).stdout.split(' ')[1] ?? '?';

  describe('the key of a host', () => {
    it('that is not known is shown with type, fingerprint and picture, and written when that is wanted', async () => {
      const server = await bench.sshd();
      const file = join(server.dir, 'fresh');
      const { ask, asked } = answers({ 'trust-host': () => ({ kind: 'trust', remember: true }) });
      const connection = await bench.open(bench.options(server, { knownHosts: [file], ask }));
      expect(connection.facts.pin).toBe('accepted');
      const drawn = (await exec('ssh-keygen', ['-lv', '-f', server.hostKeyFile])).stdout;
      expect(asked).toEqual([
        {
          kind: 'trust-host',
          keyType: 'ssh-ed25519',
          fingerprint: await fingerprintOf(server.hostKeyFile),
          randomart: drawn.split('\n').slice(1, 12).join('\n'),
          file,
        },
      ]);
      const found = await exec('ssh-keygen', ['-F', nameOf(server), '-f', file]);
      expect(found.stdout).toContain(keyOf(server.hostKeyLine));
      const again = await bench.open(bench.options(server, { knownHosts: [file] }));
      expect(again.facts.pin).toBe('known');
    });

    it('that is not accepted ends it before the login', async () => {
      const server = await bench.sshd();
      const knownHosts = [join(server.dir, 'none')];
      const refused = failure(await bench.connect(bench.options(server, { knownHosts })));
      expect(['trust', 'cancelled']).toContain(refused.code);
      expectNoLogin(server);
      await expect(readFile(knownHosts[0] ?? '')).rejects.toThrow('ENOENT');
    });

    it('is known by a hashed entry, by a name of its own, and by an alias', async () => {
      const server = await bench.sshd();
      const hashed = await knownFile(server, 'hashed', `${server.hostKeyLine}\n`);
      await exec('ssh-keygen', ['-H', '-f', hashed]);
      const alias = await knownFile(server, 'alias', `db-primary ${keyOf(server.hostKeyLine)}\n`);
      for (const change of [
        { knownHosts: [hashed] },
        { knownHosts: [join(server.dir, 'missing'), server.knownHostsFile] },
        { knownHosts: [alias], hostKeyAlias: 'db-primary' },
      ]) {
        const connection = await bench.open(bench.options(server, change));
        expect(connection.facts).toMatchObject({ pin: 'known', hostKey: { type: 'ssh-ed25519' } });
        expect(connection.facts.hostKey.fingerprint).toBe(await fingerprintOf(server.hostKeyFile));
      }
    });

    it.each(['rsa', 'ecdsa'] as const)('is met by the type on record (%s)', async (type) => {
      const server = await bench.sshd({ hostKeyTypes: ['ed25519', type] });
      const file = await knownFile(server, 'one', `${server.hostKeyLines[1] ?? ''}\n`);
      const connection = await bench.open(bench.options(server, { knownHosts: [file] }));
      expect(connection.facts.hostKey.type).toBe(type === 'rsa' ? 'ssh-rsa' : 'ecdsa-sha2-nistp256');
    });

    it('that has changed stops, with old and new, the place, and nothing sent', async () => {
      const server = await bench.sshd();
      const other = await makeKey(join(server.dir, 'other'), 'ed25519');
      const file = await knownFile(server, 'changed', `# mine\n${nameOf(server)} ${other}\n`);
      const { ask, asked } = answers();
      const refused = await bench.connect(bench.options(server, { knownHosts: [file], ask }));
      const shown = await fingerprintOf(server.hostKeyFile);
      const old = await fingerprintOf(join(server.dir, 'other'));
      expect(failure(refused)).toMatchObject({
        code: 'trust',
        message: expect.stringContaining(shown) as string,
      });
      expect(!refused.ok && refused.error.changedKey).toMatchObject({
        address: addressOf(server),
        name: nameOf(server),
        old: [{ type: 'ssh-ed25519', fingerprint: old, file, line: 2 }],
        shown: {
          type: 'ssh-ed25519',
          fingerprint: shown,
          randomart: expect.stringContaining('[SHA256]') as string,
        },
      });
      expect(asked).toEqual([]);
      expectNoLogin(server);
    });

    it('that is revoked stops, even when it is listed and pinned', async () => {
      const server = await bench.sshd();
      const revoked = `${server.hostKeyLine}\n@revoked * ${keyOf(server.hostKeyLine)}\n`;
      const file = await knownFile(server, 'revoked', revoked);
      const { ask, asked } = answers();
      const fingerprint = await fingerprintOf(server.hostKeyFile);
      for (const change of [{}, { pins: [fingerprint] }, { replace: { fingerprint } }]) {
        const refused = failure(
          await bench.connect(bench.options(server, { knownHosts: [file], ask, ...change })),
        );
        expect(refused).toMatchObject({
          code: 'trust',
          message: expect.stringMatching(/revoked/i) as string,
        });
      }
      expect(asked).toEqual([]);
      expectNoLogin(server);
    });

    it('that the inventory vouches for wins over what is on record; any other is refused', async () => {
      const server = await bench.sshd();
      const other = await makeKey(join(server.dir, 'other'), 'ed25519');
      const file = await knownFile(server, 'wrong', `${nameOf(server)} ${other}\n`);
      const pin = await fingerprintOf(server.hostKeyFile);
      const pinned = await bench.open(bench.options(server, { knownHosts: [file], pins: ['SHA256:x', pin] }));
      expect(pinned.facts.pin).toBe('pinned');
      expect(await readFile(file, 'utf8')).toBe(`${nameOf(server)} ${other}\n`);
      const { ask, asked } = answers();
      const strange = await bench.sshd();
      const refused = failure(await bench.connect(bench.options(strange, { pins: [pin], ask })));
      expect(refused).toMatchObject({ code: 'trust', message: expect.stringContaining(pin) as string });
      expect(asked).toEqual([]);
      expectNoLogin(strange);
    });

    it('gives way to the one that a person vouches for, and to no other', async () => {
      const server = await bench.sshd();
      const other = await makeKey(join(server.dir, 'other'), 'ed25519');
      const before = `# head\n${nameOf(server)} ${other}\nweb ${other}\n`;
      const file = await knownFile(server, 'replace', before);
      const wrong = { fingerprint: await fingerprintOf(join(server.dir, 'other')) };
      const refused = failure(
        await bench.connect(bench.options(server, { knownHosts: [file], replace: wrong })),
      );
      expect(refused.code).toBe('trust');
      expect(await readFile(file, 'utf8')).toBe(before);
      expectNoLogin(server);
      const replace = { fingerprint: await fingerprintOf(server.hostKeyFile) };
      const { ask, asked } = answers();
      await bench.open(bench.options(server, { knownHosts: [file], replace, ask }));
      expect(asked).toEqual([]);
      const text = await readFile(file, 'utf8');
      expect(text.split('\n').map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
        '# head',
        `${nameOf(server)} ${keyOf(server.hostKeyLine).split(' ').slice(0, 2).join(' ')}`,
        `web ${other.split(' ').slice(0, 2).join(' ')}`,
        '',
      ]);
    });

    it('that an authority has signed', async () => {
      const server = await bench.sshd();
      const ca = await makeAuthority(join(server.dir, 'ca'));
      const certificate = await signKey(ca, server.hostKeyFile, 'host', ['127.0.0.1']);
      const signed = await bench.sshd({
        hostKeyFiles: [server.hostKeyFile],
        config: [`HostCertificate ${certificate}`],
      });
      const file = await knownFile(server, 'ca-known', `@cert-authority [127.0.0.1]:* ${ca.line}\n`);
      const options = bench.options(signed, { knownHosts: [file] });
      if (bench.traits.certificates) {
        const connection = await bench.open(options);
        expect(connection.facts.pin).toBe('ca');
      } else {
        expect(failure(await bench.connect(options))).toMatchObject({
          code: 'unsupported',
          message: expect.stringContaining(`${file}:1`) as string,
          hint: expect.stringContaining('system ssh') as string,
        });
        expectNoLogin(signed);
      }
    });

    it('old cryptography is refused by name, and allowed for a reason', async () => {
      const server = await bench.sshd({
        hostKeyTypes: ['rsa'],
        config: ['KexAlgorithms diffie-hellman-group14-sha1', 'Ciphers aes128-cbc', 'MACs hmac-sha1'],
      });
      const refused = failure(await bench.connect(bench.options(server)));
      expect(refused).toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('diffie-hellman-group14-sha1') as string,
        hint: expect.stringMatching(/legacy/i) as string,
      });
      expectNoLogin(server);
      const connection = value(await bench.connect(bench.options(server, { legacy: 'switch of 2014' })));
      bench.onEnd(() => connection.close());
      expect(connection.facts).toMatchObject({ kex: 'diffie-hellman-group14-sha1', cipher: 'aes128-cbc' });
      expect((await run(connection, 'echo in')).stdout.toString()).toBe('in\n');
    });
  });
}
