/**
 * Brings a new run to disk: its folder, its line in the ledger, its journal with the first records. What fails on the
 * way leaves no run that could be taken for a started one, and nothing locked.
 */
import { join } from 'node:path';
import type { Sha256 } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import type { RecordBody, RecordOf } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { approvalPaths } from '../../domain/evidence/names.ts';
import { initialState } from '../../domain/run/evolve.ts';
import { systemCode, writeAllDurably } from '../files/durable.ts';
import { sha256 } from '../files/hash.ts';
import { storageFailure } from '../files/storageFailure.ts';
import { keptFiles, type LoadedRunbook } from '../library/loaded.ts';
import type { Clock } from '../ports.ts';
import { bootId } from './boot.ts';
import { createJournal, type Journal } from './journal.ts';
import { appendToLedger } from './ledger.ts';
import { acquireLock, type RunLock } from './lock.ts';
import { whenOf } from './render.ts';
import { createRunFolder, planBytes, runFolder } from './runFolder.ts';
import { withSettled } from './settled.ts';
import type { StoredRun } from './storedRun.ts';

/** The device that seals, and how its key is kept. */
export interface Device {
  readonly id: string;
  readonly protection: 'os-keyring' | 'file' | 'none';
}

export interface NewRunOptions {
  readonly data: string;
  readonly clock: Clock;
  readonly app: { readonly version: string; readonly build: string };
}

/** A run on disk that is this app's: nobody else may write to it as long as the lock is held. */
export interface HeldRun {
  readonly dir: string;
  readonly stored: StoredRun;
  readonly journal: Journal;
  readonly lock: RunLock;
}

/** An approval of the plan, judged, with the bytes that were signed. */
export interface PlanApproval {
  readonly statement: string;
  readonly signature: string;
  readonly principal: string;
  readonly fingerprint: string;
}

export async function createRun(
  options: NewRunOptions,
  plan: Plan,
  entry: LoadedRunbook,
  device: Device,
  approvals: readonly PlanApproval[] = [],
): Promise<Result<HeldRun>> {
  const dir = runFolder(options.data, plan.runId);
  const text = planBytes(plan);
  const stored: StoredRun = { plan, planSha256: sha256(text), entry };
  try {
    await createRunFolder(dir, text, entry.bytes);
    await writeAllDurably([
      ...keptFiles(entry).map(({ path, content }) => ({ path: join(dir, path), content })),
      ...approvals.flatMap(({ statement, signature }, index) => {
        const paths = approvalPaths(index + 1);
        return [
          { path: join(dir, paths.statement), content: statement },
          { path: join(dir, paths.signature), content: signature },
        ];
      }),
    ]);
  } catch (error) {
    if (systemCode(error) === 'EEXIST')
      return fail('refused', `There is a run ${plan.runId} already: a plan is good for one run.`);
    return { ok: false, error: storageFailure('The folder of the run', error, 'Nothing was started.') };
  }
  const lock = await acquireLock(dir);
  if (!lock.ok) return lock;
  const journal = await begin(options, dir, stored, device, approvals);
  if (journal.ok) return ok({ dir, stored, journal: journal.value, lock: lock.value });
  await lock.value.release();
  return journal;
}

async function begin(
  options: NewRunOptions,
  dir: string,
  { plan, planSha256, entry }: StoredRun,
  device: Device,
  approvals: readonly PlanApproval[],
): Promise<Result<Journal>> {
  const ledger = await appendToLedger(
    options.data,
    {
      type: 'open',
      d: { runId: plan.runId, planSha256, runbook: plan.runbook.id, rehearsal: plan.rehearsal },
    },
    options.clock,
  );
  if (!ledger.ok) return ledger;
  const journal = await createJournal(dir, options.clock);
  if (!journal.ok) return journal;
  const first = startRecord(
    plan,
    { planSha256, approvals },
    device,
    options.app,
    ledger.value,
    await bootId(),
  );
  const records = withSettled(initialState(entry.runbook), [first], whenOf(plan));
  const begun = await journal.value.append(records, 'intent');
  if (begun.ok) return journal;
  await journal.value.close();
  return begun;
}

function startRecord(
  plan: Plan,
  { planSha256, approvals }: { readonly planSha256: Sha256; readonly approvals: readonly PlanApproval[] },
  device: Device,
  app: NewRunOptions['app'],
  ledger: { readonly seq: number; readonly head: Sha256 },
  boot: string,
): RecordBody {
  return {
    type: 'run.start',
    d: {
      runId: plan.runId,
      planSha256,
      runbook: plan.runbook,
      rehearsal: plan.rehearsal,
      app,
      device: { id: device.id, keyProtection: device.protection, boot },
      operator: plan.operator,
      ledger: { seq: ledger.seq, head: ledger.head },
      ...(plan.groups === undefined ? {} : { groups: plan.groups }),
      ...(approvals.length === 0 ? {} : { approvals: approvals.map(citedApproval) }),
    },
  };
}

function citedApproval(
  { statement, signature, principal, fingerprint }: PlanApproval,
  index: number,
): NonNullable<RecordOf<'run.start'>['d']['approvals']>[number] {
  const paths = approvalPaths(index + 1);
  const ref = (file: string, content: string) => ({
    file,
    bytes: Buffer.byteLength(content),
    sha256: sha256(content),
  });
  return {
    statement: ref(paths.statement, statement),
    signature: ref(paths.signature, signature),
    principal,
    fingerprint,
  };
}
