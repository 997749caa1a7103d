/** Variants of signatures and of the lists that they are judged by: each is refused by the strict verifier. */
import { describe, expect, it } from 'vitest';
import { allowedSignersLine } from '../../../electron/host/evidence/allowedSigners.ts';
import { trustText } from '../../../electron/host/evidence/bundle.ts';
import {
  addL,
  armorOf,
  lengthed,
  patch,
  reblob,
  rewrap,
  sshsigBlob,
  stuffReserved,
} from '../../fixtures/evidence/armor.ts';
import { DEVICE, must, OPERATOR, testSigner } from '../../fixtures/evidence/makeRun.ts';
import { zip } from '../../fixtures/evidence/rezip.ts';
import { resigned, smallBundle, TOP } from './small.ts';

const small = smallBundle();

describe('signatures', () => {
  const manifest = () => Buffer.from(small().text('MANIFEST.sha256'));
  const withOperator = (armor: string | Buffer) => zip(small().replace('attest/operator.sig', () => armor));

  it('finds a stripped operator signature', () =>
    small().expectFinding(
      zip(small().parts.filter((p) => !p.name.endsWith('operator.sig'))),
      'signature.missing',
      'attest/operator.sig',
    ));
  it('finds a stripped seal', () =>
    small().expectFinding(
      zip(small().parts.filter((p) => !p.name.endsWith('seal.sig'))),
      'signature.missing',
      'attest/seal.sig',
    ));
  it('finds an extra file in attest/', () =>
    small().expectFinding(zip(small().add(`${TOP}/attest/verify.sh`)), 'attest.unknown', 'attest/verify.sh'));
  it('finds that all was signed again by unknown keys', async () => {
    const keys = { device: testSigner('mallory-1'), operator: testSigner('mallory-2') };
    await small().expectFinding(
      zip(await resigned(small(), manifest(), keys)),
      'signature.untrusted',
      'attest/seal.sig',
    );
  });
  it('finds a signature over something else', async () => {
    const other = must(
      await small().good.operator.sign('operator.evidence-v1@holdpoint', Buffer.from('another manifest')),
    );
    await small().expectFinding(withOperator(other), 'signature.mismatch', 'attest/operator.sig');
  });
  it('finds a signature made for another purpose', async () => {
    for (const namespace of ['git', 'file', 'seal.evidence-v1@holdpoint']) {
      const other = must(await small().good.operator.sign(namespace, manifest()));
      await small().expectFinding(withOperator(other), 'signature.mismatch', 'attest/operator.sig');
    }
  });
  it('finds the device key used as the operator', async () => {
    const other = must(await small().good.device.sign('operator.evidence-v1@holdpoint', manifest()));
    await small().expectFinding(withOperator(other), 'signature.untrusted', 'attest/operator.sig');
  });
  it('finds another person’s signature in the place of the operator’s', async () => {
    const bob = testSigner('bob');
    const other = must(await bob.sign('operator.evidence-v1@holdpoint', manifest()));
    const allowedSigners =
      small().good.allowedSigners + trustText([{ role: 'operator', principal: 'bob@example.com', key: bob }]);
    await small().expectFinding(withOperator(other), 'signature.principal', 'attest/operator.sig', {
      allowedSigners,
    });
  });
  it('finds a revoked key', async () => {
    const revoked = `ssh-ed25519 ${small().good.operator.publicKeyBlob.toString('base64')} alice\n`;
    await small().expectFinding(zip(small().parts), 'signature.revoked', 'attest/operator.sig', { revoked });
  });

  it.each([
    ['text after the end', (armor: string) => `${armor}trust me\n`],
    ['a blank line after the end', (armor: string) => `${armor}\n`],
    ['text before the beginning', (armor: string) => `note\n${armor}`],
    ['other line lengths', (armor: string) => armor.replace(/\n(?=[A-Za-z0-9+/=]+\n-----END)/, '')],
    ['CRLF', (armor: string) => armor.replace(/\n/g, '\r\n')],
    [
      'base64 with set padding bits',
      (armor: string) => rewrap(armor, (b64) => `${b64.slice(0, -3)}${b64.endsWith('==') ? 'B==' : 'B='}`),
    ],
    ['something in the reserved field', (armor: string) => reblob(armor, stuffReserved)],
    ['version 0', (armor: string) => reblob(armor, (blob) => patch(blob, 9, 0))],
    ['S + L', (armor: string) => reblob(armor, addL)],
    [
      'bytes after the signature',
      (armor: string) => reblob(armor, (blob) => Buffer.concat([blob, Buffer.of(0)])),
    ],
  ])('refuses a signature file with %s', async (_name, change) => {
    const armor = small().text('attest/operator.sig');
    const changed = change(armor);
    expect(changed).not.toBe(armor);
    const verdict = await small().verdictOf(withOperator(changed));
    expect(verdict.l1).toBe('fails');
    expect(verdict.findings.map((f) => f.place)).toContain('attest/operator.sig');
  });

  it('refuses a key under which every message verifies', async () => {
    const weak = Buffer.alloc(32);
    weak[0] = 1;
    const blob = Buffer.concat([lengthed('ssh-ed25519'), lengthed(weak)]);
    const field = Buffer.concat([lengthed('ssh-ed25519'), lengthed(Buffer.concat([weak, Buffer.alloc(32)]))]);
    const armor = armorOf(sshsigBlob(blob, 'operator.evidence-v1@holdpoint', field));
    const line = allowedSignersLine(OPERATOR.principal, ['operator.evidence-v1@holdpoint'], {
      keyType: 'ssh-ed25519',
      publicKeyBlob: blob,
    });
    await small().expectFinding(withOperator(armor), 'signature.format', 'attest/operator.sig', {
      allowedSigners: `${small().good.allowedSigners}${line}\n`,
    });
  });

  it.each([
    [
      'a wildcard principal',
      (key: string) => `*@example.com namespaces="operator.evidence-v1@holdpoint" ${key}`,
    ],
    ['no namespace', (key: string) => `${OPERATOR.principal} ${key}`],
    [
      'another namespace',
      (key: string) => `${OPERATOR.principal} namespaces="seal.evidence-v1@holdpoint" ${key}`,
    ],
    [
      'a validity that is over',
      (key: string) =>
        `${OPERATOR.principal} namespaces="operator.evidence-v1@holdpoint",valid-before="20250101Z" ${key}`,
    ],
    [
      'a validity to come',
      (key: string) =>
        `${OPERATOR.principal} namespaces="operator.evidence-v1@holdpoint",valid-after="20990101Z" ${key}`,
    ],
  ])('does not count a key listed with %s', async (_name, line) => {
    const key = `ssh-ed25519 ${small().good.operator.publicKeyBlob.toString('base64')}`;
    const seal = trustText([{ role: 'seal', principal: DEVICE, key: small().good.device }]);
    const trust = { allowedSigners: `${seal}${line(key)}\n`, at: new Date('2026-11-22T00:00:00Z') };
    await small().expectFinding(zip(small().parts), 'signature.untrusted', 'attest/operator.sig', trust);
  });

  it('counts a key that was valid at the time asked for', async () => {
    const key = `ssh-ed25519 ${small().good.operator.publicKeyBlob.toString('base64')}`;
    const seal = trustText([{ role: 'seal', principal: DEVICE, key: small().good.device }]);
    const line = `${OPERATOR.principal} namespaces="operator.evidence-v1@holdpoint",valid-after="20260101Z",valid-before="20270101Z" ${key}\n`;
    expect(
      (
        await small().verdictOf(zip(small().parts), {
          allowedSigners: seal + line,
          at: new Date('2026-11-22T00:00:00Z'),
        })
      ).l1,
    ).toBe('holds');
  });
});

it('is not fooled by a second signer of the same name', async () => {
  const impostor = testSigner('impostor');
  const manifest = Buffer.from(small().text('MANIFEST.sha256'));
  const armor = must(await impostor.sign('operator.evidence-v1@holdpoint', manifest));
  await small().expectFinding(
    zip(small().replace('attest/operator.sig', () => armor)),
    'signature.untrusted',
    'attest/operator.sig',
  );
});
