/**
 * How a step goes over the members of a group: which start next and what comes of them all. Pure planning over the
 * fold; it never starts a member that passed, and calls nothing passed unless every member is.
 */
import type { TargetName } from '../../contract/ids.ts';
import type { RecordBody } from '../../contract/records.ts';
import type { FanOut, Step } from '../../contract/steps.ts';
import { entriesOf, membersByState, wasSent } from './members.ts';
import { recordText } from './recordText.ts';
import type { StepView } from './state.ts';

export { membersByState, retryPlan, type RetryPlan, retryText } from './members.ts';

type Verdict = 'passed' | 'failed' | 'unknown';

export interface MemberPlan {
  /** Members to start now, in their order. */
  readonly start: readonly TargetName[];
  /** Nothing runs and nothing more is to be started: the step can be concluded. */
  readonly done: boolean;
  /** What the step comes to, when it is done. */
  readonly verdict?: Verdict;
  /** Why the members that still wait are not started, when that is so. */
  readonly halted?: string;
}

/** How the step goes over its group: as it says, or one after the other until one does not pass. */
export function fanOutOf(step: Step): FanOut {
  const said = step.kind === 'run' ? step.fanOut : undefined;
  return said ?? { order: 'serial', limit: 1, onFailure: 'stop' };
}

/**
 * Which members to start now. `halt` says why no further one may be started (the run was stopped); an interrupt of the
 * whole step is in the fold already.
 */
export function nextMembers(view: StepView, fanOut: FanOut, halt?: string): MemberPlan {
  const members = entriesOf(view);
  const running = members.filter(([, member]) => member.state === 'running').length;
  const waiting = members.filter(([, member]) => member.state === 'waiting').map(([name]) => name);
  const untried = fanOut.order === 'canary' && !members.some(([, member]) => member.state === 'passed');
  const limit = fanOut.order === 'serial' || untried ? 1 : Math.max(1, fanOut.limit);
  const halted = halt ?? haltedBy(view, fanOut, untried);
  const start = halted === null ? waiting.slice(0, Math.max(0, limit - running)) : [];
  const done = running === 0 && start.length === 0;
  return {
    start,
    done,
    ...(done ? { verdict: verdictOf(view) } : {}),
    ...(halted === null || waiting.length === 0 ? {} : { halted }),
  };
}

/** Why nothing further starts, by what this going-over of the members has shown so far. */
function haltedBy(view: StepView, fanOut: FanOut, untried: boolean): string | null {
  if (view.interrupted) return 'the step was interrupted';
  const bad = entriesOf(view).find(
    ([, { state, earlier }]) =>
      earlier !== true && (state === 'failed' || state === 'unknown' || state === 'not-run'),
  );
  if (bad === undefined) return null;
  if (untried) return `the first, ${bad[0]}, did not pass`;
  return fanOut.onFailure === 'stop' ? `${bad[0]} did not pass` : null;
}

/** Members to probe: those the command went to whose result is failed or unknown. */
export function membersToProbe(view: StepView): readonly TargetName[] {
  return entriesOf(view)
    .filter(([name, { state }]) => (state === 'failed' || state === 'unknown') && wasSent(view, name))
    .map(([name]) => name);
}

/** Which of the members in `todo` (not yet probed in this round) to probe now. A probe that fails stops no other. */
export function nextProbes(
  view: StepView,
  fanOut: FanOut,
  todo: readonly TargetName[],
): { readonly start: readonly TargetName[]; readonly done: boolean } {
  const running = entriesOf(view).filter(([, member]) => member.state === 'running').length;
  const limit = fanOut.order === 'serial' ? 1 : Math.max(1, fanOut.limit);
  const start = todo.slice(0, Math.max(0, limit - running));
  return { start, done: running === 0 && start.length === 0 };
}

/**
 * The records that end a step on a group: `not-run` for each member that still waits, and the step's result. Empty while
 * a member is running.
 */
export function concludeGroup(view: StepView, halted = 'it was not started'): readonly RecordBody[] {
  const members = entriesOf(view);
  if (members.some(([, member]) => member.state === 'running')) return [];
  const left = members.filter(([, member]) => member.state === 'waiting');
  const notRun = left.map(([target]): RecordBody => ({
    type: 'target.result',
    d: { step: view.step.id, target, state: 'not-run', reason: recordText(halted, 4000) },
  }));
  const state = verdictOf(view);
  return [
    ...notRun,
    {
      type: 'step.result',
      d: {
        step: view.step.id,
        attempt: Math.max(1, view.latest),
        state,
        via: 'targets',
        ...(state === 'passed' ? {} : { reason: recordText(groupSummary(view), 4000) }),
      },
    },
  ];
}

function verdictOf(view: StepView): Verdict {
  const states = entriesOf(view).map(([, member]) => member.state);
  if (states.includes('unknown')) return 'unknown';
  return states.length > 0 && states.every((state) => state === 'passed') ? 'passed' : 'failed';
}

/** In words: `97 of 100 passed; failed: a, b; unknown: c`. A member that still waits counts as not run. */
export function groupSummary(view: StepView): string {
  const by = membersByState(view);
  const parts = [`${String(by.passed.length)} of ${String(entriesOf(view).length)} passed`];
  const list = (word: string, names: readonly string[]) => {
    if (names.length > 0) parts.push(`${word}: ${names.join(', ')}`);
  };
  list('failed', by.failed);
  list('unknown', by.unknown);
  list('running', by.running);
  list('not run', [...by['not-run'], ...by.waiting]);
  return parts.join('; ');
}
