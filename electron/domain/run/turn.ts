/** Whose turn it is, and when a step needs nothing more. Pure; shared by everything that folds records into steps. */
import type { StepId } from '../../contract/ids.ts';
import { assertNever } from '../../contract/result.ts';
import type { Attempt, RunState, StepStatus, StepView } from './state.ts';

/** True when the step needs nothing more. */
export function isDone(status: StepStatus): boolean {
  switch (status.state) {
    case 'passed':
    case 'attested':
    case 'decided':
    case 'held':
    case 'notified':
    case 'not-applicable':
    case 'skipped':
    case 'overridden':
      return true;
    case 'waiting':
    case 'current':
    case 'running':
    case 'failed':
    case 'unknown':
      return false;
    default:
      return assertNever(status);
  }
}

/** The first promise in one line: contact was kept to the end, there are checks, and each of them holds. */
export function sawExpectationsHold(attempt: Attempt): boolean {
  return (
    !attempt.observed &&
    attempt.end?.how === 'exit' &&
    attempt.checks.length > 0 &&
    attempt.checks.every((check) => check.ok)
  );
}

/** The last attempt that the step's outcome can rest on: a twin or one custodian's turn is none. */
export function ownAttempt<A extends { readonly purpose: Attempt['purpose'] }>(step: {
  readonly attempts: readonly A[];
}): A | undefined {
  return step.attempts.findLast(({ purpose }) => purpose !== 'dry-run' && purpose !== 'custodian');
}

export function replaceStep(state: RunState, next: StepView): RunState {
  return { ...state, steps: state.steps.map((view) => (view.index === next.index ? next : view)) };
}

/** Gives a step its status, and the turn to whom it belongs then. */
export function settleStep(state: RunState, id: StepId, status: StepStatus): RunState {
  const step = state.steps.find((view) => view.step.id === id);
  return step === undefined ? state : giveTurn(replaceStep(state, { ...step, status, interrupted: false }));
}

/** The turn belongs to the first step that is not done. */
export function giveTurn(state: RunState): RunState {
  const next = state.steps.find((view) => !isDone(view.status));
  if (next === undefined || state.end !== null) return { ...state, current: null };
  const turned =
    next.status.state === 'waiting' ? replaceStep(state, { ...next, status: { state: 'current' } }) : state;
  return { ...turned, current: next.step.id };
}
