/**
 * Takes a run up again that this app, or one before it, let go of without ending: what a crash left open is closed and
 * cited first. A run that is not what it was started with is refused and not touched.
 */
import type { RunId } from '../../contract/ids.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { replay } from '../../domain/run/evolve.ts';
import { recover } from '../../domain/run/settle.ts';
import type { RunState } from '../../domain/run/state.ts';
import type { Clock } from '../ports.ts';
import { bootId } from './boot.ts';
import { type Journal, openJournal } from './journal.ts';
import { acquireLock } from './lock.ts';
import type { HeldRun } from './newRun.ts';
import { citeLeftovers } from './recovery.ts';
import { whenOf } from './render.ts';
import { runFolder } from './runFolder.ts';
import { withSettled } from './settled.ts';
import { damaged, readStored, type StoredRun } from './storedRun.ts';

export async function takeRunUp(data: string, runId: RunId, clock: Clock): Promise<Result<HeldRun>> {
  const dir = runFolder(data, runId);
  const stored = await readStored(dir);
  if (!stored.ok) return stored;
  const lock = await acquireLock(dir);
  if (!lock.ok) return lock;
  const journal = await recovered(dir, stored.value, clock);
  if (journal.ok) return ok({ dir, stored: stored.value, journal: journal.value, lock: lock.value });
  await lock.value.release();
  return journal;
}

async function recovered(dir: string, stored: StoredRun, clock: Clock): Promise<Result<Journal>> {
  const opened = await openJournal(dir, clock);
  if (!opened.ok) return opened;
  const { journal, torn } = opened.value;
  const state = replay(stored.entry.runbook, journal.records);
  const barred = whyNotResumed(dir, state, journal, stored);
  if (barred !== null) {
    await journal.close();
    return barred;
  }
  const leftovers = await citeLeftovers(dir, journal.records);
  const found = { boot: await bootId(), ...(torn === undefined ? {} : { torn }) };
  const bodies = withSettled(state, [...recover(state, found), ...leftovers], whenOf(stored.plan));
  const kept = await journal.append(bodies, 'fact');
  if (kept.ok) return ok(journal);
  await journal.close();
  return kept;
}

function whyNotResumed(
  dir: string,
  state: RunState,
  journal: Journal,
  stored: StoredRun,
): ReturnType<typeof fail> | null {
  const start = journal.records[0];
  if (start?.type !== 'run.start') {
    return fail('refused', 'This run was never started: the app went away before its first record.', {
      kept: 'Nothing was sent to any host.',
      hint: 'Start the runbook again.',
    });
  }
  if (start.d.planSha256 !== stored.planSha256)
    return damaged(dir, 'its plan is not the one it was started with');
  return state.end === null ? null : fail('refused', 'This run has ended.', { hint: 'Open its evidence.' });
}
