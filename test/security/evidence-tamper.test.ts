/** What attackers do to evidence, and that the strict verifier says so: outsiders without keys, insiders with all. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../electron/domain/evidence/jcs.ts';
import { allowedSignersLine } from '../../electron/host/evidence/allowedSigners.ts';
import { trustText } from '../../electron/host/evidence/bundle.ts';
import { verifyBundle } from '../../electron/host/evidence/verify.ts';
import {
  DEVICE,
  type Draft,
  makeBundle,
  type MakeOptions,
  must,
  OPERATOR,
  RUN_ID,
  testSigner,
} from '../fixtures/evidence/makeRun.ts';
import { type Part, unzip, zip, type ZipTwist } from '../fixtures/evidence/rezip.ts';

let root: string;
let good: Awaited<ReturnType<typeof makeBundle>>;
let parts: readonly Part[];
const top = `ev-${RUN_ID}`;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdpoint-tamper-'));
  good = await makeBundle(root);
  parts = await unzip(good.bundle.path);
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

let counter = 0;
async function verdictOf(
  bytes: Buffer,
  trust: { allowedSigners?: string; revoked?: string; at?: Date } = {},
) {
  counter += 1;
  const path = join(root, `${String(counter)}.zip`);
  await writeFile(path, bytes);
  return must(await verifyBundle({ zip: path }, { allowedSigners: good.allowedSigners, ...trust })).verdict;
}

function replace(path: string, change: (data: Buffer) => Buffer | string): readonly Part[] {
  return parts.map((p) => (p.name === `${top}/${path}` ? { ...p, data: Buffer.from(change(p.data)) } : p));
}

const sorted = (all: readonly Part[]) => [...all].sort((a, b) => (a.name < b.name ? -1 : 1));
const text = (path: string) => parts.find((p) => p.name === `${top}/${path}`)?.data.toString() ?? '';
const add = (name: string, data = 'x') => sorted([...parts, { name, data: Buffer.from(data) }]);

async function expectFinding(bytes: Buffer, id: string, place?: string, trust = {}) {
  const verdict = await verdictOf(bytes, trust);
  const found = verdict.findings.map((f) => `${f.id} ${f.place}`);
  expect(verdict.l1).toBe('fails');
  if (place === undefined) expect(verdict.findings.map((f) => f.id)).toContain(id);
  else expect(found).toContain(`${id} ${place}`);
}

it('finds nothing in the good bundle put together again', async () => {
  const verdict = await verdictOf(zip(parts));
  expect(verdict.findings).toEqual([]);
});

describe('files and manifest', () => {
  it('finds a deleted file', () =>
    expectFinding(
      zip(parts.filter((p) => !p.name.endsWith('.out'))),
      'manifest.file-missing',
      'outputs/01-preflight.out',
    ));
  it('finds an unlisted file', () =>
    expectFinding(zip(add(`${top}/outputs/zz.out`)), 'manifest.unlisted', 'outputs/zz.out'));
  it('finds a hidden file', () => expectFinding(zip(add(`${top}/.hidden`)), 'zip.name'));
  it('finds a replaced runbook', () =>
    expectFinding(
      zip(replace('plan/runbook.yaml', () => 'format: 1\n')),
      'manifest.hash-mismatch',
      'plan/runbook.yaml',
    ));
  it('finds a manifest that was mended and not signed again', async () => {
    const line = text('MANIFEST.sha256').replace(/^[0-9a-f]{64}(?= {2}outputs)/m, '0'.repeat(64));
    await expectFinding(
      zip(replace('MANIFEST.sha256', () => line)),
      'manifest.not-signed',
      'MANIFEST.sha256',
    );
  });
  it('finds a missing manifest', () =>
    expectFinding(zip(parts.filter((p) => !p.name.endsWith('MANIFEST.sha256'))), 'manifest.missing'));

  it.each([
    ['a path that climbs', (m: string) => `${m}${'0'.repeat(64)}  ../x\n`],
    ['an absolute path', (m: string) => `${m}${'0'.repeat(64)}  /etc/passwd\n`],
    ['standard input', (m: string) => `${m}${'0'.repeat(64)}  -\n`],
    ['a comment', (m: string) => `# fine\n${m}`],
    ['CRLF', (m: string) => m.replace(/\n/g, '\r\n')],
    ['a duplicate', (m: string) => `${m}${m.split('\n').at(-2) ?? ''}\n`],
    ['another order', (m: string) => `${m.trim().split('\n').reverse().join('\n')}\n`],
    ['no last line feed', (m: string) => m.trimEnd()],
    ['a signature in the list', (m: string) => `${'0'.repeat(64)}  attest/seal.sig\n${m}`],
    ['a BSD line', (m: string) => `${m}SHA256 (x) = ${'0'.repeat(64)}\n`],
  ])('refuses a manifest with %s, even well signed', async (_name, change) => {
    const manifest = Buffer.from(change(text('MANIFEST.sha256')));
    await expectFinding(zip(await resign(manifest)), 'manifest.syntax');
  });
});

/** What somebody with both keys can do: any manifest, properly signed. */
async function resign(
  manifest: Buffer,
  keys = { seal: good.device, operator: good.operator },
): Promise<readonly Part[]> {
  const seal = must(await keys.seal.sign('seal.evidence-v1@holdpoint', manifest));
  const operator = must(await keys.operator.sign('operator.evidence-v1@holdpoint', manifest));
  return parts.map((p) => {
    if (p.name.endsWith('MANIFEST.sha256')) return { ...p, data: manifest };
    if (p.name.endsWith('seal.sig')) return { ...p, data: Buffer.from(seal) };
    return p.name.endsWith('operator.sig') ? { ...p, data: Buffer.from(operator) } : p;
  });
}

describe('signatures', () => {
  const manifest = () => Buffer.from(text('MANIFEST.sha256'));
  const withOperator = (armor: string | Buffer) => zip(replace('attest/operator.sig', () => armor));

  it('finds a stripped operator signature', () =>
    expectFinding(
      zip(parts.filter((p) => !p.name.endsWith('operator.sig'))),
      'signature.missing',
      'attest/operator.sig',
    ));
  it('finds a stripped seal', () =>
    expectFinding(
      zip(parts.filter((p) => !p.name.endsWith('seal.sig'))),
      'signature.missing',
      'attest/seal.sig',
    ));
  it('finds an extra file in attest/', () =>
    expectFinding(zip(add(`${top}/attest/verify.sh`)), 'attest.unknown', 'attest/verify.sh'));
  it('finds that all was signed again by unknown keys', async () => {
    const keys = { seal: testSigner('mallory-1'), operator: testSigner('mallory-2') };
    await expectFinding(zip(await resign(manifest(), keys)), 'signature.untrusted', 'attest/seal.sig');
  });
  it('finds a signature over something else', async () => {
    const other = must(
      await good.operator.sign('operator.evidence-v1@holdpoint', Buffer.from('another manifest')),
    );
    await expectFinding(withOperator(other), 'signature.mismatch', 'attest/operator.sig');
  });
  it('finds a signature made for another purpose', async () => {
    for (const namespace of ['git', 'file', 'seal.evidence-v1@holdpoint']) {
      const other = must(await good.operator.sign(namespace, manifest()));
      await expectFinding(withOperator(other), 'signature.mismatch', 'attest/operator.sig');
    }
  });
  it('finds the device key used as the operator', async () => {
    const other = must(await good.device.sign('operator.evidence-v1@holdpoint', manifest()));
    await expectFinding(withOperator(other), 'signature.untrusted', 'attest/operator.sig');
  });
  it('finds another person’s signature in the place of the operator’s', async () => {
    const bob = testSigner('bob');
    const other = must(await bob.sign('operator.evidence-v1@holdpoint', manifest()));
    const allowedSigners =
      good.allowedSigners + trustText([{ role: 'operator', principal: 'bob@example.com', key: bob }]);
    await expectFinding(withOperator(other), 'signature.principal', 'attest/operator.sig', {
      allowedSigners,
    });
  });
  it('finds a revoked key', async () => {
    const revoked = `ssh-ed25519 ${good.operator.publicKeyBlob.toString('base64')} alice\n`;
    await expectFinding(zip(parts), 'signature.revoked', 'attest/operator.sig', { revoked });
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
    const armor = text('attest/operator.sig');
    const changed = change(armor);
    expect(changed).not.toBe(armor);
    const verdict = await verdictOf(withOperator(changed));
    expect(verdict.l1).toBe('fails');
    expect(verdict.findings.map((f) => f.place)).toContain('attest/operator.sig');
  });

  it('refuses a key under which every message verifies', async () => {
    const weak = Buffer.alloc(32);
    weak[0] = 1;
    const blob = Buffer.concat([lengthed('ssh-ed25519'), lengthed(weak)]);
    const field = Buffer.concat([lengthed('ssh-ed25519'), lengthed(Buffer.concat([weak, Buffer.alloc(32)]))]);
    const armor = armorOf(
      Buffer.concat([
        Buffer.from('SSHSIG'),
        Buffer.of(0, 0, 0, 1),
        lengthed(blob),
        lengthed('operator.evidence-v1@holdpoint'),
        lengthed(''),
        lengthed('sha512'),
        lengthed(field),
      ]),
    );
    const line = allowedSignersLine(OPERATOR.principal, ['operator.evidence-v1@holdpoint'], {
      keyType: 'ssh-ed25519',
      publicKeyBlob: blob,
    });
    await expectFinding(withOperator(armor), 'signature.format', 'attest/operator.sig', {
      allowedSigners: `${good.allowedSigners}${line}\n`,
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
    const key = `ssh-ed25519 ${good.operator.publicKeyBlob.toString('base64')}`;
    const seal = trustText([{ role: 'seal', principal: DEVICE, key: good.device }]);
    const trust = { allowedSigners: `${seal}${line(key)}\n`, at: new Date('2026-11-22T00:00:00Z') };
    await expectFinding(zip(parts), 'signature.untrusted', 'attest/operator.sig', trust);
  });

  it('counts a key that was valid at the time asked for', async () => {
    const key = `ssh-ed25519 ${good.operator.publicKeyBlob.toString('base64')}`;
    const seal = trustText([{ role: 'seal', principal: DEVICE, key: good.device }]);
    const line = `${OPERATOR.principal} namespaces="operator.evidence-v1@holdpoint",valid-after="20260101Z",valid-before="20270101Z" ${key}\n`;
    expect(
      (await verdictOf(zip(parts), { allowedSigners: seal + line, at: new Date('2026-11-22T00:00:00Z') })).l1,
    ).toBe('holds');
  });
});

const lengthed = (value: string | Buffer) => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const patch = (blob: Buffer, at: number, value: number) => {
  const copy = Buffer.from(blob);
  copy[at] = value;
  return copy;
};
const rewrap = (armor: string, change: (b64: string) => string) => {
  const b64 = change(armor.split('\n').slice(1, -2).join(''));
  return `-----BEGIN SSH SIGNATURE-----\n${b64.replace(/(.{70})(?=.)/g, '$1\n')}\n-----END SSH SIGNATURE-----\n`;
};
const armorOf = (blob: Buffer) => rewrap('a\nb\nc\n', () => blob.toString('base64'));
const reblob = (armor: string, change: (blob: Buffer) => Buffer) =>
  rewrap(armor, (b64) => change(Buffer.from(b64, 'base64')).toString('base64'));
/** magic 6, version 4, key 4+51, namespace 4+n, reserved. */
const stuffReserved = (blob: Buffer) => {
  const at = 65 + 4 + blob.readUInt32BE(65);
  return Buffer.concat([blob.subarray(0, at), lengthed('evil'), blob.subarray(at + 4)]);
};
const addL = (blob: Buffer) => {
  const L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(blob.subarray(-32)).reverse().toString('hex')}`) + L;
  return Buffer.concat([
    blob.subarray(0, -32),
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse(),
  ]);
};

describe('container', () => {
  const central = (change: (header: Buffer) => void): ZipTwist => ({
    central: (header, name) => {
      if (name.endsWith('journal.jsonl')) change(header);
      return header;
    },
  });

  it.each<[string, () => Buffer, string, string?]>([
    ['a duplicate entry', () => zip(add(`${top}/run.json`)), 'zip.duplicate', 'run.json'],
    ['names that differ in case only', () => zip(add(`${top}/RUN.json`)), 'zip.duplicate'],
    ['an entry that climbs out', () => zip(add(`${top}/../evil`)), 'zip.name'],
    ['an absolute entry', () => zip(add('/etc/cron.d/evil')), 'zip.name'],
    ['a backslash', () => zip(add(`${top}/a\\b`)), 'zip.name'],
    ['an escape sequence in a name', () => zip(add(`${top}/\x1b[2Jx`)), 'zip.name'],
    ['a name Windows reserves', () => zip(add(`${top}/outputs/con.out`)), 'zip.name'],
    ['a trailing dot', () => zip(add(`${top}/outputs/x.`)), 'zip.name'],
    ['a second top directory', () => zip(add('ev-other/run.json')), 'zip.top-directory'],
    ['a folder entry', () => zip(add(`${top}/hosts/`, '')), 'zip.name'],
    [
      'a file marked as a folder',
      () =>
        zip(
          parts,
          central((h) => h.writeUInt32LE((0o040755 << 16) >>> 0, 38)),
        ),
      'zip.directory',
      'journal.jsonl',
    ],
    ['another order', () => zip([...parts].reverse()), 'zip.order'],
    [
      'a symbolic link',
      () =>
        zip(
          parts,
          central((h) => h.writeUInt32LE((0o120777 << 16) >>> 0, 38)),
        ),
      'zip.link',
      'journal.jsonl',
    ],
    [
      'an encrypted entry',
      () =>
        zip(
          parts,
          central((h) => h.writeUInt16LE(1, 8)),
        ),
      'zip.encrypted',
      'journal.jsonl',
    ],
    [
      'a compressed entry',
      () =>
        zip(
          parts,
          central((h) => h.writeUInt16LE(8, 10)),
        ),
      'zip.method',
      'journal.jsonl',
    ],
    [
      'a size lie in the central directory',
      () =>
        zip(
          parts,
          central((h) => h.writeUInt32LE(h.readUInt32LE(24) - 1, 24)),
        ),
      'zip.size',
      'journal.jsonl',
    ],
    [
      'both sizes lied about',
      () =>
        zip(
          parts,
          central((h) => {
            h.writeUInt32LE(9, 24);
            h.writeUInt32LE(9, 20);
          }),
        ),
      'zip.local-differs',
      'journal.jsonl',
    ],
    [
      'a bomb’s size',
      () =>
        zip(
          parts,
          central((h) => {
            h.writeUInt32LE(1 << 30, 24);
            h.writeUInt32LE(1 << 30, 20);
          }),
        ),
      'zip.size',
      'journal.jsonl',
    ],
    [
      'zip64 sizes',
      () =>
        zip(
          parts,
          central((h) => h.writeUInt32LE(0xffffffff, 20)),
        ),
      'zip.zip64',
      'journal.jsonl',
    ],
    [
      'an entry comment',
      () =>
        zip(
          parts,
          central((h) => h.writeUInt16LE(1, 32)),
        ),
      'zip.central',
      'journal.jsonl',
    ],
    [
      'an extra field',
      () =>
        zip(
          parts,
          central((h) => h.writeUInt16LE(4, 30)),
        ),
      'zip.central',
      'journal.jsonl',
    ],
    [
      'another date',
      () =>
        zip(
          parts,
          central((h) => h.writeUInt16LE(0x5a21, 14)),
        ),
      'zip.header',
      'journal.jsonl',
    ],
    [
      'another name in the local header',
      () =>
        zip(parts, {
          local: (h, name) =>
            name.endsWith('run.json') ? Buffer.concat([h.subarray(0, -8), Buffer.from('RUN.json')]) : h,
        }),
      'zip.local-differs',
      'run.json',
    ],
    [
      'a hidden gap between entries',
      () => zip(parts, { gapBefore: (name) => Buffer.from(name.endsWith('run.json') ? 'secret' : '') }),
      'zip.gap',
      'run.json',
    ],
    [
      'data before the first entry',
      () => zip(parts, { gapBefore: (name) => Buffer.from(name.endsWith('MANIFEST.sha256') ? 'MZ' : '') }),
      'zip.gap',
      'MANIFEST.sha256',
    ],
    [
      'data before the central directory',
      () => zip(parts, { gapBeforeCentral: Buffer.from('secret') }),
      'zip.gap',
    ],
    ['a prefix', () => Buffer.concat([Buffer.from('#!/bin/sh\n'), zip(parts)]), 'zip.end'],
    ['a suffix', () => Buffer.concat([zip(parts), Buffer.from('tail')]), 'zip.end'],
    ['two zips', () => Buffer.concat([zip(parts), zip(parts)]), 'zip.end'],
    [
      'an archive comment',
      () =>
        Buffer.concat([
          zip(parts, {
            end: (e) => {
              e.writeUInt16LE(4, 20);
              return e;
            },
          }),
          Buffer.from('hey!'),
        ]),
      'zip.end',
    ],
    [
      'a count that differs',
      () =>
        zip(parts, {
          end: (e) => {
            e.writeUInt16LE(3, 8);
            e.writeUInt16LE(3, 10);
            return e;
          },
        }),
      'zip.end',
    ],
    ['no entries', () => zip([]), 'zip.empty'],
    ['nothing at all', () => Buffer.alloc(0), 'zip.not-a-zip'],
    ['something else', () => Buffer.alloc(4096, 'x'), 'zip.end'],
  ])('refuses %s', (_name, make, id, place) => expectFinding(make(), id, place));

  it('never shows an attacker’s control characters', async () => {
    const verdict = await verdictOf(zip(add(`${top}/\x1b[2J\u0007`)));
    expect(JSON.stringify(verdict.findings)).not.toMatch(/\\u00|[\x00-\x1f]/);
  });
});

describe('an insider with all keys', () => {
  const bundle = async (options: MakeOptions) => {
    counter += 1;
    const made = await makeBundle(join(root, `insider-${String(counter)}`), options);
    return made.bundle.verdict;
  };
  const at = (drafts: readonly Draft[], type: string, n = 0) =>
    drafts.flatMap((d, i) => (d.type === type ? [i] : []))[n] ?? -1;
  const edit =
    (type: string, change: (d: Record<string, Json>) => Json, n = 0) =>
    (drafts: readonly Draft[]) =>
      drafts.map((draft, i) =>
        i === at(drafts, type, n) ? { ...draft, d: change(draft.d as Record<string, Json>) } : draft,
      );
  const without =
    (type: string, n = 0) =>
    (drafts: readonly Draft[]) =>
      drafts.filter((_, i) => i !== at(drafts, type, n));
  const shifted = (from: number, ms: number) => (drafts: readonly Draft[]) =>
    drafts.map((d, i) => (i >= from ? { ...d, t: d.t + ms } : d));

  it.each<[string, string, MakeOptions]>([
    [
      'a failed step in a successful run',
      'run.result',
      { outcome: 'failed', story: edit('run.end', () => ({ result: 'success' })) },
    ],
    [
      'passed with a check that did not hold',
      'step.unproven',
      { story: edit('check', (d) => ({ ...d, ok: false })) },
    ],
    ['passed without a check', 'step.unproven', { story: without('check') }],
    [
      'passed although contact was lost',
      'step.unproven',
      { story: edit('step.end', (d) => ({ ...d, end: { how: 'lost', why: 'x' } })) },
    ],
    [
      'a check that contradicts the exit status',
      'step.unproven',
      { story: edit('check', (d) => ({ ...d, actual: '3' })) },
    ],
    [
      'passed by word alone',
      'step.unproven',
      { story: edit('step.result', (d) => ({ ...d, via: 'person' })) },
    ],
    ['an end without its beginning', 'step.pairing', { story: without('step.start') }],
    ['a result without an end', 'step.pairing', { story: without('step.end') }],
    [
      'attempts that do not count up',
      'step.attempt',
      { story: edit('step.start', (d) => ({ ...d, attempt: 2 })) },
    ],
    ['two beginnings of the run', 'run.boundaries', { story: (d) => [...d.slice(0, 1), ...d] }],
    [
      'a command sent twice without a decision',
      'step.sent-twice',
      {
        outcome: 'failed',
        story: (d) =>
          [
            ...d.slice(0, -1),
            ...d.slice(6, -1).map((x) => ({ ...x, d: { ...(x.d as Record<string, Json>), attempt: 2 } })),
            ...d.slice(-1),
          ].map((x, i) => ({ ...x, t: i * 1000, mono: i * 1_000_000 })),
      },
    ],
    ['a clock set back by three days', 'clock.jump', { story: shifted(5, -3 * 86_400_000) }],
    [
      'a monotonic clock that goes back',
      'clock.monotonic',
      { story: (d) => d.map((x, i) => (i === 4 ? { ...x, mono: 1 } : x)) },
    ],
    [
      'a swapped recording',
      'file.not-as-recorded',
      { files: { 'recordings/02-upgrade-ops.cast': '{"version":2,"width":80,"height":24}\n' } },
    ],
    [
      'a recording whose time goes back',
      'cast.time',
      {
        files: {
          'recordings/02-upgrade-ops.cast':
            '{"version":2,"width":80,"height":24}\n[2,"o","a"]\n[1,"o","b"]\n',
        },
      },
    ],
    [
      'keyboard input in a recording',
      'cast.input',
      {
        files: {
          'recordings/02-upgrade-ops.cast': '{"version":2,"width":80,"height":24}\n[2,"i","secret"]\n',
        },
      },
    ],
    ['a recording that is none', 'cast.header', { files: { 'recordings/02-upgrade-ops.cast': 'hello\n' } }],
    [
      'a recording that is not text',
      'cast.encoding',
      { files: { 'recordings/02-upgrade-ops.cast': Buffer.of(0xff, 0xfe, 0x0a) } },
    ],
    [
      'a rehearsal passed off as a run',
      'plan.mismatch',
      { rehearsal: true, story: edit('run.start', (d) => ({ ...d, rehearsal: false })) },
    ],
    [
      'a rehearsal host in a real run',
      'rehearsal.mismatch',
      { story: edit('host.connect', (d) => ({ ...d, pin: 'rehearsal' })) },
    ],
    [
      'a host outside the plan',
      'plan.target',
      { story: edit('host.connect', (d) => ({ ...d, target: 'other' })) },
    ],
    ['a field of no known kind', 'journal.schema', { story: edit('step.end', (d) => ({ ...d, extra: 1 })) }],
    ['records swapped', 'journal.chain', { journal: (t) => t.replace(/^(.*\n)(.*\n)(.*\n)/, '$1$3$2') }],
    ['a record taken out', 'journal.chain', { journal: (t) => t.replace(/\n.*\n/, '\n') }],
    [
      'an edited record',
      'journal.chain',
      { journal: (t) => t.replace('helm', 'kubectl').replace('"ms":900', '"ms":901') },
    ],
    ['CRLF', 'journal.chain', { journal: (t) => t.replace(/\n(.*)\n/, '\n$1\r\n') }],
    [
      'a duplicate key',
      'journal.line',
      { journal: (t) => t.replace('"attempt":1', '"attempt":1,"attempt":1') },
    ],
    ['a float', 'journal.line', { journal: (t) => t.replace('"ms":900', '"ms":900.5') }],
    ['an unsafe integer', 'journal.line', { journal: (t) => t.replace('"ms":900', '"ms":9007199254740993') }],
    [
      'a bidirectional control',
      'journal.line',
      { journal: (t) => t.replace('"auth":"publickey"', '"auth":"public\u202ekey"') },
    ],
    ['a plan with white space', 'json.form', { files: { 'hosts/ops.json': '{ "target": "ops" }\n' } }],
    ['a file of no known kind under a known folder', 'file.uncited', { files: { 'outputs/99-x.out': 'x' } }],
  ])('is caught with %s', async (_name, id, options) => {
    const verdict = await bundle(options);
    expect(verdict.findings.map((f) => f.id)).toContain(id);
    expect(verdict.l2).toBe('fails');
  });

  it('cannot have a run without its end sealed', async () => {
    await expect(bundle({ story: (d) => d.slice(0, -1) })).rejects.toThrow(/not ended/);
  });
});

it('is not fooled by a second signer of the same name', async () => {
  const impostor = testSigner('impostor');
  const manifest = Buffer.from(text('MANIFEST.sha256'));
  const armor = must(await impostor.sign('operator.evidence-v1@holdpoint', manifest));
  await expectFinding(
    zip(replace('attest/operator.sig', () => armor)),
    'signature.untrusted',
    'attest/operator.sig',
  );
});
