/** Runs as they are read: a snapshot from disk, and the list of all of them. It changes nothing. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunSnapshot, RunSummary } from '../../contract/views.ts';
import { RunId } from '../../contract/ids.ts';
import { type Failure, ok, type Result } from '../../contract/result.ts';
import { replay } from '../../domain/run/evolve.ts';
import { signaturePath } from '../../domain/evidence/names.ts';
import { exists } from '../evidence/files.ts';
import { neededSecrets } from '../secrets/needed.ts';
import { readJournal } from './journal.ts';
import { isLocked } from './lock.ts';
import { summaryOf } from './runForms.ts';
import { runFolder, runsFolder } from './runFolder.ts';
import { readStored } from './storedRun.ts';

export interface RunListOptions {
  readonly data: string;
  /** The snapshot of a run that is open in this app, or null. */
  readonly open: (runId: RunId) => RunSnapshot | null;
  /** A run that cannot be read has no line in the list; a person must hear of it all the same. */
  readonly onUnreadable: (failure: Failure) => void;
}

export interface RunList {
  /** A live run's snapshot, or a read-only one folded from disk. */
  snapshot(runId: RunId): Promise<Result<RunSnapshot>>;
  list(): Promise<readonly RunSummary[]>;
}

export function createRunList(options: RunListOptions): RunList {
  const told = new Set<RunId>();

  async function snapshot(runId: RunId): Promise<Result<RunSnapshot>> {
    const open = options.open(runId);
    return open === null ? readSnapshot(runFolder(options.data, runId)) : ok(open);
  }

  async function summarize(runId: RunId): Promise<RunSummary | null> {
    const seen = await snapshot(runId);
    if (!seen.ok) {
      if (!told.has(runId)) options.onUnreadable(seen.error);
      told.add(runId);
      return null;
    }
    const state = replay(seen.value.runbook, seen.value.records);
    const summary = summaryOf(seen.value, state, state.end === null ? await openness(runId) : 'ended');
    return (await isBlocked(runId, seen.value, summary)) ? { ...summary, sealBlocked: true } : summary;
  }

  /** Ended with secrets and not sealed: only what may stand in its files keeps a run from being sealed. */
  async function isBlocked(
    runId: RunId,
    { plan, records }: RunSnapshot,
    { status }: RunSummary,
  ): Promise<boolean> {
    if (status !== 'ended' || neededSecrets(plan, records).length === 0) return false;
    return !(await exists(join(runFolder(options.data, runId), signaturePath('seal'))));
  }

  async function openness(runId: RunId): Promise<RunSummary['status']> {
    if (options.open(runId) !== null) return 'open';
    return (await isLocked(runFolder(options.data, runId))) ? 'locked' : 'interrupted';
  }

  return {
    snapshot,
    async list() {
      const names = await readdir(runsFolder(options.data)).catch(() => []);
      const ids = names.flatMap((name) => {
        const id = RunId.safeParse(name);
        return id.success ? [id.data] : [];
      });
      const all = await Promise.all(ids.sort().reverse().map(summarize));
      return all.flatMap((summary) => (summary === null ? [] : [summary]));
    },
  };
}

async function readSnapshot(dir: string): Promise<Result<RunSnapshot>> {
  const stored = await readStored(dir);
  if (!stored.ok) return stored;
  const read = await readJournal(dir);
  if (!read.ok) return read;
  return ok({
    plan: stored.value.plan,
    planSha256: stored.value.planSha256,
    runbook: stored.value.entry.runbook,
    records: read.value.records,
    live: false,
    links: [],
    recordingBytes: 0,
  });
}
