import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AuthContext } from 'ssh2';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority, signKey } from '../../../fixtures/sshd/certificates.ts';
import { canHaveAccounts } from '../../../fixtures/sshd/privateAccounts.ts';
import { makeKey } from '../../../fixtures/sshd/startSshd.ts';
import { answers, failure, run, text } from '../options.ts';
import { byLabel } from './bench.ts';
import type { Bench } from './bench.ts';

const exec = promisify(execFile);
const noAccounts = 'needs root and mount namespaces';

export function describeLogins(bench: Bench): void {
  describe('a login', () => {
    let accounts = false;
    beforeAll(async () => {
      accounts = await canHaveAccounts();
    });

    it.each(['ed25519', 'ecdsa', 'rsa'] as const)(
      'by an %s key, from a file and from an agent',
      async (type) => {
        const server = await bench.sshd({ clientKeyType: type });
        const byFile = await bench.open(bench.options(server));
        expect(byFile.facts.auth).toContain('publickey');
        const agentSocket = await bench.agentWith(server.clientKeyFile);
        const byAgent = await bench.open(bench.options(server, { identityFiles: [], agentSocket }));
        expect(byAgent.facts.auth).toContain('publickey');
        expect((await run(byAgent, 'echo in')).stdout.toString()).toBe('in\n');
      },
    );

    it('by an encrypted key asks for its passphrase, again when it was wrong, and then never more', async () => {
      const server = await bench.sshd();
      const file = server.clientKeyFile;
      await exec('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'right', '-f', file]);
      const { ask, asked } = answers({ passphrase: (_question, n) => text(n === 0 ? 'wrong' : 'right') });
      await bench.open(bench.options(server, { ask }));
      expect(asked).toEqual([
        { kind: 'passphrase', file, again: false },
        { kind: 'passphrase', file, again: true },
      ]);
      const second = answers();
      await bench.open(bench.options(server, { ask: second.ask }));
      expect(second.asked).toEqual([]);
      // Another file under the same name is another key: what was kept must not be tried on it.
      await exec('ssh-keygen', ['-q', '-p', '-P', 'right', '-N', 'other', '-f', file]);
      const third = answers({ passphrase: () => text('other') });
      await bench.open(bench.options(server, { ask: third.ask }));
      expect(third.asked).toEqual([{ kind: 'passphrase', file, again: false }]);
    });

    it('offers only the keys that are named, also from the agent', async () => {
      const server = await bench.sshd({ config: ['MaxAuthTries 1'] });
      const wrong = ['w1', 'w2', 'w3'].map((name) => join(server.dir, name));
      for (const file of wrong) await makeKey(file, 'ed25519');
      const agentSocket = await bench.agentWith(...wrong, server.clientKeyFile);
      await rm(server.clientKeyFile);
      const named = bench.options(server, { agentSocket, identitiesOnly: true });
      const connection = await bench.open(named);
      expect(connection.facts.auth).toContain('publickey');
      expect(server.log()).not.toContain('Failed publickey');
    });

    it('with a user certificate', async () => {
      const server = await bench.sshd();
      const ca = await makeAuthority(join(server.dir, 'ca'));
      const certified = await bench.sshd({
        config: [`TrustedUserCAKeys ${ca.file}.pub`, 'AuthorizedKeysFile none'],
      });
      const key = join(server.dir, 'certified');
      await makeKey(key, 'ed25519');
      const certificate = await signKey(ca, key, 'user', [certified.user]);
      const options = bench.options(certified, { identityFiles: [key], certificateFiles: [certificate] });
      if (bench.traits.certificates) {
        const connection = await bench.open(options);
        expect((await run(connection, 'echo in')).stdout.toString()).toBe('in\n');
      } else {
        const refused = failure(await bench.connect(options));
        expect(refused).toMatchObject({
          code: 'unsupported',
          message: expect.stringContaining(certificate) as string,
          hint: expect.stringContaining('system ssh') as string,
        });
        expect(certified.log()).not.toContain('Connection from');
      }
    });

    it('by password, asked again when it was wrong', async ({ skip }) => {
      skip(!accounts, noAccounts);
      const server = await bench.sshd({
        config: ['PasswordAuthentication yes', 'PubkeyAuthentication no'],
        accounts: [{ name: 'oncall', password: 'right' }],
      });
      const { ask, asked } = answers({ password: (_question, n) => text(n === 0 ? 'wrong' : 'right') });
      const connection = await bench.open(bench.options(server, { identityFiles: [], ask }));
      expect(asked.map((question) => question.kind)).toEqual(['password', 'password']);
      expect(connection.facts.auth).toBe('password');
      expect((await run(connection, 'id -un')).stdout.toString()).toBe('oncall\n');
    });

    it('by a key and then by answers, where the host wants both', async ({ skip }) => {
      skip(!accounts, noAccounts);
      const server = await bench.sshd({
        config: ['KbdInteractiveAuthentication yes', 'AuthenticationMethods publickey,keyboard-interactive'],
        accounts: [{ name: 'oncall', password: 'right' }],
      });
      const { ask, asked } = answers({ 'keyboard-interactive': byLabel({ password: 'right' }) });
      const connection = await bench.open(bench.options(server, { ask }));
      expect(asked.map((question) => question.kind)).toEqual(['keyboard-interactive']);
      expect(connection.facts.auth).toMatch(/publickey.*keyboard-interactive/);
    });

    it('with an expired password changes it, in as many rounds as the host wants', async ({ skip }) => {
      skip(!accounts, noAccounts);
      const server = await bench.sshd({
        config: ['KbdInteractiveAuthentication yes', 'PubkeyAuthentication no'],
        accounts: [{ name: 'oncall', password: 'right', expired: true }],
      });
      const given = { current: 'right', new: 'N3w-secret-pass', password: 'right' };
      const { ask, asked } = answers({ 'keyboard-interactive': byLabel(given) });
      await bench.open(bench.options(server, { identityFiles: [], ask }));
      expect(asked.length).toBeGreaterThanOrEqual(3);
      const again = answers({ 'keyboard-interactive': byLabel({ password: 'N3w-secret-pass' }) });
      await bench.open(bench.options(server, { identityFiles: [], ask: again.ask }));
      expect(again.asked).toHaveLength(1);
    });

    it('by questions in several rounds', async () => {
      const server = await bench.fake({ judge: twoRounds });
      const { ask, asked } = answers({
        'keyboard-interactive': byLabel({ pass: 'pw', code: '123456' }),
      });
      const connection = await bench.open(bench.bare(server, { knownHosts: [server.knownHostsFile], ask }));
      expect(connection.facts.auth).toBe('keyboard-interactive');
      expect(asked).toHaveLength(2);
      for (const question of asked) {
        expect(JSON.stringify(question)).not.toMatch(/\\u001b|\\u202e|\u202e/);
      }
    });

    it('that is refused says what was tried, and offers nothing twice', async () => {
      const server = await bench.sshd();
      const wrong = join(server.dir, 'wrong');
      await makeKey(wrong, 'ed25519');
      const refused = failure(await bench.connect(bench.options(server, { identityFiles: [wrong] })));
      expect(refused.code).toBe('auth');
      expect(refused.message).toContain(`127.0.0.1:${String(server.port)}`);
      expect(server.log().match(/Failed publickey/g)).toHaveLength(1);
    });

    it('is over when the person does not answer', async () => {
      const server = await bench.fake({ judge: twoRounds });
      const { ask, asked } = answers();
      const options = bench.bare(server, { knownHosts: [server.knownHostsFile], ask });
      expect(failure(await bench.connect(options)).code).toBe('cancelled');
      expect(asked).toHaveLength(1);
    });

    it('can be called off while a question is open', async () => {
      const server = await bench.fake({ judge: twoRounds });
      const aborter = new AbortController();
      const options = bench.bare(server, {
        knownHosts: [server.knownHostsFile],
        signal: aborter.signal,
        ask: (_address, _question, signal) =>
          new Promise((resolve) => {
            signal?.addEventListener('abort', () => {
              resolve({ kind: 'cancel' });
            });
            aborter.abort();
          }),
      });
      expect(failure(await bench.connect(options)).code).toBe('cancelled');
    });
  });
}

function twoRounds(request: AuthContext): void {
  if (request.method !== 'keyboard-interactive') {
    request.reject(['keyboard-interactive']);
    return;
  }
  request.prompt(
    [{ prompt: 'Pass\u001b[1mword: ', echo: false }],
    'Corp \u202elogin',
    'Line one',
    (first) => {
      if (first[0] !== 'pw') {
        request.reject([]);
        return;
      }
      request.prompt([{ prompt: 'Code: ', echo: true }], '', '', (second) => {
        if (second[0] === '123456') request.accept();
        else request.reject([]);
      });
    },
  );
}
