import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ok } from '../../../../electron/contract/result.ts';
import { namespaceOf } from '../../../../electron/domain/evidence/names.ts';
import { allowedSignersLine } from '../../../../electron/host/evidence/allowedSigners.ts';
import { sshMpint, sshString } from '../../../../electron/host/evidence/sshwire.ts';
import { createTrustStore, type TrustStore } from '../../../../electron/host/evidence/trustStore.ts';
import { must, testSigner } from '../../../fixtures/evidence/makeRun.ts';

const NOW = new Date('2026-11-22T00:00:00Z');
const [alice, bob, operator] = [testSigner('alice'), testSigner('bob'), testSigner('operator')];
const approve = namespaceOf('approve');
const lineOf = (name: string, signer: typeof alice, roles: readonly string[] = [approve]) =>
  `${allowedSignersLine(name, roles, signer)}\n`;
const publicKey = (signer: typeof alice) => `${signer.keyType} ${signer.publicKeyBlob.toString('base64')}\n`;

let data: string;
let changes: number;
let store: TrustStore;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'trust-'));
  changes = 0;
  store = createTrustStore({
    data,
    own: () => Promise.resolve(ok(lineOf('op@example.com', operator, [namespaceOf('operator')]))),
    now: () => NOW,
    onChanged: () => {
      changes += 1;
    },
  });
});
afterEach(() => rm(data, { recursive: true, force: true }));

describe('the trust of a desk', () => {
  it('is empty at first', async () => {
    expect(must(await store.view())).toEqual({
      ...{ allowedSigners: '', revoked: '', tsaCa: '' },
      ...{ signers: [], authorities: [] },
    });
    expect(must(await store.judge(alice.publicKeyBlob, 'approve', NOW))).toEqual({
      ...{ principals: [], refusals: [], revoked: false },
    });
  });

  it('is kept private, and says of each line what it allows', async () => {
    const view = must(
      await store.replace({
        allowedSigners:
          lineOf('alice@example.com', alice, [approve, namespaceOf('review')]) +
          '# a note\n' +
          lineOf('*@example.com', bob) +
          `bob@example.com ${publicKey(bob)}` +
          `bob@example.com namespaces="git" ${publicKey(bob)}` +
          `bob@example.com namespaces="${approve}",valid-before="20200101Z" ${publicKey(bob)}`,
      }),
    );
    expect(view.signers.map(({ line, roles, problem }) => [line, roles, problem])).toEqual([
      [1, ['approve', 'review'], undefined],
      [3, ['approve'], 'a wildcard principal could be anybody'],
      [4, [], 'it names no namespaces: the key could sign in any role'],
      [5, [], 'it is for no role of Holdpoint'],
      [6, ['approve'], 'it is no longer valid'],
    ]);
    expect(changes).toBe(1);
    expect((await stat(join(data, 'trust'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(data, 'trust', 'allowed_signers'))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(data, 'trust'))).toEqual(['allowed_signers']);
  });

  it('judges a key by role and time', async () => {
    must(await store.replace({ allowedSigners: lineOf('alice@example.com', alice) }));
    expect(must(await store.judge(alice.publicKeyBlob, 'approve', NOW)).principals).toEqual([
      'alice@example.com',
    ]);
    const other = must(await store.judge(alice.publicKeyBlob, 'review', NOW));
    expect(other.principals).toEqual([]);
    expect(other.refusals).toHaveLength(1);
    expect(must(await store.judge(bob.publicKeyBlob, 'approve', NOW)).refusals).toEqual([]);
  });

  it('takes a revoked key out of every role, also the desk’s own', async () => {
    must(
      await store.replace({
        allowedSigners: lineOf('alice@example.com', alice),
        revoked: publicKey(alice) + publicKey(operator),
      }),
    );
    for (const [signer, role] of [[alice, 'approve'] as const, [operator, 'operator'] as const]) {
      expect(must(await store.judge(signer.publicKeyBlob, role, NOW))).toMatchObject({
        ...{ principals: [], revoked: true },
      });
    }
    expect(must(await store.view()).signers[0]).toMatchObject({
      revoked: true,
      problem: 'its key is revoked',
    });
    expect(must(await store.listings(alice.publicKeyBlob))).toEqual([]);
  });

  it('has the desk’s own lines behind the team’s, and does not show them as the team’s', async () => {
    must(await store.replace({ allowedSigners: lineOf('alice@example.com', alice).trimEnd() }));
    expect(must(await store.judge(operator.publicKeyBlob, 'operator', NOW)).principals).toEqual([
      'op@example.com',
    ]);
    expect(must(await store.judge(operator.publicKeyBlob, 'approve', NOW)).principals).toEqual([]);
    expect(must(await store.readWithOwn()).allowedSigners.split('\n')).toHaveLength(3);
    expect(must(await store.read()).allowedSigners).not.toContain('op@example.com');
    expect(must(await store.listings(operator.publicKeyBlob))).toEqual([
      { principal: 'op@example.com', roles: ['operator'] },
    ]);
  });
});

describe('trust that cannot be read', () => {
  const small = Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.from([1, ...Buffer.alloc(31)]))]);
  const weak = (() => {
    const jwk = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
    const number = (text = '') => sshMpint(Buffer.from(text, 'base64url'));
    return Buffer.concat([sshString('ssh-rsa'), number(jwk.e), number(jwk.n)]);
  })();
  const entry = (type: string, blob: Buffer) =>
    `eve@example.com namespaces="${approve}" ${type} ${blob.toString('base64')}\n`;

  it.each([
    ['a line that is no line', { allowedSigners: 'alice@example.com\n' }],
    ['a key of small order', { allowedSigners: entry('ssh-ed25519', small) }],
    ['a short RSA key', { allowedSigners: entry('ssh-rsa', weak) }],
    [
      'a fingerprint in the list of revoked keys',
      { revoked: 'SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG\n' },
    ],
    ['a list of authorities that is cut off', { tsaCa: '-----BEGIN CERTIFICATE-----\nMIIB' }],
    ['a list of authorities without one', { tsaCa: 'hello' }],
  ])('is refused whole: %s', async (_name, change) => {
    must(
      await store.replace({ allowedSigners: lineOf('alice@example.com', alice), revoked: publicKey(bob) }),
    );
    const before = must(await store.read());
    const refused = await store.replace({ allowedSigners: lineOf('bob@example.com', bob), ...change });
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'bad-request', kept: 'The trust of this desk is as it was.' },
    });
    expect(must(await store.read())).toEqual(before);
    expect(changes).toBe(1);
  });

  it('never counts in part: nobody is judged by a file that was damaged on disk', async () => {
    must(await store.replace({ allowedSigners: lineOf('alice@example.com', alice) }));
    const path = join(data, 'trust', 'allowed_signers');
    await writeFile(path, `${await readFile(path, 'utf8')}half a line`);
    expect(await store.judge(alice.publicKeyBlob, 'approve', NOW)).toMatchObject({ ok: false });
    expect(await store.view()).toMatchObject({ ok: false });
    must(await store.replace({ allowedSigners: lineOf('alice@example.com', alice) }));
    expect(must(await store.judge(alice.publicKeyBlob, 'approve', NOW)).principals).toHaveLength(1);
  });
});
