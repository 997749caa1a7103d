/**
 * Two runs of the same runbook side by side: a row a step, with what differs. It compares what is on record and says
 * nothing about which of the two is right.
 */
import type { JournalRecord } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Runbook } from '../../contract/runbook.ts';
import type { StepKind } from '../../contract/steps.ts';
import type { Attempt, StepStatus, StepView } from '../run/state.ts';
import { ownAttempt } from '../run/turn.ts';
import { foldRun, ofType, type RunFold } from './fold.ts';
import { endText } from './words.ts';

/** What is known of a run: a snapshot or an open bundle has it. */
export interface ComparedRun {
  readonly runbook: Runbook;
  readonly records: readonly JournalRecord[];
}

/** A step in one of the runs. */
export interface CompareSide {
  /** From 1, in its own runbook. */
  readonly number: number;
  readonly state: StepStatus['state'];
  /** From its turn to its outcome. */
  readonly tookMs?: number;
  /** The part of that in which its commands ran. */
  readonly workedMs?: number;
  readonly attempts: number;
  /** How the last attempt ended. */
  readonly end?: string;
  /** Output files of the last attempt, for a difference of their lines. */
  readonly outputs: readonly string[];
  readonly commandSha256?: string;
}

export interface CheckDifference {
  readonly name: string;
  readonly a?: { readonly ok: boolean; readonly actual: string };
  readonly b?: { readonly ok: boolean; readonly actual: string };
}

export interface CaptureDifference {
  readonly name: string;
  readonly a?: string;
  readonly b?: string;
}

export interface CompareRow {
  readonly step: string;
  readonly title: string;
  readonly kind: StepKind;
  /** Title of the phase. */
  readonly phase: string;
  readonly a?: CompareSide;
  readonly b?: CompareSide;
  /** Time of b for each unit of a, in thousandths: 2000 is twice as long. From the work where both have any. */
  readonly ratio?: number;
  /** The command that was sent is another one. */
  readonly commandDiffers: boolean;
  /** Checks that one run has and the other has not, that held in one alone, or that saw something else. */
  readonly checks: readonly CheckDifference[];
  readonly captures: readonly CaptureDifference[];
  /** State, number of attempts, command, checks and captures are the same; times may differ. */
  readonly same: boolean;
}

/** The rows in the order of the first run; steps that only the second has follow the step they come after there. */
export function compareRuns(a: ComparedRun, b: ComparedRun): Result<readonly CompareRow[]> {
  if (a.runbook.id !== b.runbook.id) {
    return fail('bad-request', `These are runs of two runbooks: ${a.runbook.id} and ${b.runbook.id}.`, {
      hint: 'Only runs of one runbook can be compared, of any version.',
    });
  }
  const left = sidesOf(a);
  const right = sidesOf(b);
  return ok(
    mergeOrder([...left.keys()], [...right.keys()]).map((id) => rowOf(id, left.get(id), right.get(id))),
  );
}

interface Side {
  readonly view: StepView;
  readonly phase: string;
  readonly side: CompareSide;
  readonly captures: ReadonlyMap<string, string>;
}

function sidesOf(run: ComparedRun): ReadonlyMap<string, Side> {
  const fold = foldRun(run.runbook, run.records);
  return new Map(
    fold.state.steps.map((view) => {
      const own = fold.byStep.get(view.step.id) ?? [];
      const captures = new Map<string, string>(ofType(own, 'capture').map(({ d }) => [d.name, d.value]));
      const phase = run.runbook.phases[view.phase]?.title ?? '';
      return [view.step.id, { view, phase, side: sideOf(fold, view, own), captures }] as const;
    }),
  );
}

function sideOf(fold: RunFold, view: StepView, own: readonly JournalRecord[]): CompareSide {
  const times = fold.times.get(view.step.id) ?? {};
  const last = ownAttempt(view) ?? view.attempts.at(-1);
  const worked = view.attempts.filter((attempt) => attempt.ms !== undefined);
  const end = last?.end ?? last?.lastTry?.end;
  return {
    number: view.index + 1,
    state: view.status.state,
    ...(times.turnAt === undefined || times.settledAt === undefined
      ? {}
      : { tookMs: Math.max(0, Date.parse(times.settledAt) - Date.parse(times.turnAt)) }),
    ...(worked.length === 0 ? {} : { workedMs: worked.reduce((sum, attempt) => sum + (attempt.ms ?? 0), 0) }),
    attempts: view.attempts.length,
    ...(end === undefined ? {} : { end: endText(end) }),
    outputs: last === undefined ? [] : outputsOf(own, last),
    ...(last === undefined ? {} : { commandSha256: last.commandSha256 }),
  };
}

function outputsOf(own: readonly JournalRecord[], last: Attempt): readonly string[] {
  const end = ofType(own, 'step.end').find(({ d }) => d.attempt === last.n);
  return [end?.d.stdout?.file, end?.d.stderr?.file].filter((file) => file !== undefined);
}

/** One order for both: as in `a`, with what only `b` has behind its neighbour there. */
function mergeOrder(a: readonly string[], b: readonly string[]): readonly string[] {
  const order = [...a];
  const known = new Set(a);
  for (const [index, id] of b.entries()) {
    if (known.has(id)) continue;
    const before = b[index - 1];
    order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, id);
    known.add(id);
  }
  return order;
}

function rowOf(id: string, a: Side | undefined, b: Side | undefined): CompareRow {
  const shown = a ?? b;
  const checks = checkDifferences(a, b);
  const captures = captureDifferences(a, b);
  const ratio = ratioOf(a?.side, b?.side);
  const commandDiffers =
    a?.side.commandSha256 !== undefined &&
    b?.side.commandSha256 !== undefined &&
    a.side.commandSha256 !== b.side.commandSha256;
  const both = a !== undefined && b !== undefined;
  return {
    step: id,
    title: shown?.view.step.title ?? id,
    kind: shown?.view.step.kind ?? 'run',
    phase: shown?.phase ?? '',
    ...(a === undefined ? {} : { a: a.side }),
    ...(b === undefined ? {} : { b: b.side }),
    ...(ratio === null ? {} : { ratio }),
    commandDiffers,
    checks,
    captures,
    same:
      both &&
      a.side.state === b.side.state &&
      a.side.attempts === b.side.attempts &&
      a.side.end === b.side.end &&
      !commandDiffers &&
      checks.length === 0 &&
      captures.length === 0,
  };
}

function ratioOf(a: CompareSide | undefined, b: CompareSide | undefined): number | null {
  const worked = a?.workedMs !== undefined && b?.workedMs !== undefined;
  const first = worked ? a.workedMs : a?.tookMs;
  const second = worked ? b.workedMs : b?.tookMs;
  if (first === undefined || second === undefined || first === 0) return null;
  return Math.round((second / first) * 1000);
}

/** Checks by name; the same name again is the next of that name. */
function checksOf(
  side: Side | undefined,
): ReadonlyMap<string, { readonly ok: boolean; readonly actual: string }> {
  const last = side === undefined ? undefined : ownAttempt(side.view);
  const checks = last === undefined || last.checks.length > 0 ? last?.checks : last.lastTry?.checks;
  const byName = new Map<string, { readonly ok: boolean; readonly actual: string }>();
  for (const { name, ok: held, actual } of checks ?? []) {
    let key = name;
    for (let n = 2; byName.has(key); n++) key = `${name} (${String(n)})`;
    byName.set(key, { ok: held, actual });
  }
  return byName;
}

function checkDifferences(a: Side | undefined, b: Side | undefined): readonly CheckDifference[] {
  const left = checksOf(a);
  const right = checksOf(b);
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((name) => {
    const first = left.get(name);
    const second = right.get(name);
    if (
      first !== undefined &&
      second !== undefined &&
      first.ok === second.ok &&
      first.actual === second.actual
    ) {
      return [];
    }
    return [
      { name, ...(first === undefined ? {} : { a: first }), ...(second === undefined ? {} : { b: second }) },
    ];
  });
}

function captureDifferences(a: Side | undefined, b: Side | undefined): readonly CaptureDifference[] {
  return [...new Set([...(a?.captures.keys() ?? []), ...(b?.captures.keys() ?? [])])].flatMap((name) => {
    const first = a?.captures.get(name);
    const second = b?.captures.get(name);
    if (first === second) return [];
    return [
      { name, ...(first === undefined ? {} : { a: first }), ...(second === undefined ? {} : { b: second }) },
    ];
  });
}
