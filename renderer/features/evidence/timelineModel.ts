/** The picture of a run as numbers: one row a step, with when it was worked on and how that compares to plan. Pure. */
import type { RunSnapshot } from '../../../electron/contract/views.ts';
import type { StepView } from '../../../electron/domain/run/state.ts';
import { evolve, initialState } from '../../../electron/domain/run/evolve.ts';
import { settledAt } from '../run/model.ts';

export interface TimelineRow {
  readonly view: StepView;
  /** ms from the start of the run; null when the step never had its turn. */
  readonly from: number | null;
  readonly to: number | null;
  readonly plannedMs: number | null;
}
export interface TimelinePhase {
  readonly title: string;
  readonly rows: readonly TimelineRow[];
}
export interface TimelineModel {
  readonly phases: readonly TimelinePhase[];
  readonly totalMs: number;
  readonly startedAt: string | null;
}

/** Folds the records and places each step: from when it got the turn (the settling of the one before) to its own settling. */
export function timelineOf(snapshot: RunSnapshot): TimelineModel {
  const state = snapshot.records.reduce(evolve, initialState(snapshot.runbook));
  const start = state.startedAt === null ? 0 : Date.parse(state.startedAt);
  const lastRecord = snapshot.records.at(-1);
  const end = lastRecord === undefined ? start : Date.parse(lastRecord.t);
  let cursor = 0;
  const rows = state.steps.map((view): TimelineRow => {
    const settled = settledAt(view.status);
    const first = view.attempts[0]?.startedAt;
    const plannedMs = view.step.plannedMs ?? null;
    if (settled === null && first === undefined) return { view, from: null, to: null, plannedMs };
    const to = settled === null ? end - start : Date.parse(settled) - start;
    const from = first === undefined ? Math.min(cursor, to) : Date.parse(first) - start;
    cursor = Math.max(cursor, to);
    return { view, from, to, plannedMs };
  });
  return {
    startedAt: state.startedAt,
    totalMs: Math.max(1000, end - start),
    phases: snapshot.runbook.phases.map((phase, index) => ({
      title: phase.title,
      rows: rows.filter((row) => row.view.phase === index),
    })),
  };
}

/** A round distance between marks on the time axis, in ms: about six marks. */
export function tickEvery(totalMs: number): number {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
  const wanted = totalMs / 6 / 1000;
  return (steps.find((s) => s >= wanted) ?? 14_400) * 1000;
}
