/** Phases and steps of the report: planned against what happened, attempt by attempt, with where each is proven. */
import type { JournalRecord, RecordOf } from '../../contract/records.ts';
import type { Runbook, SourceRef } from '../../contract/runbook.ts';
import type { Attempt, StepView } from '../run/state.ts';
import { JOURNAL } from '../evidence/names.ts';
import { lineOf, ofType, type RunFold } from './fold.ts';
import type {
  OutputPreview,
  ReportAttempt,
  ReportEvent,
  ReportPerson,
  ReportPhase,
  ReportStep,
} from './model.ts';
import { endText, outcomeText, stateWords } from './words.ts';

export interface StepsInput {
  readonly fold: RunFold;
  readonly runbook: Runbook;
  readonly events: readonly ReportEvent[];
  readonly signers: readonly ReportPerson[];
  /** Texts of outputs/*.cmd by path. */
  readonly commands: ReadonlyMap<string, string>;
  /** By path of the output file. */
  readonly outputs: ReadonlyMap<string, OutputPreview>;
}

export function phasesOf(input: StepsInput): readonly ReportPhase[] {
  const { fold, runbook } = input;
  return runbook.phases.map((phase, index) => {
    const steps = fold.state.steps.filter((view) => view.phase === index).map((view) => stepOf(input, view));
    const planned = phase.budgetMs ?? sum(steps.map((step) => step.plannedMs ?? 0));
    const first = steps.find((step) => step.turnAt !== undefined)?.turnAt;
    const last = steps.findLast((step) => step.settledAt !== undefined)?.settledAt;
    return {
      title: phase.title,
      ...(planned === 0 ? {} : { plannedMs: planned }),
      ...(first === undefined || last === undefined ? {} : { tookMs: between(first, last) }),
      steps,
    };
  });
}

function stepOf(input: StepsInput, view: StepView): ReportStep {
  const { step, status } = view;
  const { fold } = input;
  const times = fold.times.get(step.id) ?? {};
  const own = fold.byStep.get(step.id) ?? [];
  const attempts = view.attempts.map((attempt) => attemptOf(input, own, attempt));
  const worked = sum(view.attempts.map((attempt) => attempt.ms ?? 0));
  return {
    number: view.index + 1,
    id: step.id,
    title: step.title,
    kind: step.kind,
    risk: step.risk,
    ...('on' in step ? { on: step.on } : {}),
    state: status.state,
    outcome: outcomeText(step, status),
    ...('reason' in status ? { reason: status.reason } : {}),
    ...('by' in status ? { by: status.by } : {}),
    ...(times.turnAt === undefined ? {} : { turnAt: times.turnAt }),
    ...(times.settledAt === undefined ? {} : { settledAt: times.settledAt }),
    ...(times.turnAt === undefined || times.settledAt === undefined
      ? {}
      : { tookMs: between(times.turnAt, times.settledAt) }),
    ...(attempts.length === 0 ? {} : { workedMs: worked }),
    ...(step.plannedMs === undefined ? {} : { plannedMs: step.plannedMs }),
    attempts,
    members: Object.entries(view.members ?? {}).map(([target, member]) => ({
      target,
      state: member.state === 'not-run' ? 'not run' : stateWords[member.state],
      ...(member.reason === undefined ? {} : { reason: member.reason }),
    })),
    captures: ofType(own, 'capture').map((record) => ({
      name: record.d.name,
      value: record.d.value,
      line: lineOf(record),
    })),
    signers: input.signers.filter((person) => person.step === step.id),
    events: input.events.filter((event) => event.step === view.index + 1),
    ...(step.source === undefined ? {} : { source: sourceText(step.source) }),
    proof: times.settledLine === undefined ? [] : [{ file: JOURNAL, line: times.settledLine }],
  };
}

function attemptOf(input: StepsInput, own: readonly JournalRecord[], attempt: Attempt): ReportAttempt {
  const start = ofType(own, 'step.start').find(({ d }) => d.attempt === attempt.n);
  const end = ofType(own, 'step.end').find(({ d }) => d.attempt === attempt.n);
  const observed = attempt.checks.length === 0 ? attempt.lastTry : undefined;
  const done = attempt.end ?? observed?.end;
  return {
    n: attempt.n,
    purpose: attempt.purpose,
    target: attempt.target,
    ...(attempt.group === undefined ? {} : { group: attempt.group }),
    mode: attempt.mode,
    startedAt: attempt.startedAt,
    ...(attempt.ms === undefined ? {} : { ms: attempt.ms }),
    command: commandOf(input, attempt, start),
    ...(done === undefined ? {} : { end: endText(done) }),
    observed: attempt.observed,
    checks: observed?.checks ?? attempt.checks,
    tries: attempt.tries,
    ...(attempt.file === undefined ? {} : { transfer: transferText(attempt.file) }),
    recording: attempt.recording,
    outputs: outputsOf(input, start, end),
    fed: start?.d.fed ?? [],
    withheld: start?.d.withheld ?? false,
    proof: [start, end].flatMap((record) =>
      record === undefined ? [] : [{ file: JOURNAL, line: lineOf(record) }],
    ),
  };
}

function commandOf(
  input: StepsInput,
  attempt: Attempt,
  start: RecordOf<'step.start'> | undefined,
): ReportAttempt['command'] {
  const file = start?.d.command.file ?? '';
  const text = input.commands.get(file);
  return { file, sha256: attempt.commandSha256, ...(text === undefined ? {} : { text }) };
}

/** What the end vouches for; without an end, whatever was kept under the name that the start gave. */
function outputsOf(
  input: StepsInput,
  start: RecordOf<'step.start'> | undefined,
  end: RecordOf<'step.end'> | undefined,
): readonly OutputPreview[] {
  const named = [end?.d.stdout?.file, end?.d.stderr?.file].filter((file) => file !== undefined);
  const paths = named.length === 0 && start !== undefined ? [start.d.output] : named;
  return paths.flatMap((path) => {
    const preview = input.outputs.get(path);
    return preview === undefined || preview.bytes === 0 ? [] : [preview];
  });
}

function transferText(file: NonNullable<Attempt['file']>): string {
  const { direction, path } = file;
  const what = `${String(file.file.bytes)} bytes, sha256 ${file.file.sha256}`;
  return direction === 'fetch'
    ? `${path} was fetched into ${file.file.file}: ${what}`
    : `put as ${path}: ${what}`;
}

function sourceText(source: SourceRef): string {
  const section = source.section === undefined ? '' : `, “${source.section}”`;
  return `${source.document}${section}${source.line === undefined ? '' : `, line ${String(source.line)}`}`;
}

/** Whole milliseconds between two instants; never below zero, for a clock that was set back. */
export function between(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
