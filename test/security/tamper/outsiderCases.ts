/** Cases 1 to 24: somebody without a key of the site, and keys used for what they are not for. */
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { sha256 } from '../../../electron/host/files/hash.ts';
import { addL, armorOf, lengthed, reblob, sshsigBlob, stuffReserved } from '../../fixtures/evidence/armor.ts';
import { MINUTE, PEOPLE, signerOf, siteTrust, T0, TOP } from '../../fixtures/evidence/fullBook.ts';
import { must, testSigner } from '../../fixtures/evidence/signers.ts';
import {
  added,
  changed,
  type Kit,
  partOf,
  replace,
  rezipped,
  type TamperCase,
  type Tampered,
  without,
} from './kit.ts';

const OPERATOR = 'operator.evidence-v1@holdpoint';
const SIGNATURE = 'attest/operator.sig';

const flip = (data: Buffer, at: number) => {
  const copy = Buffer.from(data);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};
const lines = (data: Buffer) => data.toString('latin1').split(/(?<=\n)/);
/** The seal, which no timestamp stands over, written otherwise. */
const withSeal = (kit: Kit, change: (armor: string) => string) =>
  changed(
    kit,
    replace('attest/seal.sig', (data) => change(data.toString('latin1'))),
  );

/** Another signature of the operator, with a timestamp of its own: the authority stamps whatever it is given. */
async function withSignature(kit: Kit, armor: string, trust: Tampered['trust'] = kit.good.trust) {
  const token = await kit.runs.stamp(Buffer.from(armor), T0 + 20 * MINUTE);
  return changed(
    kit,
    (parts) => replace(SIGNATURE, () => armor)(replace(`${SIGNATURE}.tsr`, () => token)(parts)),
    trust,
  );
}

/** Signed by keys that the site does not know. */
async function bySomebodyElse(kit: Kit) {
  const { manifest } = kit.good;
  const device = must(await testSigner('mallory-1').sign('seal.evidence-v1@holdpoint', manifest));
  const operator = must(await testSigner('mallory-2').sign(OPERATOR, manifest));
  return changed(kit, (parts) =>
    replace('attest/seal.sig', () => device)(replace(SIGNATURE, () => operator)(parts)),
  );
}

async function signedAs(kit: Kit, namespace: string, who: Parameters<typeof signerOf>[0], over?: Buffer) {
  const armor = must(await signerOf(who).sign(namespace, over ?? kit.good.manifest));
  return withSignature(kit, armor);
}

/** A signature of a security key (FIDO) that nobody touched: the flag of presence is not set. */
function touchless(kit: Kit) {
  const type = 'sk-ssh-ed25519@openssh.com';
  const seed = createHash('sha256').update('token').digest();
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  const key = createPrivateKey({ key: Buffer.concat([prefix, seed]), format: 'der', type: 'pkcs8' });
  const point = Buffer.from(String(key.export({ format: 'jwk' })['x']), 'base64url');
  const publicKey = Buffer.concat([lengthed(type), lengthed(point), lengthed('ssh:')]);
  const digest = createHash('sha512').update(kit.good.manifest).digest();
  const tbs = Buffer.concat([
    Buffer.from('SSHSIG'),
    ...[OPERATOR, '', 'sha512', digest].map((part) => lengthed(part)),
  ]);
  const presence = Buffer.of(0, 0, 0, 0, 1);
  const hash = (data: string | Buffer) => createHash('sha256').update(data).digest();
  const signature = sign(null, Buffer.concat([hash('ssh:'), presence, hash(tbs)]), key);
  const field = Buffer.concat([lengthed(type), lengthed(signature), presence]);
  const armor = armorOf(sshsigBlob(publicKey, OPERATOR, field));
  const line = `${PEOPLE.operator.principal} namespaces="${OPERATOR}" ${type} ${publicKey.toString('base64')}`;
  return withSignature(kit, armor, { ...kit.good.trust, allowedSigners: siteTrust([line]) });
}

export const outsiderCases: readonly TamperCase[] = [
  {
    n: 1,
    title: 'one byte of a recording flipped',
    id: 'manifest.hash-mismatch',
    make: (kit) =>
      changed(
        kit,
        replace('recordings/02-upgrade-ops.cast', (data) => flip(data, 90)),
      ),
  },
  {
    n: 2,
    title: 'a record edited',
    id: 'manifest.hash-mismatch',
    make: (kit) =>
      changed(
        kit,
        replace('journal.jsonl', (data) => data.toString().replace('"code":0', '"code":1')),
      ),
  },
  {
    n: 3,
    title: 'the last record dropped',
    id: 'manifest.hash-mismatch',
    make: (kit) =>
      changed(
        kit,
        replace('journal.jsonl', (data) => lines(data).slice(0, -1).join('')),
      ),
  },
  {
    n: 4,
    title: 'two records swapped',
    id: 'manifest.hash-mismatch',
    make: (kit) =>
      changed(
        kit,
        replace('journal.jsonl', (data) => {
          const [a = '', b = '', c = '', ...rest] = lines(data);
          return [a, c, b, ...rest].join('');
        }),
      ),
  },
  {
    n: 5,
    title: 'the runbook replaced',
    id: 'manifest.hash-mismatch',
    make: (kit) =>
      changed(
        kit,
        replace('plan/runbook.yaml', () => 'runbook: 1\n'),
      ),
  },
  {
    n: 6,
    title: 'a file deleted',
    id: 'manifest.file-missing',
    make: (kit) => changed(kit, without(/02-upgrade\.out$/)),
  },
  {
    n: 7,
    title: 'a file added that the manifest does not list',
    id: 'manifest.unlisted',
    make: (kit) => changed(kit, added(`${TOP}/outputs/03-extra.out`)),
  },
  {
    n: 8,
    title: 'a hidden file added',
    id: 'zip.name',
    make: (kit) => changed(kit, added(`${TOP}/.hidden`)),
  },
  {
    n: 9,
    title: 'a file changed, the manifest mended, not signed again',
    id: 'manifest.not-signed',
    make: (kit) =>
      changed(kit, (parts) => {
        const output = 'Release "mazevault" has been downgraded.\r\n';
        const manifest = kit.good.manifest
          .toString()
          .replace(sha256(partOf(kit.good, 'outputs/02-upgrade.out')), sha256(output));
        return replace(
          'outputs/02-upgrade.out',
          () => output,
        )(replace('MANIFEST.sha256', () => manifest)(parts));
      }),
  },
  {
    n: 10,
    title: 'the operator’s signature stripped',
    id: 'signature.missing',
    make: (kit) => changed(kit, without(/attest\/operator\.sig/)),
  },
  {
    n: 11,
    title: 'the timestamp stripped',
    id: 'timestamp.missing',
    make: (kit) => changed(kit, without(/\.tsr$/)),
  },
  {
    n: 12,
    title: 'the review stripped',
    id: 'review.missing',
    make: (kit) => changed(kit, without(/attest\/review-1/)),
  },
  {
    n: 13,
    title: 'everything signed again by unknown keys',
    id: 'signature.untrusted',
    make: bySomebodyElse,
  },
  {
    n: 14,
    title: 'the operator’s signature of another run',
    id: 'signature.mismatch',
    make: (kit) => signedAs(kit, OPERATOR, 'operator', Buffer.from('another manifest\n')),
  },
  {
    n: 15,
    title: 'the operator’s signature made for git',
    id: 'signature.mismatch',
    make: (kit) => signedAs(kit, 'git', 'operator'),
  },
  {
    n: 16,
    title: 'the approver’s key as the operator’s',
    id: 'signature.untrusted',
    make: (kit) => signedAs(kit, OPERATOR, 'approver'),
  },
  {
    n: 17,
    title: 'a signature spelled otherwise (S + L)',
    id: 'signature.mismatch',
    make: (kit) => withSeal(kit, (armor) => reblob(armor, addL)),
  },
  {
    n: 18,
    title: 'text after the end of a signature',
    id: 'signature.format',
    make: (kit) => withSeal(kit, (armor) => `${armor}Approved by the CISO.\n`),
  },
  {
    n: 19,
    title: 'something in the reserved field of a signature',
    id: 'signature.format',
    make: (kit) => withSeal(kit, (armor) => reblob(armor, stuffReserved)),
  },
  {
    n: 20,
    title: 'a file added to attest/',
    id: 'attest.unknown',
    make: (kit) => changed(kit, added(`${TOP}/attest/verify.sh`, '#!/bin/sh\necho GOOD\n')),
  },
  {
    n: 21,
    title: 'the timestamp of another signature',
    id: 'timestamp.imprint',
    make: async (kit) => {
      const token = await kit.runs.stamp(Buffer.from('another signature'), T0 + 20 * MINUTE);
      return changed(
        kit,
        replace('attest/operator.sig.tsr', () => token),
      );
    },
  },
  {
    n: 22,
    title: 'a timestamp by an authority that looks like the site’s',
    id: 'timestamp.untrusted',
    make: async (kit) => {
      const token = await kit.runs.stamp(partOf(kit.good, SIGNATURE), T0 + 20 * MINUTE, 'look-alike');
      return changed(
        kit,
        replace('attest/operator.sig.tsr', () => token),
      );
    },
  },
  {
    n: 23,
    title: 'a key that was revoked',
    id: 'signature.revoked',
    make: (kit) => {
      const { publicKeyBlob } = signerOf('operator');
      const revoked = `ssh-ed25519 ${Buffer.from(publicKeyBlob).toString('base64')} alice\n`;
      return { ...rezipped(kit), trust: { ...kit.good.trust, revoked } };
    },
  },
  { n: 24, title: 'a security key that nobody touched', id: 'signature.mismatch', make: touchless },
];
