/** Nothing in a package can be changed unnoticed, and nothing in it is read before its signature was looked at. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { HEAD, MAX_PACKAGE_BYTES, SIGNATURE, SUMS } from '../../electron/domain/package/names.ts';
import { readPackage } from '../../electron/domain/package/read.ts';
import { readTrust, type ReadTrust } from '../../electron/domain/verify/trust.ts';
import { allowedSignersLine } from '../../electron/host/evidence/allowedSigners.ts';
import { nodePlatform } from '../../electron/host/evidence/nodePlatform.ts';
import { ed25519Signer, type Signer } from '../../electron/host/evidence/signer.ts';
import { namespaceOf } from '../../electron/domain/evidence/names.ts';
import { bookText, pack, unpacked } from '../fixtures/packages.ts';
import { type Part, zip, type ZipTwist } from '../fixtures/evidence/rezip.ts';
import { must } from '../fixtures/runs/desk.ts';

const BOOK = 'runbooks/book.runbook.yaml';
const FILES = { [BOOK]: bookText('book'), 'overlays/prague.overlay.yaml': 'overlay: 1\nsite: prague\n' };
const made = unpacked(FILES);
let signer: Signer;
let trust: ReadTrust;
let armor: string;
let good: Buffer;

beforeAll(async () => {
  signer = must(ed25519Signer(Buffer.alloc(32, 7)));
  const allowedSigners = `${allowedSignersLine('owner@example.com', [namespaceOf('release')], signer)}\n`;
  trust = must(readTrust(nodePlatform, { allowedSigners }));
  armor = must(await signer.sign(namespaceOf('release'), made.sums));
  good = pack(made, armor);
});

const read = (bytes: Uint8Array) => readPackage(nodePlatform, bytes, trust);

async function whyNot(bytes: Uint8Array): Promise<string> {
  const result = await read(bytes);
  return result.ok ? 'it is taken' : result.error.message;
}

/** The parts of the good package, by path. */
function partsOf(): Map<string, Buffer> {
  const files = [...made.files].map(([path, bytes]) => [path, Buffer.from(bytes)] as const);
  return new Map([...files, [SUMS, Buffer.from(made.sums)], [SIGNATURE, Buffer.from(armor)]]);
}

function packed(parts: ReadonlyMap<string, Buffer>, twist: ZipTwist = {}, top = 'rb-site'): Buffer {
  const all = [...parts].map(([path, data]): Part => ({ name: `${top}/${path}`, data }));
  return zip(
    all.sort((a, b) => (a.name < b.name ? -1 : 1)),
    twist,
  );
}

/** The same with a digest list that fits, signed anew: what a signer could do. */
async function resigned(change: (parts: Map<string, Buffer>) => void, top?: string): Promise<Buffer> {
  const parts = partsOf();
  parts.delete(SUMS);
  parts.delete(SIGNATURE);
  change(parts);
  const sums = [...parts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, data]) => `${createHash('sha256').update(data).digest('hex')}  ${path}\n`)
    .join('');
  parts.set(SUMS, Buffer.from(sums));
  parts.set(SIGNATURE, Buffer.from(must(await signer.sign(namespaceOf('release'), Buffer.from(sums)))));
  return packed(parts, {}, top);
}

describe('a package as it was signed', () => {
  it('is read, and its signer known', async () => {
    expect(must(await read(good)).signer).toMatchObject({ state: 'good', principal: 'owner@example.com' });
    expect(packed(partsOf()).equals(good)).toBe(true);
    expect(must(await read(await resigned(() => undefined))).signer.state).toBe('good');
  });
});

describe('a byte changed in it', () => {
  it('is found wherever it is', async () => {
    const missed: number[] = [];
    const content = good.indexOf('runbook: 1');
    for (let at = 0; at < good.length; at += 1) {
      // Every byte of headers, list and signature; of a long text a sample, because a checksum covers it alike.
      if (at > content && at < content + 700 && at % 41 !== 0) continue;
      const copy = Buffer.from(good);
      copy[at] = (copy[at] ?? 0) ^ 1;
      if ((await read(copy)).ok) missed.push(at);
    }
    expect(missed).toEqual([]);
  });

  it('is found as well when the checksums of the zip were made to fit', async () => {
    for (const [path, data] of partsOf()) {
      for (const at of new Set([0, data.length >> 1, data.length - 1])) {
        const parts = partsOf();
        const copy = Buffer.from(data);
        copy[at] = (copy[at] ?? 0) ^ 1;
        parts.set(path, copy);
        expect((await read(packed(parts))).ok, `${path} at ${String(at)}`).toBe(false);
      }
    }
  });

  it('is found when it is cut off or added', async () => {
    for (let length = 0; length < good.length; length += 61)
      expect((await read(good.subarray(0, length))).ok).toBe(false);
    expect((await read(Buffer.concat([good, Buffer.of(0)]))).ok).toBe(false);
    expect((await read(Buffer.concat([Buffer.of(0), good]))).ok).toBe(false);
    expect(await whyNot(Buffer.alloc(MAX_PACKAGE_BYTES + 1))).toContain('larger than');
  });
});

describe('what somebody else makes of it', () => {
  const cases: readonly (readonly [string, (parts: Map<string, Buffer>) => void, string])[] = [
    ['a file more', (p) => p.set('runbooks/more.runbook.yaml', Buffer.from('x')), 'is not in SHA256SUMS'],
    ['a file less', (p) => p.delete(BOOK), 'and not in the package'],
    ['no digest list', (p) => p.delete(SUMS), 'there is no SHA256SUMS'],
    [
      'a digest list that fits, the signature as it was',
      (p) => {
        p.set(BOOK, Buffer.from('x'));
        const fits = createHash('sha256').update('x').digest('hex');
        p.set(
          SUMS,
          Buffer.from((p.get(SUMS) ?? '').toString().replace(/^[0-9a-f]{64}(?= {2}runbooks)/m, fits)),
        );
      },
      SIGNATURE,
    ],
    ['words behind the signature', (p) => p.set(SIGNATURE, Buffer.from(`${armor}more\n`)), SIGNATURE],
  ];
  it.each(cases)('is refused: %s', async (_, change, said) => {
    const parts = partsOf();
    change(parts);
    expect(await whyNot(packed(parts))).toContain(said);
  });

  it('counts as unsigned without its signature, and for nobody with a signature of another purpose', async () => {
    const parts = partsOf();
    parts.delete(SIGNATURE);
    expect(must(await read(packed(parts))).signer).toEqual({ state: 'none' });
    for (const role of ['owner', 'approve', 'seal'] as const) {
      parts.set(SIGNATURE, Buffer.from(must(await signer.sign(namespaceOf(role), made.sums))));
      expect(await whyNot(packed(parts))).toContain(namespaceOf(role));
    }
    const stranger = must(ed25519Signer(Buffer.alloc(32, 8)));
    parts.set(SIGNATURE, Buffer.from(must(await stranger.sign(namespaceOf('release'), made.sums))));
    expect(must(await read(packed(parts))).signer).toMatchObject({
      state: 'refused',
      fingerprint: stranger.fingerprint,
    });
  });

  it('is refused by its signature before anything in it is read', async () => {
    const parts = partsOf();
    parts.set(HEAD, Buffer.from('{ this is no JSON'));
    parts.set(SUMS, Buffer.from('neither is this a list'));
    expect(await whyNot(packed(parts))).toContain(SIGNATURE);
  });
});

describe('what a signer puts into it', () => {
  const cases: readonly (readonly [string, (parts: Map<string, Buffer>) => void, string])[] = [
    ['a program', (p) => p.set('run.sh', Buffer.from('x')), 'run.sh has no business'],
    ['a runbook elsewhere', (p) => p.set('tests/a.runbook.yaml', Buffer.from('x')), 'has no business'],
    ['a name that is no id', (p) => p.set('runbooks/a.b.runbook.yaml', Buffer.from('x')), 'has no business'],
    ['no package.json', (p) => p.delete(HEAD), `there is no ${HEAD}`],
    ['two names for one file', (p) => p.set('runbooks/Book.runbook.yaml', Buffer.from('x')), 'occurs twice'],
    ['bytes that are no text', (p) => p.set(BOOK, Buffer.of(0xff)), 'not UTF-8'],
    ['a file that is too large', (p) => p.set(BOOK, Buffer.alloc(1024 * 1024 + 1, 'a')), 'has more than'],
    [
      'a field that is not known',
      (p) => {
        p.set(HEAD, Buffer.from((p.get(HEAD) ?? '').toString().replace('{', '{"a":1,')));
      },
      HEAD,
    ],
    [
      'another order of fields',
      (p) => {
        p.set(HEAD, Buffer.from(`${JSON.stringify({ version: '1.0.0', name: 'site' })}\n`));
      },
      'not in canonical form',
    ],
  ];
  it.each(cases)('is refused: %s', async (_, change, said) => {
    expect(await whyNot(await resigned(change))).toContain(said);
  });

  it('is refused: another name on the top directory', async () => {
    expect(await whyNot(await resigned(() => undefined, 'rb-other'))).toContain('rb-other');
    expect(await whyNot(await resigned(() => undefined, 'ev-site'))).toContain('not allowed');
  });
});
