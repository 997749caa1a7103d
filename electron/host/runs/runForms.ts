/** What forms and lists show of runs: the values a start form begins with, and one line for each run. Pure. */
import type { RunSnapshot, RunSummary, StartDraft } from '../../contract/views.ts';
import type { TargetName } from '../../contract/ids.ts';
import type { Address, Plan } from '../../contract/plan.ts';
import { isDone, replay } from '../../domain/run/evolve.ts';
import type { RunState } from '../../domain/run/state.ts';
import type { LoadedRunbook } from '../library/library.ts';

/** How many hosts a group has in a rehearsal that nobody has said anything about. */
const REHEARSED_MEMBERS = 2;

/**
 * What the start form begins with: defaults, and for a rollback what the failed run used and found. `last` is the plan
 * of the runbook's last run, from which the groups are taken when there is nothing better.
 */
export function draftFor(
  entry: LoadedRunbook,
  rehearsal: boolean,
  from: RunSnapshot | null,
  last: Plan | null = null,
): StartDraft {
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
  const groups = groupsFor(entry, rehearsal, from?.plan ?? last);
  return {
    parameters: Object.fromEntries(parameters),
    variants: Object.fromEntries(variants),
    targets: Object.fromEntries(addressesFor(entry, rehearsal, from?.plan ?? null, groups, last)),
    ...(Object.keys(groups).length === 0 ? {} : { groups }),
    ...(from === null ? {} : { from: from.plan.runId }),
  };
}

function groupsFor(
  entry: LoadedRunbook,
  rehearsal: boolean,
  earlier: Plan | null,
): Record<string, readonly TargetName[]> {
  const named = entry.runbook.targets.flatMap((target) => {
    if (target.group !== true) return [];
    const members = earlier?.groups?.[target.name] ?? (rehearsal ? rehearsedMembers(target.name) : undefined);
    return members === undefined ? [] : [[target.name, members] as const];
  });
  return Object.fromEntries(named);
}

function rehearsedMembers(group: TargetName): readonly TargetName[] {
  return Array.from(
    { length: REHEARSED_MEMBERS },
    (_, index) => `${group.slice(0, 28)}-${String(index + 1)}` as TargetName,
  );
}

function addressesFor(
  entry: LoadedRunbook,
  rehearsal: boolean,
  from: Plan | null,
  groups: Readonly<Record<string, readonly TargetName[]>>,
  last: Plan | null,
): readonly (readonly [TargetName, Address])[] {
  const addressOf = (name: TargetName, earlier: Plan | null, local: boolean): Address | undefined => {
    if (rehearsal) return { kind: 'rehearsal' };
    if (local) return { kind: 'local' };
    const before = earlier?.targets[name];
    return before?.kind === 'ssh' ? before : undefined;
  };
  return entry.runbook.targets.flatMap((target) => {
    const names = target.group === true ? (groups[target.name] ?? []) : [target.name];
    return names.flatMap((name) => {
      const address = addressOf(name, target.group === true ? (from ?? last) : from, target.local === true);
      return address === undefined ? [] : [[name, address] as const];
    });
  });
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
