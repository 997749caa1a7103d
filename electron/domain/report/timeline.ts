/** The picture of a run as numbers: when each step had its turn, worked, waited and ended, against its plan. */
import type { StepStatus } from '../run/state.ts';
import type { ReportEvent, ReportPhase, ReportStep } from './model.ts';

/** All times in milliseconds since `from`. */
export interface Segment {
  /** `wait`: nobody had started it yet. `work`: a command ran. `hold`: people were asked. */
  readonly kind: 'wait' | 'work' | 'hold';
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TimelineRow {
  readonly number: number;
  readonly title: string;
  readonly state: StepStatus['state'];
  readonly segments: readonly Segment[];
  readonly plannedMs?: number;
  readonly marks: readonly { readonly kind: ReportEvent['kind']; readonly atMs: number }[];
}

export interface TimelinePhase {
  readonly title: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly plannedMs?: number;
  readonly rows: readonly TimelineRow[];
}

export interface Timeline {
  /** RFC 3339 UTC. */
  readonly from: string;
  readonly to: string;
  readonly totalMs: number;
  readonly phases: readonly TimelinePhase[];
  /** Times the computer was not running. */
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/** The picture; null for a run without a single record. `to` is the end of the run or its last record so far. */
export function timelineOf(
  span: { readonly from: string; readonly to: string } | null,
  phases: readonly ReportPhase[],
  events: readonly ReportEvent[],
  gaps: readonly { readonly ms: number; readonly at: string }[],
): Timeline | null {
  if (span === null) return null;
  const zero = Date.parse(span.from);
  const totalMs = Math.max(1000, Date.parse(span.to) - zero);
  const at = (instant: string) => Math.min(totalMs, Math.max(0, Date.parse(instant) - zero));
  return {
    ...span,
    totalMs,
    phases: phases.map((phase) => {
      const rows = phase.steps.map((step) => rowOf(step, events, at));
      const all = rows.flatMap((row) => row.segments);
      return {
        title: phase.title,
        ...(all.length === 0
          ? {}
          : {
              fromMs: Math.min(...all.map((segment) => segment.fromMs)),
              toMs: Math.max(...all.map((segment) => segment.toMs)),
            }),
        ...(phase.plannedMs === undefined ? {} : { plannedMs: phase.plannedMs }),
        rows,
      };
    }),
    gaps: gaps.map((gap) => ({ fromMs: Math.max(0, at(gap.at) - gap.ms), toMs: at(gap.at) })),
  };
}

const MARKED: ReadonlySet<ReportEvent['kind']> = new Set([
  'failure',
  'unknown',
  'retry',
  'override',
  'skip',
  'signal',
]);

function rowOf(
  step: ReportStep,
  events: readonly ReportEvent[],
  at: (instant: string) => number,
): TimelineRow {
  return {
    number: step.number,
    title: step.title,
    state: step.state,
    segments: segmentsOf(step, at),
    ...(step.plannedMs === undefined ? {} : { plannedMs: step.plannedMs }),
    marks: events
      .filter((event) => event.step === step.number && MARKED.has(event.kind))
      .map((event) => ({ kind: event.kind, atMs: at(event.at) })),
  };
}

/** What lies between turn and outcome and is not work is waiting; on a hold all of it is the hold. */
function segmentsOf(step: ReportStep, at: (instant: string) => number): readonly Segment[] {
  const work = step.attempts.map((attempt): Segment => {
    const fromMs = at(attempt.startedAt);
    const open = step.settledAt === undefined ? fromMs : at(step.settledAt);
    return {
      kind: 'work',
      fromMs,
      toMs: Math.max(fromMs, attempt.ms === undefined ? open : fromMs + attempt.ms),
    };
  });
  if (step.turnAt === undefined) return work;
  const turn = at(step.turnAt);
  const ends = work.map((segment) => segment.toMs);
  const settled = step.settledAt === undefined ? Math.max(turn, ...ends) : at(step.settledAt);
  const idle = step.kind === 'hold' || step.kind === 'attest' || step.kind === 'decide' ? 'hold' : 'wait';
  const segments: Segment[] = [];
  let cursor = turn;
  for (const segment of [...work].sort((a, b) => a.fromMs - b.fromMs)) {
    if (segment.fromMs > cursor) segments.push({ kind: idle, fromMs: cursor, toMs: segment.fromMs });
    segments.push(segment);
    cursor = Math.max(cursor, segment.toMs);
  }
  if (settled > cursor || work.length === 0)
    segments.push({ kind: idle, fromMs: cursor, toMs: Math.max(cursor, settled) });
  return segments;
}
