/** A step on a group as rows of a table: one a member, in the order they are worked on. Pure. */
import type { TargetName } from '../../../electron/contract/ids.ts';
import type { Plan } from '../../../electron/contract/plan.ts';
import type { Attempt, MemberView, RunState, StepView } from '../../../electron/domain/run/state.ts';
import type { LinkState } from '../../../electron/contract/views.ts';
import { fanOutOf } from '../../../electron/domain/run/group.ts';
import { addressText } from '../../format/units.ts';

export type MemberState = MemberView['state'];
export const memberStates: readonly MemberState[] = [
  'running',
  'failed',
  'unknown',
  'not-run',
  'waiting',
  'passed',
];

export interface MemberRow {
  readonly name: TargetName;
  readonly address: string;
  readonly state: MemberState;
  readonly reason?: string;
  /** Settled before the step was sent again. */
  readonly earlier: boolean;
  /** The member's own last attempt, and how many it has had. */
  readonly attempt?: Attempt;
  readonly tries: number;
  readonly link?: LinkState['state'];
}

/** The rows of a step; empty when it does not run on a group. `members` are those of the plan, before the step ran. */
export function memberRows(
  view: StepView,
  members: readonly TargetName[],
  targets: RunState['targets'],
  plan: Pick<Plan, 'targets'>,
  links: readonly LinkState[],
): readonly MemberRow[] {
  const attempts = new Map<string, Attempt[]>();
  for (const attempt of view.attempts) {
    attempts.set(attempt.target, [...(attempts.get(attempt.target) ?? []), attempt]);
  }
  const linked = new Map<string, LinkState['state']>(links.map((link) => [link.target, link.state]));
  return members.map((name) => {
    const own = attempts.get(name) ?? [];
    const member = view.members?.[name];
    const planned = plan.targets[name];
    const last = own.at(-1);
    const link = linked.get(name);
    return {
      name,
      address: targets[name]?.address ?? (planned === undefined ? '' : addressText(planned)),
      state: member?.state ?? 'waiting',
      ...(member?.reason === undefined ? {} : { reason: member.reason }),
      earlier: member?.earlier === true,
      ...(last === undefined ? {} : { attempt: last }),
      tries: own.length,
      ...(link === undefined ? {} : { link }),
    };
  });
}

/** How many rows are in each state. */
export function countStates(rows: readonly MemberRow[]): Readonly<Record<MemberState, number>> {
  const counts: Record<MemberState, number> = {
    waiting: 0,
    running: 0,
    passed: 0,
    failed: 0,
    unknown: 0,
    'not-run': 0,
  };
  for (const row of rows) counts[row.state]++;
  return counts;
}

/** Whose terminal is in view when nobody chose one: the first that did not pass once the step is over; with one at a time the one that runs or ran last, else the first. */
export function defaultMember(view: StepView, members: readonly TargetName[]): TargetName | undefined {
  const { step, status } = view;
  if (status.state === 'failed' || status.state === 'unknown') {
    const open = members.find((name) => {
      const state = view.members?.[name]?.state;
      return state === 'failed' || state === 'unknown';
    });
    if (open !== undefined) return open;
  }
  const oneByOne = step.kind !== 'run' || fanOutOf(step).order === 'serial' || fanOutOf(step).limit === 1;
  const running = members.filter((name) => view.members?.[name]?.state === 'running');
  if (running.length === 1 || oneByOne) {
    return running[0] ?? view.attempts.at(-1)?.target ?? members[0];
  }
  return members[0];
}
