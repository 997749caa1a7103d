/** The members of a group as one step sees them, and whom sending it again goes to. Pure; it decides nothing. */
import type { TargetName } from '../../contract/ids.ts';
import { assertNever } from '../../contract/result.ts';
import type { Attempt, MemberView, StepView } from './state.ts';

/** The members in the order they are worked on. */
export function entriesOf(view: StepView): readonly (readonly [TargetName, MemberView])[] {
  return Object.entries(view.members ?? {}).map(([name, member]) => [name as TargetName, member]);
}

/** A member by its name. */
export function memberOf(step: StepView, name: string): MemberView | undefined {
  return step.members !== undefined && Object.hasOwn(step.members, name) ? step.members[name] : undefined;
}

/** The last sending of the step's command to this host, when it is detached and no end of it is on record. */
export function openDetached(view: StepView, target: string): Attempt | null {
  const sent = view.attempts.findLast((attempt) => attempt.purpose === 'run' && attempt.target === target);
  return sent?.mode === 'detached' && sent.end === undefined ? sent : null;
}

/** Whether a detached command may still go on at this host, for all that is known. */
function mayGoOn(view: StepView, target: string): boolean {
  return openDetached(view, target) !== null && memberOf(view, target)?.state === 'unknown';
}

/** The attempt that a member's state comes from; null when it has none. */
export function attemptOf(view: StepView, name: string): Attempt | null {
  const n = memberOf(view, name)?.attempt;
  return view.attempts.find((attempt) => attempt.n === n && attempt.target === name) ?? null;
}

/** The attempt that runs on a member now. */
export function runningOn(view: StepView, name: string): Attempt | null {
  return memberOf(view, name)?.state === 'running' ? attemptOf(view, name) : null;
}

/** The step with this member changed; a name that is no member changes nothing. */
export function withMember(step: StepView, name: string, member: MemberView): StepView {
  if (memberOf(step, name) === undefined) return step;
  return { ...step, members: { ...step.members, [name]: member } };
}

/** Whether the step's command itself (not a probe) ever went to this host. */
export function wasSent(step: StepView, target: string): boolean {
  return step.attempts.some((attempt) => attempt.target === target && attempt.purpose === 'run');
}

/** How many members are in which state, and which. */
export function membersByState(view: StepView): Readonly<Record<MemberView['state'], readonly TargetName[]>> {
  const of = (state: MemberView['state']) =>
    entriesOf(view)
      .filter(([, member]) => member.state === state)
      .map(([name]) => name);
  return {
    waiting: of('waiting'),
    running: of('running'),
    passed: of('passed'),
    failed: of('failed'),
    unknown: of('unknown'),
    'not-run': of('not-run'),
  };
}

/**
 * Why a member is not sent to again: the runbook forbids it, its probe comes first, or a detached command may still go on
 * there and is to be taken up again.
 */
export type WhyBarred = 'never-twice' | 'probe-first' | 'attach-first';

/** What sending a step on a group again comes to. */
export interface RetryPlan {
  /** Members it goes to. */
  readonly goes: readonly TargetName[];
  /** Members that have passed: they are not sent again. */
  readonly passed: readonly TargetName[];
  /** Members it does not go to although they have not passed, with why. */
  readonly barred: readonly { readonly target: TargetName; readonly why: WhyBarred }[];
}

/** Whom a retry goes to: only members that have not passed, as far as the step's rerun policy lets it. */
export function retryPlan(view: StepView): RetryPlan {
  const rerun = 'rerun' in view.step ? view.step.rerun : 'safe';
  const open = entriesOf(view).filter(([, member]) => member.state !== 'passed');
  const judged = open.map(([target]) => ({ target, why: whyBarred(view, target, rerun) }));
  return {
    goes: judged.flatMap(({ target, why }) => (why === null ? [target] : [])),
    passed: membersByState(view).passed,
    barred: judged.flatMap(({ target, why }) => (why === null ? [] : [{ target, why }])),
  };
}

function whyBarred(
  view: StepView,
  target: TargetName,
  rerun: 'safe' | 'check-first' | 'never',
): WhyBarred | null {
  if (!wasSent(view, target)) return null;
  if (mayGoOn(view, target)) return 'attach-first';
  switch (rerun) {
    case 'safe':
      return null;
    case 'never':
      return 'never-twice';
    case 'check-first': {
      const last = attemptOf(view, target);
      return last?.purpose === 'probe' && last.end?.how === 'exit' ? null : 'probe-first';
    }
    default:
      return assertNever(rerun);
  }
}

/** The same in words for the person who decides. */
export function retryText({ goes, passed, barred }: RetryPlan): string {
  const names = (targets: readonly string[]) => targets.join(', ');
  const never = barred.filter(({ why }) => why === 'never-twice').map(({ target }) => target);
  const going = barred.filter(({ why }) => why === 'attach-first').map(({ target }) => target);
  const first = barred.filter(({ why }) => why === 'probe-first').map(({ target }) => target);
  return [
    goes.length === 0 ? 'It goes to no member.' : `It goes to ${names(goes)}.`,
    ...(passed.length === 0 ? [] : [`Not sent again, because passed: ${names(passed)}.`]),
    ...(never.length === 0 ? [] : [`Never sent twice: ${names(never)}.`]),
    ...(going.length === 0 ? [] : [`To be taken up again first: ${names(going)}.`]),
    ...(first.length === 0 ? [] : [`To be probed first: ${names(first)}.`]),
  ].join(' ');
}
