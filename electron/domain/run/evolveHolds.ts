/**
 * Folds the signatures of holds: what was asked for, what was given. Total, like evolve.ts. Who may sign is judged
 * elsewhere; a signature under anything but the open statement is not taken in.
 */
import type { StepId } from '../../contract/ids.ts';
import type { RecordOf } from '../../contract/records.ts';
import { giveTurn, replaceStep } from './turn.ts';
import type { HoldSignature, RunState, StepView } from './state.ts';

/**
 * Signatures are asked for: those given under an earlier statement are gone. A hold that was passed already is open
 * again, as long as no command was sent since, or its signatures are too old to open the step that has the turn.
 */
export function requestHold(state: RunState, d: RecordOf<'hold.request'>['d'], at: string): RunState {
  const view = holdOf(state, d.step);
  if (view === undefined || state.end !== null) return state;
  const { statement, guards, unguarded = [], expiresAt } = d;
  const asked: StepView = {
    ...view,
    request: { statement, guards, unguarded, expiresAt, requestedAt: at, signatures: [] },
  };
  if (view.status.state !== 'held') return replaceStep(state, asked);
  const current = state.steps.find((other) => other.step.id === state.current);
  if (current === undefined || !mayReopen(state, view, new Date(at))) return state;
  const waiting = replaceStep(state, { ...current, status: { state: 'waiting' } });
  return giveTurn(replaceStep(waiting, { ...asked, status: { state: 'current' } }));
}

/**
 * A hold that was passed with signatures can be signed anew until something was sent on the strength of it; when they
 * have expired, for what is still to be sent.
 */
export function mayReopen(state: RunState, hold: StepView, now: Date): boolean {
  const current = state.steps.find((view) => view.step.id === state.current);
  if (hold.request === undefined || current?.status.state !== 'current') return false;
  const since = state.steps.slice(hold.index + 1);
  const passed = since.some((view) => view.index < current.index && view.step.kind === 'hold');
  if (passed) return false;
  const expired = now.getTime() > Date.parse(hold.request.expiresAt);
  return since.every((view) => view.attempts.length === 0) || (expired && speaksOf(hold, current.step.id));
}

/** Whether a hold that was passed with signatures names a step, bound or not. */
export function speaksOf(hold: StepView, step: StepId): boolean {
  if (!passedBySignature(hold)) return false;
  const { guards = [], unguarded = [] } = hold.request ?? {};
  return guards.some((guard) => guard.step === step) || unguarded.includes(step);
}

export function passedBySignature({ status }: StepView): boolean {
  return status.state === 'held' && status.signers.some(({ basis }) => basis === 'signed');
}

/** A signature was given. */
export function signHold(state: RunState, d: RecordOf<'hold.sign'>['d'], at: string): RunState {
  const view = holdOf(state, d.step);
  if (view?.request === undefined || view.request.statement.sha256 !== d.statement) return state;
  const { role, principal, fingerprint, statement, signature } = d;
  const given: HoldSignature = { role, principal, fingerprint, statement, signature, at };
  return replaceStep(state, {
    ...view,
    request: { ...view.request, signatures: [...view.request.signatures, given] },
  });
}

function holdOf(state: RunState, step: string): StepView | undefined {
  return state.steps.find((view) => view.step.id === step && view.step.kind === 'hold');
}
