/**
 * Makes the report of a run from its plan, runbook and journal, with the same fold as the screen and the verifier. It
 * never judges: whether the evidence holds is the verdict's to say, and without one the report says that, too.
 */
import type { EvidenceView, Verdict } from '../../contract/views.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Check, JournalRecord } from '../../contract/records.ts';
import type { Runbook } from '../../contract/runbook.ts';
import { kindBlockOf } from '../evidence/kindBlock.ts';
import type { RunFile } from '../evidence/runFile.ts';
import { isDone } from '../run/evolve.ts';
import { ownAttempt } from '../run/turn.ts';
import { changeRecordOf } from './changeRecord.ts';
import { eventsOf } from './events.ts';
import { foldRun, ofType, type RunFold } from './fold.ts';
import type {
  OutputPreview,
  Report,
  ReportCounts,
  ReportHead,
  ReportPhase,
  ReportStep,
  ReportVerification,
} from './model.ts';
import { peopleOf, signersOf } from './people.ts';
import { scriptOf } from './script.ts';
import { between, phasesOf, sum } from './steps.ts';
import { targetsOf } from './targets.ts';
import { timelineOf } from './timeline.ts';

export interface ReportInput {
  readonly plan: Plan;
  readonly planSha256: string;
  readonly runbook: Runbook;
  /** All records of the journal. */
  readonly records: readonly JournalRecord[];
  readonly runFile?: RunFile;
  /** Absent for a run that is not sealed. */
  readonly verdict?: Verdict;
  /** Why there is no verdict. */
  readonly unverified?: string;
  readonly bundle?: { readonly name: string; readonly bytes: number; readonly sha256: string };
  readonly signatures: EvidenceView['signatures'];
  readonly reviews?: EvidenceView['reviews'];
  readonly timestamp?: { readonly at: string; readonly authority: string };
  /** Texts of outputs/*.cmd by path. */
  readonly commands?: ReadonlyMap<string, string>;
  /** By path of the output file. */
  readonly outputs?: ReadonlyMap<string, OutputPreview>;
}

/** The report. Pure: the same input gives the same report, in any time zone and locale. */
export function reportOf(input: ReportInput): Report {
  const { plan, runbook, records } = input;
  const fold = foldRun(runbook, records);
  const events = eventsOf(fold);
  const phases = phasesOf({
    fold,
    runbook,
    events,
    signers: signersOf(fold),
    commands: input.commands ?? new Map(),
    outputs: input.outputs ?? new Map(),
  });
  const people = peopleOf({ fold, plan, signatures: input.signatures, reviews: input.reviews ?? [] });
  const counts = countsOf(fold, phases);
  const block = kindBlockOf(runbook, plan, records);
  const steps = phases.flatMap((phase) => phase.steps);
  return {
    format: 1,
    head: headOf(input, fold, phases),
    verification: verificationOf(input),
    ...(input.unverified === undefined ? {} : { unverified: input.unverified }),
    counts,
    people,
    targets: targetsOf(fold, plan, runbook),
    phases,
    script: scriptOf(fold, plan.operator, people, events),
    events,
    changeRecord: changeRecordOf({ plan, runbook, fold, people, steps, events, counts, block }),
    block,
    sealNotes: input.runFile?.notes ?? [],
    timeline: timelineOf(spanOf(records), phases, events, fold.state.gaps),
  };
}

function spanOf(records: readonly JournalRecord[]): { readonly from: string; readonly to: string } | null {
  const [first] = records;
  const last = records.at(-1);
  return first === undefined || last === undefined ? null : { from: first.t, to: last.t };
}

function headOf(input: ReportInput, fold: RunFold, phases: readonly ReportPhase[]): ReportHead {
  const { plan, runbook, records } = input;
  const { state } = fold;
  const [start] = ofType(records, 'run.start');
  const planned = sum(phases.map((phase) => phase.plannedMs ?? 0));
  const { change } = plan;
  return {
    runId: plan.runId,
    title: runbook.title,
    summary: runbook.summary,
    service: runbook.service,
    kind: runbook.kind,
    runbook: plan.runbook,
    rehearsal: plan.rehearsal || state.rehearsal,
    result: state.end?.result ?? null,
    ...(state.end?.reason === undefined ? {} : { reason: state.end.reason }),
    ...(state.startedAt === null ? {} : { startedAt: state.startedAt }),
    ...(state.end === null ? {} : { endedAt: state.end.at }),
    ...(state.startedAt === null || state.end === null
      ? {}
      : { durationMs: between(state.startedAt, state.end.at) }),
    ...(planned === 0 ? {} : { plannedMs: planned }),
    operator: plan.operator,
    ...(start === undefined
      ? {}
      : {
          device: { id: start.d.device.id, keyProtection: start.d.device.keyProtection },
          app: start.d.app,
          ledger: start.d.ledger,
        }),
    ticket: change.ticket,
    changeReason: change.reason,
    ...(change.securityImpact === undefined ? {} : { securityImpact: change.securityImpact }),
    ...(change.fallback === undefined ? {} : { fallback: change.fallback }),
    ...(plan.window === undefined ? {} : { window: plan.window }),
    ...(plan.origin === undefined ? {} : { origin: plan.origin.runId }),
    ...(state.rollback === null ? {} : { rollback: state.rollback }),
    parameters: parametersOf(plan, runbook),
    planSha256: input.planSha256,
    journal: {
      records: records.length,
      ...(input.runFile === undefined ? {} : { head: input.runFile.journal.head }),
    },
  };
}

function parametersOf(plan: Plan, runbook: Runbook): ReportHead['parameters'] {
  const titles = new Map<string, string>([
    ...runbook.parameters.map((parameter) => [parameter.name, parameter.title] as const),
    ...runbook.variants.map((variant) => [variant.name, variant.title] as const),
  ]);
  const given = [...Object.entries(plan.variants), ...Object.entries(plan.parameters)];
  const secret = (plan.secrets ?? []).map(
    (name) => [name, 'given at the start, written down nowhere'] as const,
  );
  return [...given, ...secret].map(([name, value]) => ({ name, title: titles.get(name) ?? name, value }));
}

function countsOf(fold: RunFold, phases: readonly ReportPhase[]): ReportCounts {
  const { steps, retries, deviations } = fold.state;
  const inState = (...states: readonly string[]) =>
    steps.filter((view) => states.includes(view.status.state)).length;
  const checks = phases.flatMap((phase) => phase.steps.flatMap(lastChecks));
  return {
    steps: steps.length,
    done: steps.filter((view) => isDone(view.status)).length,
    passed: inState('passed', 'attested', 'decided', 'held', 'notified'),
    failed: inState('failed'),
    unknown: inState('unknown'),
    skipped: inState('skipped'),
    overridden: inState('overridden'),
    notApplicable: inState('not-applicable'),
    checks: checks.length,
    checksHeld: checks.filter((check) => check.ok).length,
    holds: inState('held'),
    retries,
    deviations: deviations.length,
  };
}

/** The checks that count: of the last attempt, on a group of the last attempt on each member. */
function lastChecks(step: ReportStep): readonly Check[] {
  const last = ownAttempt(step);
  if (last === undefined || step.members.length === 0) return last?.checks ?? [];
  const byTarget = new Map(step.attempts.map((attempt) => [attempt.target, attempt.checks]));
  return [...byTarget.values()].flat();
}

function verificationOf(input: ReportInput): ReportVerification | null {
  const { verdict, bundle, signatures, timestamp } = input;
  if (verdict === undefined) return null;
  return {
    verdict,
    signatures,
    ...(bundle === undefined ? {} : { bundle }),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}
