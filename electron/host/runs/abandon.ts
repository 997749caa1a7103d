/**
 * Closes a run that nobody will take up again: what a crash left is recovered and cited as in a return to it, then the
 * run ends as crashed, by name and reason, and is sealed. A run that somebody has open is never touched.
 */
import type { RunId } from '../../contract/ids.ts';
import { type Failure, fail, ok, type Result } from '../../contract/result.ts';
import type { ChainPosition } from '../../domain/evidence/chain.ts';
import { recordText } from '../../domain/run/recordText.ts';
import type { Clock } from '../ports.ts';
import { takeRunUp } from './interruptedRun.ts';
import { readJournal } from './journal.ts';
import { closeInLedger, loadLedger } from './ledger.ts';
import { isLocked } from './lock.ts';
import type { HeldRun } from './newRun.ts';
import { runFolder } from './runFolder.ts';

export interface AbandonOptions {
  readonly data: string;
  readonly clock: Clock;
  /** Whether the run is open in this app. */
  readonly isLive: (runId: RunId) => boolean;
  /** Seals a run that has ended and enters it into the ledger. */
  readonly seal: (runId: RunId, journal: ChainPosition) => Promise<Result<unknown>>;
}

/** Longest reason with a name in front that run.end takes. */
const MAX_REASON = 4000;

/**
 * Gives a run up. Errors: `refused` (open here, ended, given up already), `locked` (open elsewhere), `not-found`,
 * `storage`, and what sealing says.
 */
export async function abandonRun(
  options: AbandonOptions,
  runId: RunId,
  by: string,
  reason: string,
): Promise<Result<null>> {
  if (options.isLive(runId)) {
    return fail('refused', 'This run is open in this app.', { hint: 'Abort it there.' });
  }
  const words = recordText(`${by}: ${reason.trim()}`, MAX_REASON);
  const dir = runFolder(options.data, runId);
  if (await isLocked(dir)) {
    return fail('locked', 'This run is open in another Holdpoint.', {
      kept: 'Its record is untouched.',
      hint: 'End it there, or close that app first.',
    });
  }
  const held = await takeRunUp(options.data, runId, options.clock);
  if (held.ok) return closeRun(options, runId, held.value, words);
  const why = await whyBeyond(dir, held.error);
  return why === null ? held : enterAbandoned(options, runId, why, words);
}

/** Why nothing of the run can be closed and sealed; null when the failure is about something else. */
async function whyBeyond(dir: string, { code }: Failure): Promise<string | null> {
  if (code === 'corrupt') return 'its folder is damaged';
  if (code === 'not-found') return 'its folder cannot be read';
  const read = await readJournal(dir);
  return read.ok && read.value.records.length === 0 ? 'it never began' : null;
}

async function closeRun(
  options: AbandonOptions,
  runId: RunId,
  { journal, lock }: HeldRun,
  reason: string,
): Promise<Result<null>> {
  const ended = await journal.append([{ type: 'run.end', d: { result: 'crashed', reason } }], 'fact');
  const { position } = journal;
  await journal.close();
  await lock.release();
  if (!ended.ok) return ended;
  const sealed = await options.seal(runId, position);
  if (sealed.ok) return ok(null);
  const kept = 'The run is closed as crashed, and its record is whole; it is not sealed yet.';
  return { ok: false, error: { ...sealed.error, kept } };
}

async function enterAbandoned(
  options: AbandonOptions,
  runId: RunId,
  why: string,
  reason: string,
): Promise<Result<null>> {
  const ledger = await loadLedger(options.data);
  if (!ledger.ok) return ledger;
  const known = ledger.value.reading.records.filter(({ d }) => d.runId === runId);
  if (known.length === 0) {
    return fail('not-found', `No run ${runId} was ever opened on this desk.`, {
      hint: 'Look at the list of runs, or at the ledger.',
    });
  }
  const closed = known.find(({ type }) => type !== 'open');
  if (closed !== undefined) {
    const how = closed.type === 'seal' ? 'sealed' : 'given up';
    return fail('refused', `The ledger has this run as ${how} since ${closed.t}; ${why}.`);
  }
  const told = recordText(`${reason} (${why})`, MAX_REASON);
  return closeInLedger(options.data, { type: 'abandon', d: { runId, reason: told } }, options.clock);
}
