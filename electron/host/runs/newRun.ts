/**
 * Brings a new run to disk: its folder, its line in the ledger, its journal with the first records. What fails on the
 * way leaves no run that could be taken for a started one, and nothing locked.
 */
import type { Sha256 } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import type { RecordBody } from '../../contract/records.ts';
import { ok, type Result } from '../../contract/result.ts';
import { initialState } from '../../domain/run/evolve.ts';
import { sha256 } from '../files/hash.ts';
import { storageFailure } from '../files/storageFailure.ts';
import type { LoadedRunbook } from '../library/library.ts';
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

export async function createRun(
  options: NewRunOptions,
  plan: Plan,
  entry: LoadedRunbook,
  device: Device,
): Promise<Result<HeldRun>> {
  const dir = runFolder(options.data, plan.runId);
  const text = planBytes(plan);
  const stored: StoredRun = { plan, planSha256: sha256(text), entry };
  try {
    await createRunFolder(dir, text, entry.bytes);
  } catch (error) {
    return { ok: false, error: storageFailure('The folder of the run', error, 'Nothing was started.') };
  }
  const lock = await acquireLock(dir);
  if (!lock.ok) return lock;
  const journal = await begin(options, dir, stored, device);
  if (journal.ok) return ok({ dir, stored, journal: journal.value, lock: lock.value });
  await lock.value.release();
  return journal;
}

async function begin(
  options: NewRunOptions,
  dir: string,
  { plan, planSha256, entry }: StoredRun,
  device: Device,
): Promise<Result<Journal>> {
  const ledger = await appendToLedger(
    options.data,
    { type: 'open', d: { runId: plan.runId, planSha256 } },
    options.clock,
  );
  if (!ledger.ok) return ledger;
  const journal = await createJournal(dir, options.clock);
  if (!journal.ok) return journal;
  const first = startRecord(plan, planSha256, device, options.app, ledger.value, await bootId());
  const records = withSettled(initialState(entry.runbook), [first], whenOf(plan));
  const begun = await journal.value.append(records, 'intent');
  if (begun.ok) return journal;
  await journal.value.close();
  return begun;
}

function startRecord(
  plan: Plan,
  planSha256: Sha256,
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
    },
  };
}
