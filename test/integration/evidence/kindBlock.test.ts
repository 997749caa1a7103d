/** Facts of a kind of change in run.json: derived from runbook, plan and journal, so that the verifier derives the same. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalize } from '../../../electron/domain/evidence/jcs.ts';
import { RunFile } from '../../../electron/domain/evidence/runFile.ts';
import { sealRun } from '../../../electron/host/evidence/seal.ts';
import {
  DEVICE,
  makeBundle,
  makeRun,
  must,
  RUNBOOK,
  testSigner,
  TOOL,
} from '../../fixtures/evidence/makeRun.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdpoint-block-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const WITH_FACTS = RUNBOOK.replace(
  'kind: maintenance',
  'kind: upgrade\nfacts:\n  to: release in ${namespace}\n  notified: Service desk',
);

async function runFile(dir: string): Promise<RunFile> {
  return RunFile.parse(JSON.parse(await readFile(join(dir, 'run.json'), 'utf8')));
}

describe('the block of a kind in run.json', () => {
  it('holds the facts filled in from the run, and the bundle verifies with it', async () => {
    const { dir, bundle } = await makeBundle(root, { runbook: WITH_FACTS });
    expect(bundle.verdict).toMatchObject({ l1: 'holds', l2: 'holds', findings: [] });
    const file = await runFile(dir);
    expect(file.block).toEqual({
      kind: 'upgrade',
      facts: { to: 'release in mazevault', notified: 'Service desk' },
      people: [],
      before: [{ step: 'preflight', held: 1, of: 1 }],
      after: [],
    });
    expect(`${canonicalize(file)}\n`).toBe(await readFile(join(dir, 'run.json'), 'utf8'));
  });

  it('is not there where the runbook states no facts, as in bundles of earlier versions', async () => {
    const { dir, bundle } = await makeBundle(root, {
      runbook: RUNBOOK.replace('kind: maintenance', 'kind: upgrade'),
    });
    expect(bundle.verdict).toMatchObject({ l1: 'holds', l2: 'holds' });
    expect(await runFile(dir)).not.toHaveProperty('block');
  });

  it('is the same whoever seals it, and leaves out facts that have no value', async () => {
    const { dir } = await makeRun(root, {
      runbook: WITH_FACTS.replace('notified: Service desk', 'from: "${missing}"').replace(
        '        run: uptime',
        '        run: uptime\n        capture:\n          missing: { match: "(nothing)" }',
      ),
    });
    must(await sealRun({ dir, deviceSigner: testSigner('device'), principal: DEVICE, toolInfo: TOOL }));
    expect((await runFile(dir)).block?.facts).toEqual({ to: 'release in mazevault' });
  });
});
