/** What forms and lists show of runs: the values a start form begins with, and one line for each run. Pure. */
import type { RunSnapshot, RunSummary, StartDraft } from '../../contract/calls.ts';
import type { Address } from '../../contract/plan.ts';
import { isDone, replay } from '../../domain/run/evolve.ts';
import type { RunState } from '../../domain/run/state.ts';
import type { LoadedRunbook } from '../library/library.ts';

/** What the start form begins with: defaults, and for a rollback what the failed run used and found. */
export function draftFor(entry: LoadedRunbook, rehearsal: boolean, from: RunSnapshot | null): StartDraft {
  const known: Record<string, string> = {};
  if (from !== null) {
    Object.assign(known, from.plan.parameters, replay(from.runbook, from.records).captures);
  }
  const parameters = entry.runbook.parameters.flatMap(({ name, default: preset, example }) => {
    const value = known[name] ?? preset ?? (rehearsal ? example : undefined);
    return value === undefined ? [] : [[name, value] as const];
  });
  const variants = entry.runbook.variants.flatMap(({ name, default: preset, options }) => {
    const value = from?.plan.variants[name] ?? preset ?? (rehearsal ? options[0]?.id : undefined);
    return value === undefined ? [] : [[name, value] as const];
  });
  const targets = entry.runbook.targets.flatMap(({ name }) => {
    const address: Address | undefined = rehearsal ? { kind: 'rehearsal' } : from?.plan.targets[name];
    return address === undefined ? [] : [[name, address] as const];
  });
  return {
    parameters: Object.fromEntries(parameters),
    variants: Object.fromEntries(variants),
    targets: Object.fromEntries(targets),
    ...(from === null ? {} : { from: from.plan.runId }),
  };
}

/** A run's line in the list. */
export function summaryOf(seen: RunSnapshot, state: RunState, status: RunSummary['status']): RunSummary {
  return {
    runId: seen.plan.runId,
    runbook: seen.plan.runbook.id,
    title: seen.runbook.title,
    version: seen.plan.runbook.version,
    rehearsal: seen.plan.rehearsal,
    startedAt: state.startedAt ?? seen.plan.createdAt,
    status,
    operator: seen.plan.operator.name,
    stepsDone: state.steps.filter((view) => isDone(view.status)).length,
    steps: state.steps.length,
    ...(state.end === null ? {} : { endedAt: state.end.at, result: state.end.result }),
  };
}
