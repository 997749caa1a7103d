/**
 * The records of a run, folded once for the report: its state, when each step had its turn, and which records speak of
 * which step. It uses the same fold as the screen and adds nothing to it but places and times.
 */
import type { JournalRecord, RecordOf } from '../../contract/records.ts';
import type { Runbook } from '../../contract/runbook.ts';
import { evolve, initialState, isDone } from '../run/evolve.ts';
import type { RunState } from '../run/state.ts';

export interface StepTimes {
  /** When it first had the turn. */
  readonly turnAt?: string;
  /** When it came to the outcome it has now. */
  readonly settledAt?: string;
  /** Journal line of the record that settled it. */
  readonly settledLine?: number;
}

export interface RunFold {
  readonly state: RunState;
  readonly records: readonly JournalRecord[];
  readonly times: ReadonlyMap<string, StepTimes>;
  readonly byStep: ReadonlyMap<string, readonly JournalRecord[]>;
}

/** Line of a record in journal.jsonl, from 1. */
export function lineOf(record: JournalRecord): number {
  return record._seq + 1;
}

export function foldRun(runbook: Runbook, records: readonly JournalRecord[]): RunFold {
  const times = new Map<string, StepTimes>();
  const byStep = new Map<string, JournalRecord[]>();
  let state = initialState(runbook);
  for (const record of records) {
    const before = state;
    state = evolve(state, record);
    note(times, before, state, record);
    const step = stepOf(record);
    if (step === undefined) continue;
    const known = byStep.get(step);
    if (known === undefined) byStep.set(step, [record]);
    else known.push(record);
  }
  return { state, records, times, byStep };
}

function note(times: Map<string, StepTimes>, before: RunState, after: RunState, record: JournalRecord): void {
  if (after.current !== null && after.current !== before.current) {
    const known = times.get(after.current) ?? {};
    if (known.turnAt === undefined) times.set(after.current, { ...known, turnAt: record.t });
  }
  if (after.steps === before.steps) return;
  for (const view of after.steps) {
    if (view === before.steps[view.index]) continue;
    const settled = isDone(view.status) || view.status.state === 'failed' || view.status.state === 'unknown';
    const known = times.get(view.step.id) ?? {};
    const { settledAt: _, settledLine: __, ...open } = known;
    if (view.status === before.steps[view.index]?.status) continue;
    times.set(view.step.id, settled ? { ...known, settledAt: record.t, settledLine: lineOf(record) } : open);
  }
}

function stepOf(record: JournalRecord): string | undefined {
  return 'step' in record.d ? record.d.step : undefined;
}

/** All records of a type, in order. */
export function ofType<T extends JournalRecord['type']>(
  records: readonly JournalRecord[],
  type: T,
): readonly (JournalRecord & RecordOf<T>)[] {
  return records.filter((record): record is JournalRecord & RecordOf<T> => record.type === type);
}
