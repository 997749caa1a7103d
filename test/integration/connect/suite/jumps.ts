import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { PromptQuestion } from '../../../../electron/contract/prompts.ts';
import type { Closed, ConnectOptions, Hop } from '../../../../electron/host/connect/connection.ts';
import { canHaveIsland, startIsland } from '../../../fixtures/sshd/startIsland.ts';
import { freePort, makeKey } from '../../../fixtures/sshd/startSshd.ts';
import type { SshdFixture } from '../../../fixtures/sshd/startSshd.ts';
import { failure, run, start } from '../options.ts';
import { addressOf, hopOf, knownFile } from './bench.ts';
import type { Bench } from './bench.ts';
import { expectNoLogin } from './trust.ts';

const exec = promisify(execFile);
const bastion = { config: ['PermitTTY no', 'ForceCommand /bin/false', 'AllowAgentForwarding yes'] };

interface Chain {
  readonly first: SshdFixture;
  readonly second: SshdFixture;
  readonly inner: SshdFixture;
  readonly all: readonly SshdFixture[];
}

export function describeJumps(bench: Bench): void {
  async function chain(): Promise<Chain> {
    const [first, second, inner] = await Promise.all([
      bench.sshd(bastion),
      bench.sshd(bastion),
      bench.sshd(),
    ]);
    return { first, second, inner, all: [first, second, inner] };
  }

  /** The chain's options, with changes for the hop at `at` (2: the host itself). */
  function through(
    { first, second, inner }: Chain,
    change: Partial<ConnectOptions> = {},
    at = 2,
    hop: Partial<Hop> = {},
  ): ConnectOptions {
    return bench.options(inner, {
      ...change,
      jumps: [hopOf(first, at === 0 ? hop : {}), hopOf(second, at === 1 ? hop : {})],
      ...(at === 2 ? hop : {}),
    });
  }

  describe('jump hosts', () => {
    it('each know only their own key; the host is reached through both', async () => {
      const servers = await chain();
      const connection = await bench.open(through(servers));
      expect((await run(connection, 'echo $((40+2))')).stdout.toString()).toBe('42\n');
      expect((await run(connection, 'echo "${SSH_AUTH_SOCK-none}"')).stdout.toString()).toBe('none\n');
      expect(connection.facts.address).toBe(addressOf(servers.inner));
      expect(connection.facts.via.map((hop) => [hop.address, hop.pin])).toEqual([
        [addressOf(servers.first), 'known'],
        [addressOf(servers.second), 'known'],
      ]);
      for (const { kex, cipher, server, hostKey, auth } of [connection.facts, ...connection.facts.via]) {
        expect([kex, cipher, server, hostKey.type, auth].every((fact) => fact !== '')).toBe(true);
      }
      for (const server of servers.all) {
        const offered = new Set(server.log().match(/(?:Accepted|Failed) publickey .* SHA256:\S+/g));
        const { stdout } = await exec('ssh-keygen', ['-lf', server.clientKeyFile]);
        expect([...offered]).toHaveLength(1);
        expect([...offered][0]).toContain(stdout.split(' ')[1]);
        expect(server.log().match(/Connection from/g)).toHaveLength(1);
      }
    });

    it('are the only way to a host in a network of its own', async ({ skip }) => {
      skip(!(await canHaveIsland()), 'needs root and network namespaces');
      const island = await startIsland();
      bench.onEnd(() => island.stop());
      const [first, inner] = await Promise.all([bench.sshd({ ...bastion, island }), bench.sshd({ island })]);
      await island.openGate(first.port);
      const direct = failure(await bench.connect(bench.options(inner)));
      expect(direct).toMatchObject({
        code: 'network',
        message: expect.stringContaining('refused') as string,
      });
      const connection = await bench.open(bench.options(inner, { jumps: [hopOf(first)] }));
      expect((await run(connection, 'echo in')).stdout.toString()).toBe('in\n');
    });

    it('that are not known are asked about one after the other, each under its own name', async () => {
      const servers = await chain();
      const file = join(servers.inner.dir, 'fresh');
      const asked: [string, PromptQuestion['kind'], string][] = [];
      const options = through(servers, {
        ask: async (address, question) => {
          const shown = question.kind === 'trust-host' ? question.fingerprint : '';
          asked.push([address, question.kind, shown]);
          // Whoever comes later has not heard of us yet.
          for (const later of servers.all.slice(asked.length)) {
            expect(later.log()).not.toContain('Connection from');
          }
          const current = servers.all[asked.length - 1];
          if (current !== undefined) expectNoLogin(current);
          return Promise.resolve({ kind: 'trust', remember: true });
        },
      });
      const knownHosts = [file];
      await bench.open({
        ...options,
        knownHosts,
        jumps: (options.jumps ?? []).map((hop) => ({ ...hop, knownHosts })),
      });
      const expected = await Promise.all(
        servers.all.map(async (server) => {
          const { stdout } = await exec('ssh-keygen', ['-lf', server.hostKeyFile]);
          return [addressOf(server), 'trust-host', stdout.split(' ')[1]];
        }),
      );
      expect(asked).toEqual(expected);
      for (const server of servers.all) {
        await exec('ssh-keygen', ['-F', `[127.0.0.1]:${String(server.port)}`, '-f', file]);
      }
    });

    it.each([0, 1, 2])('stop at hop %i when its key has changed or is revoked', async (at) => {
      const servers = await chain();
      const broken = servers.all[at] ?? servers.inner;
      const other = await makeKey(join(broken.dir, 'other'), 'ed25519');
      const name = `[127.0.0.1]:${String(broken.port)}`;
      const changed = await knownFile(broken, 'changed', `${name} ${other}\n`);
      const key = broken.hostKeyLine.split(' ').slice(1).join(' ');
      const revoked = await knownFile(broken, 'revoked', `${broken.hostKeyLine}\n@revoked * ${key}\n`);
      const refused = await bench.connect(through(servers, {}, at, { knownHosts: [changed] }));
      expect(failure(refused)).toMatchObject({
        code: 'trust',
        message: expect.stringContaining(addressOf(broken)) as string,
      });
      expect(!refused.ok && refused.error.changedKey).toMatchObject({ address: addressOf(broken), name });
      const stopped = failure(await bench.connect(through(servers, {}, at, { knownHosts: [revoked] })));
      expect(stopped).toMatchObject({
        code: 'trust',
        message: expect.stringContaining(addressOf(broken)) as string,
      });
      expectNoLogin(broken);
      for (const later of servers.all.slice(at + 1)) expect(later.log()).not.toContain('Connection from');
    });

    it('that does not let us in is named', async () => {
      const servers = await chain();
      const wrong = join(servers.inner.dir, 'wrong');
      await makeKey(wrong, 'ed25519');
      const refused = failure(await bench.connect(through(servers, {}, 1, { identityFiles: [wrong] })));
      expect(refused).toMatchObject({
        code: 'auth',
        message: expect.stringContaining(addressOf(servers.second)) as string,
      });
      expect(servers.inner.log()).not.toContain('Connection from');
    });

    it('that cannot reach the next one says so', async () => {
      const first = await bench.sshd(bastion);
      const nowhere = { host: '127.0.0.1', port: await freePort(), user: 'nobody' };
      const refused = failure(await bench.connect(bench.bare(nowhere, { jumps: [hopOf(first)] })));
      expect(refused.code).toBe('network');
      expect(refused.message).toContain(addressOf(nowhere));
      expect(refused.message).toContain(addressOf(first));
    });

    it('that goes while a question of the next one is open takes the question back', async ({ skip }) => {
      skip(!bench.traits.noticesLossWhileAsking, 'this client waits for the answer');
      const { first, inner } = await chain();
      let withdrawn = false;
      const refused = failure(
        await bench.connect(
          bench.options(inner, {
            knownHosts: [join(inner.dir, 'none')],
            jumps: [hopOf(first)],
            ask: async (_address, _question, signal) => {
              await first.killSessions();
              return new Promise((resolve) => {
                signal?.addEventListener('abort', () => {
                  withdrawn = true;
                  resolve({ kind: 'cancel' });
                });
              });
            },
          }),
        ),
      );
      expect(refused.code).toBe('network');
      expect(refused.message).toContain(addressOf(first));
      expect(withdrawn).toBe(true);
      expectNoLogin(inner);
    });

    it.each([0, 1])('take the connection along when hop %i goes, and it says which', async (at) => {
      const servers = await chain();
      const connection = await bench.open(through(servers));
      const closed = new Promise<Closed>((resolve) => {
        connection.onClosed(resolve);
      });
      const command = await start(connection, 'echo arrived; sleep 600');
      await command.until('arrived');
      await servers.all[at]?.killSessions();
      const { end, stdout } = await command.done;
      expect(end.how).toBe('lost');
      expect(stdout.toString()).toBe('arrived\n');
      const { side, why } = await closed;
      expect(side).not.toBe('here');
      expect(why).toContain(addressOf(servers.all[at] ?? servers.first));
    });
  });
}
