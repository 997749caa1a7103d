import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fail, ok } from '../../../../electron/contract/result.ts';
import { StreamHash, writeAtomic } from '../../../../electron/host/evidence/files.ts';
import { appKeySigner } from '../../../../electron/host/evidence/keys.ts';
import { parsePublicKey } from '../../../../electron/host/evidence/sshkey.ts';
import { sha256 } from '../../../../electron/host/files/hash.ts';
import type { SecretBox } from '../../../../electron/host/ports.ts';
import { must } from '../../../fixtures/evidence/makeRun.ts';

let config: string;
beforeEach(async () => {
  config = await mkdtemp(join(tmpdir(), 'holdpoint-keys-'));
});
afterEach(async () => {
  await rm(config, { recursive: true, force: true });
});

/** Turns the bytes round: enough to see that nothing is stored as it is. */
const box: SecretBox = {
  protection: 'file',
  seal: (secret) => Promise.resolve(secret.map((byte) => byte ^ 0xff)),
  open: (sealed) =>
    Promise.resolve(
      sealed.length === 32 ? ok(sealed.map((byte) => byte ^ 0xff)) : fail('corrupt', 'not ours'),
    ),
};

describe('a key of the app', () => {
  it('is made once, kept sealed and private, and found again', async () => {
    const first = must(await appKeySigner({ config }, box, 'device'));
    const again = must(await appKeySigner({ config }, box, 'device'));
    expect(again.fingerprint).toBe(first.fingerprint);
    const path = join(config, 'keys', 'device.key');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(config, 'keys'))).mode & 0o777).toBe(0o700);
    expect(must(await appKeySigner({ config }, box, 'operator')).fingerprint).not.toBe(first.fingerprint);
  });

  it('is one and the same for two copies that start at once', async () => {
    const signers = await Promise.all([1, 2, 3, 4].map(() => appKeySigner({ config }, box, 'device')));
    expect(new Set(signers.map((signer) => must(signer).fingerprint)).size).toBe(1);
  });

  it('is never replaced when it cannot be opened', async () => {
    must(await appKeySigner({ config }, box, 'device'));
    const path = join(config, 'keys', 'device.key');
    await writeFile(path, 'damaged');
    expect(await appKeySigner({ config }, box, 'device')).toMatchObject({
      ok: false,
      error: { code: 'corrupt' },
    });
    expect(await readFile(path, 'utf8')).toBe('damaged');
  });
});

describe('hashing a stream', () => {
  it('gives the digest of the whole and of each beginning asked for', () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(chunks, fc.array(fc.nat({ max: 200 }), { maxLength: 6 }), (pieces, marks) => {
        const hash = new StreamHash(marks);
        for (const piece of pieces) hash.update(piece);
        const whole = Buffer.concat(pieces);
        const done = hash.finish();
        expect(done).toMatchObject({ bytes: whole.length, sha256: sha256(whole) });
        for (const mark of marks) {
          expect(done.prefixes.get(mark)).toBe(
            mark <= whole.length ? sha256(whole.subarray(0, mark)) : undefined,
          );
        }
      }),
    );
  });
});

it('reports a folder that cannot be written instead of throwing', async () => {
  await writeFile(join(config, 'file'), '');
  expect(await writeAtomic(join(config, 'file', 'x'), 'y')).toMatchObject({
    ok: false,
    error: { code: 'storage' },
  });
});

describe('an Ed25519 public key', () => {
  const blob = (point: string) =>
    Buffer.concat([
      Buffer.from('0000000b', 'hex'),
      Buffer.from('ssh-ed25519'),
      Buffer.from('00000020', 'hex'),
      Buffer.from(point, 'hex'),
    ]);

  it.each([
    ['0', '00'.repeat(32)],
    ['0, signed', `${'00'.repeat(31)}80`],
    ['1', `01${'00'.repeat(31)}`],
    ['1, signed', `01${'00'.repeat(30)}80`],
    ['-1', `ec${'ff'.repeat(30)}7f`],
    ['order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
    ['order 8, signed', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'],
    ['order 8, the other', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    ['p, not canonical', `ed${'ff'.repeat(30)}7f`],
    ['p + 1, not canonical', `ee${'ff'.repeat(30)}ff`],
  ])('of small order or in another form is refused: %s', (_name, point) => {
    expect(parsePublicKey(blob(point))).toMatchObject({ ok: false, error: { code: 'trust' } });
  });

  it('with something after it is refused', () => {
    expect(parsePublicKey(Buffer.concat([blob('11'.repeat(32)), Buffer.of(0)])).ok).toBe(false);
  });
});
