import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleRun } from '../../../electron/host/evidence/bundle.ts';
import { sealRun, signRun } from '../../../electron/host/evidence/seal.ts';
import { verifyBundle } from '../../../electron/host/evidence/verify.ts';
import {
  DEVICE,
  makeBundle,
  makeRun,
  must,
  type Outcome,
  RUN_ID,
  testSigner,
  TOOL,
} from '../../fixtures/evidence/makeRun.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdpoint-bundle-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('a sealed and signed run', () => {
  it.each<Outcome>(['success', 'failed', 'aborted', 'crashed'])(
    'verifies when it ended as %s',
    async (outcome) => {
      const { bundle } = await makeBundle(root, { outcome });
      expect(bundle.verdict.findings).toEqual([]);
      expect(bundle.verdict).toMatchObject({
        l1: 'holds',
        l2: 'holds',
        l3: 'none',
        result: outcome,
        runId: RUN_ID,
      });
      expect(bundle.verdict.rests.l3).toEqual([
        expect.stringMatching(/^no outside witness in this bundle: /),
      ]);
      expect(bundle.signatures.map((signature) => signature.principal)).toEqual([
        DEVICE,
        'alice@example.com',
      ]);
    },
  );

  it('says that it was a rehearsal', async () => {
    const { bundle } = await makeBundle(root, { rehearsal: true });
    expect(bundle.verdict).toMatchObject({ l1: 'holds', l2: 'holds', rehearsal: true });
  });

  it('is the same to the byte when it is bundled again', async () => {
    const { bundle, dir, allowedSigners } = await makeBundle(root);
    const again = must(await bundleRun({ dir, runId: RUN_ID, out: join(root, 'again'), allowedSigners }));
    expect((await readFile(again.path)).equals(await readFile(bundle.path))).toBe(true);
  });

  it('is bundled without the operator’s signature, and says that it is missing', async () => {
    const { bundle } = await makeBundle(root, { sign: false });
    expect(bundle.verdict.l1).toBe('fails');
    expect(bundle.verdict.l2).toBe('holds');
    expect(bundle.verdict.findings).toMatchObject([
      { id: 'signature.missing', place: 'attest/operator.sig' },
    ]);
  });

  it('says that no person signed when the plan demands no operator’s signature', async () => {
    const { bundle } = await makeBundle(root, { sign: false, signatures: ['seal'] });
    expect(bundle.verdict).toMatchObject({
      l1: 'fails',
      l2: 'holds',
      findings: [{ id: 'signature.no-person', level: 'L1', place: 'attest/operator.sig' }],
    });
    expect((await makeBundle(root, { signatures: ['seal'] })).bundle.verdict.l1).toBe('holds');
  });
});

describe('sealing', () => {
  const request = (run: Awaited<ReturnType<typeof makeRun>>) => ({
    dir: run.dir,
    deviceSigner: run.device,
    principal: DEVICE,
    toolInfo: TOOL,
  });

  it('changes nothing the second time', async () => {
    const run = await makeRun(root);
    const first = must(await sealRun(request(run)));
    const files = ['run.json', 'MANIFEST.sha256', 'attest/seal.sig'].map((name) => join(run.dir, name));
    const before = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    expect(must(await sealRun({ ...request(run), toolInfo: { ...TOOL, version: '9.9.9' } }))).toEqual(first);
    expect(await Promise.all(files.map((file) => readFile(file, 'utf8')))).toEqual(before);
  });

  it('goes on where a crash left it', async () => {
    const run = await makeRun(root);
    const first = must(await sealRun(request(run)));
    await rm(join(run.dir, 'attest/seal.sig'));
    expect(must(await sealRun(request(run)))).toEqual(first);
  });

  it('refuses a run that has not ended', async () => {
    const run = await makeRun(root, { story: (drafts) => drafts.slice(0, -1) });
    const sealed = await sealRun(request(run));
    expect(sealed).toMatchObject({ ok: false, error: { code: 'refused' } });
  });

  it.each([
    ['a recording', 'recordings/01-preflight-ops.cast'],
    ['an output', 'outputs/02-upgrade.out'],
    ['the bytes sent', 'outputs/02-upgrade.wire'],
    ['the runbook', 'plan/runbook.yaml'],
  ])('says when %s was changed on disk during the run', async (_name, file) => {
    const { bundle } = await makeBundle(root, { files: { [file]: 'something else\n' } });
    expect(bundle.verdict).toMatchObject({ l1: 'holds', l2: 'fails' });
    expect(bundle.verdict.findings).toContainEqual(
      expect.objectContaining({ id: 'seal.tampered-at-rest', place: file, level: 'L2' }),
    );
  });

  it('says when the journal is not what the app wrote', async () => {
    const run = await makeRun(root);
    must(await sealRun({ ...request(run), journal: { seq: run.journal.seq + 1, head: run.journal.head } }));
    expect(await readFile(join(run.dir, 'run.json'), 'utf8')).toContain('"kind":"tampered-at-rest"');
  });

  it('names files that the journal vouches for and that are gone, and files nobody vouches for', async () => {
    const { bundle } = await makeBundle(root, {
      files: { 'outputs/01-preflight.out': null, 'outputs/09-extra.out': 'x', 'stray file.txt': 'x' },
    });
    const found = bundle.verdict.findings.map(({ id, place }) => `${id} ${place}`);
    expect(found).toContain('seal.missing outputs/01-preflight.out');
    expect(found).toContain('file.missing outputs/01-preflight.out');
    expect(found).toContain('file.uncited outputs/09-extra.out');
    expect(await readFile(join(root, 'runs', RUN_ID, 'run.json'), 'utf8')).toContain('"left-out"');
    expect(bundle.files.map((file) => file.path)).not.toContain('stray file.txt');
  });

  it('neither signs nor bundles files that changed after the seal', async () => {
    const run = await makeRun(root);
    must(await sealRun(request(run)));
    await writeFile(join(run.dir, 'outputs/02-upgrade.out'), 'all good\n');
    const refused = {
      ok: false,
      error: { code: 'corrupt', message: expect.stringContaining('outputs/02-upgrade.out') as string },
    };
    expect(await signRun({ dir: run.dir, signer: run.operator })).toMatchObject(refused);
    expect(await sealRun(request(run))).toMatchObject(refused);
    const out = join(root, 'out');
    expect(
      await bundleRun({ dir: run.dir, runId: RUN_ID, out, allowedSigners: run.allowedSigners }),
    ).toMatchObject(refused);
  });

  it('keeps the operator’s signature that is there', async () => {
    const run = await makeRun(root);
    must(await sealRun(request(run)));
    must(await signRun({ dir: run.dir, signer: run.operator }));
    const before = await readFile(join(run.dir, 'attest/operator.sig'), 'utf8');
    must(await signRun({ dir: run.dir, signer: run.operator }));
    expect(await signRun({ dir: run.dir, signer: testSigner('other') })).toMatchObject({
      ok: false,
      error: { code: 'refused' },
    });
    expect(await readFile(join(run.dir, 'attest/operator.sig'), 'utf8')).toBe(before);
  });
});

describe('a file larger than one read', () => {
  it('is hashed, bundled and verified as a stream', async () => {
    const line = `[1.000000, "o", "${'x'.repeat(1000)}"]\n`;
    const cast = `{"version":2,"width":80,"height":24}\n${line.repeat(1200)}`;
    const { bundle } = await makeBundle(root, {
      outcome: 'crashed',
      files: { 'recordings/02-upgrade-ops.cast': `${cast}[2.0, "o", "torn` },
    });
    expect(bundle.verdict.findings).toEqual([]);
    expect(bundle.bytes).toBeGreaterThan(1_200_000);
  });
});

it('says what is wrong with the inputs instead of with the bundle', async () => {
  const { bundle } = await makeBundle(root);
  expect(await verifyBundle({ zip: join(root, 'none.zip') }, { allowedSigners: '' })).toMatchObject({
    error: { code: 'not-found' },
  });
  expect(await verifyBundle({ zip: bundle.path }, { allowedSigners: 'rubbish' })).toMatchObject({
    error: { code: 'bad-request' },
  });
});
