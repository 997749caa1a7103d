/** The commands of docs/evidence.md, as they stand there, on bundles of ours: an auditor needs nothing of us. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeBundle, must, type Outcome, RUN_ID } from '../../fixtures/evidence/makeRun.ts';
import { rezip } from '../../fixtures/evidence/rezip.ts';
import { run } from '../../fixtures/evidence/shell.ts';
import { bundleRun } from '../../../electron/host/evidence/bundle.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdpoint-plain-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** The fenced block after the heading, word for word; of a plan that asks for no more, only the parts that apply. */
async function documented(): Promise<string> {
  const doc = await readFile(fileURLToPath(new URL('../../../docs/evidence.md', import.meta.url)), 'utf8');
  const block = /## Checking a bundle with stock tools[\s\S]*?```sh\n([\s\S]*?)```/.exec(doc)?.[1];
  const [always] = block?.split('# 7. Approvals') ?? [];
  if (always === undefined || always === block) throw new Error('docs/evidence.md has no block of commands');
  return always;
}

async function check(zip: string, allowedSigners: string) {
  await writeFile(join(root, 'allowed_signers'), allowedSigners);
  await writeFile(join(root, 'revoked'), '');
  const env = {
    B: zip,
    T: root,
    DEVICE: 'ws-17@device',
    OPERATOR: 'alice@example.com',
    WORK: join(root, 'x'),
  };
  return run('bash', ['-c', await documented()], { env });
}

describe('the documented commands', () => {
  it.each<Outcome>(['success', 'failed', 'aborted', 'crashed'])(
    'run clean on a run that ended as %s',
    async (outcome) => {
      const { bundle, allowedSigners, journal } = await makeBundle(root, { outcome });
      const ran = await check(bundle.path, allowedSigners);
      expect(ran.stderr).toBe('');
      const lines = ran.stdout.trimEnd().split('\n');
      expect(lines.slice(0, 2)).toEqual([
        expect.stringContaining('Good "seal.evidence-v1@holdpoint" signature for ws-17@device'),
        expect.stringContaining('Good "operator.evidence-v1@holdpoint" signature for alice@example.com'),
      ]);
      expect(lines.slice(2, 5)).toEqual([
        'FILES-OK',
        'SET-OK',
        `${String(journal.seq)} records, head ${journal.head}`,
      ]);
      expect(lines[5]).toBe(`"journal":{"head":"${journal.head}","records":${String(journal.seq)}}`);
      expect(lines[6]).toContain('"type":"run.end"');
      expect(lines.slice(7, 9).map((line) => line.slice(66))).toEqual([
        'plan/plan.json',
        'plan/runbook.yaml',
      ]);
      const start = lines.slice(9).join('\n');
      for (const line of lines.slice(7, 9)) expect(start).toContain(line.slice(0, 64));
    },
  );

  it.each([
    ['FILES-OK', 'outputs/02-upgrade.out'],
    ['FILES-OK', 'journal.jsonl'],
    ['Good "seal', 'MANIFEST.sha256'],
    ['Good "seal', 'attest/seal.sig'],
  ])('do not print %s when %s was changed', async (line, path) => {
    const { bundle, allowedSigners } = await makeBundle(root);
    const bad = join(root, 'bad.zip');
    await rezip(bundle.path, bad, (parts) =>
      parts.map((part) => {
        const data = Buffer.from(part.data);
        const at = Math.min(60, data.length - 1);
        data[at] = (data[at] ?? 0) ^ 1;
        return part.name.endsWith(path) ? { ...part, data } : part;
      }),
    );
    expect((await check(bad, allowedSigners)).stdout).not.toContain(line);
  });
});

describe('other readers', () => {
  it('read the same files', async () => {
    const { bundle } = await makeBundle(root);
    const tested = await run('unzip', ['-t', bundle.path]);
    expect(tested).toMatchObject({ code: 0, stderr: '' });
    const listed = await run('zipinfo', ['-1', bundle.path]);
    const paths = bundle.files.map((file) => file.path);
    const all = [...paths, 'MANIFEST.sha256', 'attest/seal.sig', 'attest/operator.sig'].sort();
    expect(listed.stdout.trimEnd().split('\n')).toEqual(all.map((path) => `ev-${RUN_ID}/${path}`));
  });
});

describe('a bundle', () => {
  it('is the same to the byte in every time zone', async () => {
    const { dir, allowedSigners, bundle } = await makeBundle(root);
    const before = process.env['TZ'];
    try {
      for (const zone of ['UTC', 'Pacific/Kiritimati', 'America/St_Johns', 'Asia/Kathmandu']) {
        process.env['TZ'] = zone;
        const out = join(root, zone.replace('/', '-'));
        expect(must(await bundleRun({ dir, runId: RUN_ID, out, allowedSigners })).sha256).toBe(bundle.sha256);
      }
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });
});
