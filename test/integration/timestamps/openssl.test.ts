/** Timestamps made by openssl, judged by us and by `openssl ts -verify`: the two agree, or the name of the test says why. */
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timestampRequest } from '../../../electron/domain/timestamps/request.ts';
import { inspectTimestamp, verifyTimestamp } from '../../../electron/domain/timestamps/verifyTimestamp.ts';
import {
  CA_EXTENSIONS,
  forge,
  forgeEd25519,
  type Identity,
  makeCertificate,
  makeSite,
  openssl,
  opensslVerdict,
  POLICY,
  reply,
  TSA_EXTENSIONS,
  tsaConfig,
  tstInfo,
} from '../../fixtures/timestamps/pki.ts';

const { subtle } = webcrypto;
const stamped = Buffer.from('-----BEGIN SSH SIGNATURE-----\nthe bytes that are stamped\n');
const digest = createHash('sha256').update(stamped).digest();
const NOW = '20261101120000Z';

let dir: string;
let site: Awaited<ReturnType<typeof makeSite>>;
let config: string;
let caPem: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'timestamps-'));
  site = await makeSite(dir);
  config = await tsaConfig(join(dir, 'ts'));
  caPem = await readFile(site.ca.cert, 'utf8');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

interface Case {
  readonly token: Uint8Array;
  readonly pem?: string;
  readonly data?: Uint8Array;
  readonly nonce?: string;
  readonly policies?: readonly string[];
  readonly attime?: Date;
  readonly request?: Uint8Array;
}

/** Ours: `good` or the id of the problem; and what openssl says. */
async function judge(one: Case): Promise<readonly [ours: string, theirs: string]> {
  const authoritiesPem = one.pem ?? caPem;
  const caFile = join(dir, 'given.pem');
  await writeFile(caFile, authoritiesPem);
  const ours = await verifyTimestamp({
    token: one.token,
    stamped: one.data ?? stamped,
    authoritiesPem,
    subtle,
    ...(one.nonce === undefined ? {} : { nonce: one.nonce }),
    ...(one.policies === undefined ? {} : { policies: one.policies }),
  });
  const theirs = await opensslVerdict(dir, {
    reply: one.token,
    data: one.data ?? stamped,
    caFile,
    ...(one.attime === undefined ? {} : { attime: one.attime }),
    ...(one.request === undefined ? {} : { request: one.request }),
  });
  return [ours.ok ? 'good' : ours.error.id, theirs];
}

function signerOf(name: string, wanted: Partial<Parameters<typeof makeCertificate>[1]>): Promise<Identity> {
  return makeCertificate(dir, {
    name,
    subject: `/O=Example/CN=${name}`,
    extensions: TSA_EXTENSIONS,
    issuer: site.ca,
    ...wanted,
  });
}

describe('a reply to our own request', () => {
  const nonce = randomBytes(8);
  const request = timestampRequest(digest, nonce);

  it('is what openssl reads as a request', async () => {
    await writeFile(join(dir, 'own.tsq'), request);
    const text = await openssl(['ts', '-query', '-in', join(dir, 'own.tsq'), '-text']);
    expect(text).toContain('Hash Algorithm: sha256');
    expect(text).toContain('Certificate required: yes');
    expect(text).toMatch(new RegExp(`Nonce: 0x0*${nonce.toString('hex').replace(/^0+/, '')}`, 'i'));
  });

  it('is good for both, also with the nonce', async () => {
    const token = await reply(dir, config, site.tsa, request);
    expect(await judge({ token, nonce: nonce.toString('hex'), request })).toEqual(['good', 'good']);
    const read = await verifyTimestamp({ token, stamped, authoritiesPem: caPem, subtle });
    expect(read).toMatchObject({
      ok: true,
      value: { authority: 'CN=Example Stamp 1, O=Example', policy: POLICY, accuracyMs: 1500 },
    });
    expect(read.ok && Math.abs(read.value.genTime.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it('is refused by both when the nonce is of another request', async () => {
    const token = await reply(dir, config, site.tsa, request);
    const other = timestampRequest(digest, Buffer.from('0102030405060708', 'hex'));
    expect(await judge({ token, nonce: '0102030405060708', request: other })).toEqual([
      'timestamp.nonce',
      'bad',
    ]);
  });

  it('is refused by both when it is over another signature', async () => {
    const token = await reply(dir, config, site.tsa, request);
    expect(await judge({ token, data: Buffer.from('another') })).toEqual(['timestamp.imprint', 'bad']);
  });

  it('is refused by both when a look-alike authority gave it', async () => {
    const token = await reply(dir, config, site.lookAlikeTsa, request);
    expect(await judge({ token })).toEqual(['timestamp.untrusted', 'bad']);
    // The look-alike is whole in itself: only the list of authorities tells them apart.
    expect(await judge({ token, pem: await readFile(site.lookAlikeCa.cert, 'utf8') })).toEqual([
      'good',
      'good',
    ]);
    expect(await inspectTimestamp({ token, stamped, subtle })).toMatchObject({ ok: true });
  });

  it('is refused by both at every length it can be cut to', async () => {
    const token = await reply(dir, config, site.tsa, request);
    for (let length = 0; length < token.length; length += 1) {
      const cut = await verifyTimestamp({
        token: token.subarray(0, length),
        stamped,
        authoritiesPem: caPem,
        subtle,
      });
      expect(cut).toMatchObject({ ok: false, error: { id: 'timestamp.form' } });
    }
    expect(await judge({ token: token.subarray(0, token.length - 1) })).toEqual(['timestamp.form', 'bad']);
  });

  it('is refused by us, not by openssl, with bytes after its end', async () => {
    const token = Buffer.concat([await reply(dir, config, site.tsa, request), Buffer.from('more')]);
    expect(await judge({ token })).toEqual(['timestamp.form', 'good']);
  });

  it('is never good with a byte changed', async () => {
    const token = await reply(dir, config, site.tsa, request);
    const good: number[] = [];
    for (let at = 0; at < token.length; at += 1) {
      const changed = Buffer.from(token);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      const judged = await verifyTimestamp({ token: changed, stamped, authoritiesPem: caPem, subtle });
      if (judged.ok) good.push(at);
    }
    // One says nothing that is believed: the status, where `granted with modifications` is as good as `granted`.
    expect(good.map((at) => token[at])).toEqual([0]);
  });

  it('says why it was refused by the authority', async () => {
    const strange = timestampRequest(digest, nonce);
    // SHA-256 becomes SHA-384 with 32 bytes: the authority takes no such request.
    strange[strange.indexOf(0x01, 16)] = 0x02;
    const token = await reply(dir, config, site.tsa, strange);
    const judged = await inspectTimestamp({ token, stamped, subtle });
    expect(judged).toMatchObject({ ok: false, error: { id: 'timestamp.status' } });
  });
});

describe('certificates in and beside the token', () => {
  const info = () => tstInfo({ digest, at: NOW });

  it('are not needed in it when the security team hands the signer’s out', async () => {
    const token = await forge(dir, info(), site.tsa, ['-nocerts']);
    expect(await judge({ token })).toEqual(['timestamp.signer', 'bad']);
    const pem = caPem + (await readFile(site.tsa.cert, 'utf8'));
    expect(await judge({ token, pem })).toEqual(['good', 'good']);
  });

  it('are no reason to trust: a signer that is pinned without its authority does not count', async () => {
    const token = await forge(dir, info(), site.tsa);
    expect(await judge({ token, pem: await readFile(site.tsa.cert, 'utf8') })).toEqual([
      'timestamp.untrusted',
      'bad',
    ]);
    expect(await judge({ token, pem: '' })).toEqual(['timestamp.untrusted', 'bad']);
  });

  it('may lead over an authority in between', async () => {
    const between = await makeCertificate(dir, {
      name: 'between',
      subject: '/CN=Between',
      extensions: ['basicConstraints=critical,CA:true,pathlen:0', 'keyUsage=critical,keyCertSign'],
      issuer: site.ca,
    });
    const signer = await signerOf('under-between', { issuer: between });
    const token = await forge(dir, info(), signer, ['-certfile', between.cert]);
    expect(await judge({ token })).toEqual(['good', 'good']);
    // openssl asks for the root unless told otherwise; what the security team hands out is enough for us.
    expect(await judge({ token, pem: await readFile(between.cert, 'utf8') })).toEqual(['good', 'bad']);
    const deeper = await makeCertificate(dir, {
      name: 'too-deep',
      subject: '/CN=Too deep',
      extensions: CA_EXTENSIONS,
      issuer: between,
    });
    const low = await signerOf('under-too-deep', { issuer: deeper });
    await writeFile(
      join(dir, 'path.pem'),
      (await readFile(between.cert, 'utf8')) + (await readFile(deeper.cert, 'utf8')),
    );
    const long = await forge(dir, info(), low, ['-certfile', join(dir, 'path.pem')]);
    expect(await judge({ token: long })).toEqual(['timestamp.untrusted', 'bad']);
  });

  it('may not be issued by one that is no authority', async () => {
    const user = await signerOf('user', {
      extensions: ['basicConstraints=CA:false', 'keyUsage=keyCertSign,digitalSignature'],
    });
    const signer = await signerOf('issued-by-user', { issuer: user });
    const token = await forge(dir, info(), signer, ['-certfile', user.cert]);
    expect(await judge({ token })).toEqual(['timestamp.untrusted', 'bad']);
  });

  it('may not be its own authority, which openssl lets pass', async () => {
    const alone = await makeCertificate(dir, {
      name: 'alone',
      subject: '/CN=Alone',
      extensions: TSA_EXTENSIONS,
    });
    const token = await forge(dir, info(), alone);
    const pem = await readFile(alone.cert, 'utf8');
    expect(await judge({ token, pem })).toEqual(['timestamp.untrusted', 'good']);
  });

  it('may not have a critical extension that nobody knows', async () => {
    const odd = await signerOf('odd extension', {
      extensions: [...TSA_EXTENSIONS, '1.2.3.4=critical,ASN1:NULL'],
    });
    const token = await forge(dir, info(), odd);
    expect(await judge({ token })).toEqual(['timestamp.untrusted', 'bad']);
  });

  it('may not be issued by an authority whose key is not for that', async () => {
    const odd = await makeCertificate(dir, {
      name: 'odd-ca',
      subject: '/CN=Odd CA',
      extensions: ['basicConstraints=critical,CA:true', 'keyUsage=critical,cRLSign'],
    });
    const signer = await signerOf('under-odd', { issuer: odd });
    const token = await forge(dir, info(), signer);
    expect(await judge({ token, pem: await readFile(odd.cert, 'utf8') })).toEqual([
      'timestamp.untrusted',
      'bad',
    ]);
  });
});

describe('the purpose of the signer’s certificate', () => {
  const purposes: readonly (readonly [name: string, extensions: readonly string[]])[] = [
    ['missing', ['keyUsage=critical,digitalSignature']],
    ['not critical', ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=timeStamping']],
    [
      'one of two',
      ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=critical,timeStamping,codeSigning'],
    ],
    ['another', ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=critical,codeSigning']],
    ['any', ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=critical,anyExtendedKeyUsage']],
    [
      'key encipherment too',
      ['keyUsage=digitalSignature,keyEncipherment', 'extendedKeyUsage=critical,timeStamping'],
    ],
  ];
  it.each(purposes)('is refused by both when it is %s', async (name, extensions) => {
    const signer = await signerOf(`purpose ${name}`, { extensions });
    const token = await forge(dir, tstInfo({ digest, at: NOW }), signer);
    expect(await judge({ token })).toEqual(['timestamp.purpose', 'bad']);
    expect(await inspectTimestamp({ token, stamped, subtle })).toMatchObject({
      error: { id: 'timestamp.purpose' },
    });
  });
});

describe('a certificate that has expired', () => {
  let old: Identity;
  beforeAll(async () => {
    old = await signerOf('old', { from: '20210101000000Z', to: '20220101000000Z' });
  });

  it('counts for a token that was made before (openssl needs -attime to say so)', async () => {
    const token = await forge(dir, tstInfo({ digest, at: '20210601000000Z' }), old);
    expect(await judge({ token })).toEqual(['good', 'bad']);
    expect(await judge({ token, attime: new Date('2021-06-01T00:00:00Z') })).toEqual(['good', 'good']);
    const read = await verifyTimestamp({ token, stamped, authoritiesPem: caPem, subtle });
    expect(read).toMatchObject({ value: { certificateEnds: new Date('2022-01-01T00:00:00Z') } });
  });

  it.each(['20220101000001Z', '20201231235959Z', NOW])('is refused by both for a token of %s', async (at) => {
    const token = await forge(dir, tstInfo({ digest, at }), old);
    const parts = /^(....)(..)(..)(..)(..)(..)Z$/.exec(at) ?? [];
    const [, y = '', mo = '', d = '', h = '', mi = '', s = ''] = parts;
    const attime = new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
    expect(await judge({ token, attime })).toEqual(['timestamp.expired', 'bad']);
  });

  it('is refused by both when it is the authority’s', async () => {
    const gone = await makeCertificate(dir, {
      name: 'gone-ca',
      subject: '/CN=Gone CA',
      extensions: CA_EXTENSIONS,
      to: '20220101000000Z',
    });
    const signer = await signerOf('under-gone', { issuer: gone });
    const token = await forge(dir, tstInfo({ digest, at: NOW }), signer);
    const pem = await readFile(gone.cert, 'utf8');
    expect(await judge({ token, pem })).toEqual(['timestamp.expired', 'bad']);
  });
});

describe('algorithms of the signer', () => {
  it.each(['p384', 'rsa'] as const)('%s is good for both', async (kind) => {
    const signer = await signerOf(`kind-${kind}`, { kind });
    const token = await forge(dir, tstInfo({ digest, at: NOW }), signer);
    expect(await judge({ token })).toEqual(['good', 'good']);
  });

  it.each(['rsa', 'rsa-pss'] as const)(
    'PSS with a key of type %s is good for us; openssl 3.0 may not read it in a timestamp',
    async (kind) => {
      const signer = await signerOf(`pss-${kind}`, { kind });
      const pss = ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:32'];
      const token = await forge(dir, tstInfo({ digest, at: NOW }), signer, pss);
      expect((await judge({ token }))[0]).toBe('good');
      token[token.length - 1] = (token.at(-1) ?? 0) ^ 1;
      expect(await judge({ token })).toEqual(['timestamp.signature', 'bad']);
    },
  );

  it('Ed25519 is good for us; openssl 3.0 does not read it in a timestamp', async () => {
    const signer = await signerOf('ed25519', { kind: 'ed25519' });
    const token = await forgeEd25519(tstInfo({ digest, at: NOW }), signer);
    expect((await judge({ token }))[0]).toBe('good');
    token[token.length - 1] = (token.at(-1) ?? 0) ^ 1;
    expect(await judge({ token })).toEqual(['timestamp.signature', 'bad']);
  });

  it.each(['p384', 'rsa', 'ed25519', 'rsa-pss'] as const)(
    'an authority with %s is good for both',
    async (kind) => {
      const name = `ca-${kind}`;
      const ca = await makeCertificate(dir, {
        name,
        subject: `/CN=${name}`,
        extensions: CA_EXTENSIONS,
        kind,
      });
      const signer = await signerOf(`under-${name}`, { issuer: ca });
      const token = await forge(dir, tstInfo({ digest, at: NOW }), signer);
      expect(await judge({ token, pem: await readFile(ca.cert, 'utf8') })).toEqual(['good', 'good']);
    },
  );

  it('refuses a short RSA key and SHA-1, which openssl takes', async () => {
    const weak = await signerOf('weak', { kind: 'rsa-1024' });
    const token = await forge(dir, tstInfo({ digest, at: NOW }), weak);
    expect((await judge({ token }))[0]).toBe('timestamp.signature');
    const old = await forge(dir, tstInfo({ digest, at: NOW }), site.tsa, ['-md', 'sha1']);
    expect((await judge({ token: old }))[0]).toBe('timestamp.signature');
    const sha1 = createHash('sha1').update(stamped).digest();
    const imprint = await forge(
      dir,
      tstInfo({ digest: sha1, at: NOW, imprintHash: '1.3.14.3.2.26' }),
      site.tsa,
    );
    expect((await judge({ token: imprint }))[0]).toBe('timestamp.imprint');
  });

  it('knows the signer by key id too; openssl 3.0 by issuer and serial number only', async () => {
    const token = await forge(dir, tstInfo({ digest, at: NOW }), site.tsa, ['-keyid']);
    expect((await judge({ token }))[0]).toBe('good');
  });
});

describe('what the token must say', () => {
  it('refuses a policy that does not count here; openssl does not ask', async () => {
    const token = await forge(dir, tstInfo({ digest, at: NOW, policy: '1.2.3.4' }), site.tsa);
    expect(await judge({ token })).toEqual(['good', 'good']);
    expect(await judge({ token, policies: [POLICY] })).toEqual(['timestamp.policy', 'good']);
    expect(await judge({ token, policies: [POLICY, '1.2.3.4'] })).toEqual(['good', 'good']);
  });

  it('refuses one that is not bound to its certificate, as openssl does', async () => {
    const content = join(dir, 'plain.der');
    await writeFile(content, tstInfo({ digest, at: NOW }));
    // Without -cades there is no signingCertificate attribute.
    const token = await forgePlain(content);
    expect(await judge({ token })).toEqual(['timestamp.signer', 'bad']);
  });

  it('refuses two signers, as openssl does', async () => {
    const token = await forge(dir, tstInfo({ digest, at: NOW }), site.tsa, [
      ...['-signer', site.lookAlikeTsa.cert, '-inkey', site.lookAlikeTsa.key],
    ]);
    expect(await judge({ token })).toEqual(['timestamp.form', 'bad']);
  });

  it('refuses a list of authorities that is damaged or holds a private key', async () => {
    const token = await forge(dir, tstInfo({ digest, at: NOW }), site.tsa);
    for (const pem of [
      caPem.slice(0, -30),
      caPem.replace('MII', 'M*I'),
      await readFile(site.ca.key, 'utf8'),
    ]) {
      const judged = await verifyTimestamp({ token, stamped, authoritiesPem: pem, subtle });
      expect(judged).toMatchObject({ ok: false, error: { id: 'timestamp.authority' } });
    }
  });
});

async function forgePlain(content: string): Promise<Buffer> {
  const out = join(dir, 'plain-token.der');
  await openssl([
    ...['cms', '-sign', '-binary', '-nodetach', '-nosmimecap', '-md', 'sha256', '-outform', 'DER'],
    ...['-econtent_type', '1.2.840.113549.1.9.16.1.4', '-in', content, '-out', out],
    ...['-signer', site.tsa.cert, '-inkey', site.tsa.key],
  ]);
  const { responseAround } = await import('../../../electron/domain/timestamps/response.ts');
  return Buffer.from(responseAround(await readFile(out)));
}
