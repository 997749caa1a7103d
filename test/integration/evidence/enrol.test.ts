/** Enrolment and the list of keys, with the real ssh-keygen and ssh-agent. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeySource } from '../../../electron/contract/people.ts';
import { ok } from '../../../electron/contract/result.ts';
import { EnrolmentStatement } from '../../../electron/contract/statements.ts';
import { createKeyRing, type KeyRing } from '../../../electron/host/evidence/keyRing.ts';
import { createPeopleDesk, type PeopleDesk } from '../../../electron/host/evidence/peopleDesk.ts';
import { createTrustStore } from '../../../electron/host/evidence/trustStore.ts';
import { must } from '../../fixtures/evidence/makeRun.ts';
import { run } from '../../fixtures/evidence/shell.ts';
import { startTokenAgent } from '../../fixtures/evidence/tokenAgent.ts';

const PRINCIPAL = 'alice@example.com';
let root: string;
let ssh: string;
let socket: string;
let agentPid = 0;
let agentSocket: string;
let keys: KeyRing;
let desk: PeopleDesk;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hp-enrol-'));
  ssh = join(root, 'ssh');
  await mkdir(ssh);
  const made = [
    ['id_ed25519', '-t', 'ed25519', '-N', ''],
    ['id_rsa', '-t', 'rsa', '-b', '2048', '-N', 'open sesame'],
    ['id_ecdsa', '-t', 'ecdsa', '-b', '384', '-N', ''],
    ['id_weak', '-t', 'rsa', '-b', '1024', '-N', ''],
  ] as const;
  for (const [name, ...args] of made) {
    const done = await run('ssh-keygen', ['-q', ...args, '-C', `alice ${name}`, '-f', join(ssh, name)]);
    expect(done.code, done.stderr).toBe(0);
  }
  // A public key without its private half cannot sign.
  await copyFile(join(ssh, 'id_ecdsa.pub'), join(ssh, 'id_elsewhere.pub'));
  socket = join(root, 'agent');
  const started = await run('ssh-agent', ['-a', socket, '-s']);
  agentPid = Number(/SSH_AGENT_PID=(\d+)/.exec(started.stdout)?.[1] ?? 0);
  await run('ssh-add', ['-q', join(ssh, 'id_ecdsa')], { env: { SSH_AUTH_SOCK: socket } });
  agentSocket = socket;
  keys = createKeyRing({
    paths: { config: join(root, 'config'), ssh },
    secrets: {
      protection: 'file',
      seal: (seed) => Promise.resolve(seed),
      open: (bytes) => Promise.resolve(ok(bytes)),
    },
    settings: { read: () => ({ agentSocket, operatorKey: { kind: 'app' } }) as never },
  });
  const trust = createTrustStore({
    data: join(root, 'data'),
    own: () => Promise.resolve(ok('')),
    now: () => new Date(),
  });
  desk = createPeopleDesk({ trust, keys, clock: { now: () => new Date() } });
});
afterAll(async () => {
  if (agentPid > 0) process.kill(agentPid);
  await rm(root, { recursive: true, force: true });
});

/** Runs the command of an enrolment as the security team would, where the two files are. */
async function check(command: string, statement: string, signature: string) {
  await writeFile(join(root, 'enrolment.json'), statement);
  await writeFile(join(root, 'enrolment.json.sig'), signature);
  return run('sh', ['-c', command], { cwd: root });
}

async function printed(args: readonly string[]): Promise<string> {
  return (await run('ssh-keygen', args)).stdout;
}

describe('enrolment', () => {
  const sources = (): readonly (readonly [string, KeySource, string?])[] => [
    ['id_ed25519', { kind: 'file', path: join(ssh, 'id_ed25519') }],
    ['id_rsa', { kind: 'file', path: join(ssh, 'id_rsa') }, 'open sesame'],
    ['id_ecdsa', { kind: 'file', path: join(ssh, 'id_ecdsa') }],
  ];

  it('gives a line, a picture and a proof that stock ssh-keygen agrees with', async () => {
    for (const [name, key, passphrase] of sources()) {
      const roles = ['approve', 'review', 'approve'] as const;
      const made = must(
        await desk.enrol({
          principal: PRINCIPAL,
          roles,
          key,
          ...(passphrase === undefined ? {} : { passphrase }),
        }),
      );
      const picture = await printed(['-lvf', join(ssh, `${name}.pub`)]);
      expect(picture).toContain(made.fingerprint);
      expect(picture).toContain(made.randomart);
      const statement = EnrolmentStatement.parse(JSON.parse(made.statement));
      expect(statement).toMatchObject({ principal: PRINCIPAL, roles: ['approve', 'review'] });
      expect(statement.fingerprint).toBe(made.fingerprint);

      const held = await check(made.command, made.statement, made.signature);
      expect(held.code, held.stderr).toBe(0);
      expect(held.stdout).toContain(made.fingerprint);
      expect((await check(made.command, `${made.statement} `, made.signature)).code).not.toBe(0);

      // The line does what it says: the key may approve and may not seal.
      await writeFile(join(root, 'allowed'), `${made.line}\n`);
      await writeFile(join(root, 'message'), 'message');
      for (const [role, code] of [['approve', 0] as const, ['seal', 255] as const]) {
        const namespace = `${role}.evidence-v1@holdpoint`;
        const signed = must(
          await must(await keys.signer(key, passphrase)).sign(namespace, Buffer.from('message')),
        );
        await writeFile(join(root, 'message.sig'), signed);
        const args = ['-Y', 'verify', '-f', join(root, 'allowed'), '-I', PRINCIPAL, '-n', namespace];
        const verified = await run('ssh-keygen', [...args, '-s', join(root, 'message.sig')], {
          input: 'message',
        });
        expect(verified.code, role).toBe(code);
      }
    }
  });

  it('works through the agent and with the key of the app', async () => {
    const listed = must(await desk.keys());
    const agentKey = listed.find(({ source }) => source.kind === 'agent');
    for (const key of [agentKey?.source, { kind: 'app' } as const]) {
      const made = must(
        await desk.enrol({ principal: PRINCIPAL, roles: ['witness'], key: key ?? { kind: 'app' } }),
      );
      expect((await check(made.command, made.statement, made.signature)).code).toBe(0);
    }
  });

  it.each([
    '*@example.com',
    'alice',
    'a b@example.com',
    'a,b@example.com',
    'alice@example.com" x="',
    '!@x.y',
  ])('refuses the name %s', async (principal) => {
    const refused = await desk.enrol({ principal, roles: ['approve'], key: { kind: 'app' } });
    expect(refused).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  });

  it('refuses a weak key, a role of the device, and a passphrase that is wrong', async () => {
    const file = (name: string) => ({ kind: 'file', path: join(ssh, name) }) as const;
    const base = { principal: PRINCIPAL, roles: ['approve'] } as const;
    expect(await desk.enrol({ ...base, key: file('id_weak') })).toMatchObject({ error: { code: 'trust' } });
    expect(await desk.enrol({ ...base, roles: ['seal'], key: { kind: 'app' } })).toMatchObject({
      error: { code: 'bad-request' },
    });
    expect(await desk.enrol({ ...base, key: file('id_rsa') })).toMatchObject({ error: { code: 'auth' } });
    expect(await desk.enrol({ ...base, key: file('id_rsa'), passphrase: 'no' })).toMatchObject({
      error: { code: 'auth', message: expect.stringContaining('wrong') as string },
    });
  });
});

describe('the keys of a desk', () => {
  it('are those that could sign, with what the trust says of them', async () => {
    const made = must(await desk.enrol({ principal: PRINCIPAL, roles: ['approve'], key: { kind: 'app' } }));
    must(await desk.setTrust({ allowedSigners: `${made.line}\n` }));
    const listed = must(await desk.keys());
    expect(
      listed.map(({ source, keyType, comment, encrypted }) => [
        source.kind === 'file' ? source.path.slice(ssh.length + 1) : source.kind,
        keyType,
        comment,
        encrypted,
      ]),
    ).toEqual([
      ['app', 'ssh-ed25519', 'made by Holdpoint on this desk', false],
      ['agent', 'ecdsa-sha2-nistp384', 'alice id_ecdsa', false],
      ['id_ecdsa', 'ecdsa-sha2-nistp384', 'alice id_ecdsa', false],
      ['id_ed25519', 'ssh-ed25519', 'alice id_ed25519', false],
      ['id_rsa', 'ssh-rsa', 'alice id_rsa', true],
    ]);
    expect(listed[0]?.listed).toEqual([{ principal: PRINCIPAL, roles: ['approve'] }]);
    expect(listed[1]?.listed).toEqual([]);
    const agreed = await printed(['-lf', join(ssh, 'id_rsa.pub')]);
    expect(agreed).toContain(listed[4]?.fingerprint);
  });

  it('are listed without an agent too, and with one that holds a token', async () => {
    agentSocket = join(root, 'nowhere');
    expect(must(await desk.keys()).map(({ source }) => source.kind)).toEqual(['app', 'file', 'file', 'file']);
    const token = await startTokenAgent(join(root, 'token'), 'sk-ssh-ed25519@openssh.com');
    agentSocket = join(root, 'token');
    expect(must(await desk.keys())[1]).toMatchObject({
      keyType: 'sk-ssh-ed25519@openssh.com',
      comment: 'token',
    });
    agentSocket = socket;
    await token.close();
  });
});
