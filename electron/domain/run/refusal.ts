/** What an intent has to get past before it is judged: the run is open, it is the step's turn, nothing is in the way. */
import type { StepId } from '../../contract/ids.ts';
import type { Intent } from '../../contract/intents.ts';
import { type Failure, fail, ok, type Result } from '../../contract/result.ts';
import type { RunState, StepView } from './state.ts';

export interface Refusal {
  readonly ok: false;
  readonly error: Failure;
}

/** A refusal: what is not possible, and what is. */
export function refuse(message: string, hint?: string): Refusal {
  return fail('refused', message, hint === undefined ? {} : { hint });
}

/** Whether the run takes this intent at all: started, not ended, not stopped. */
export function refuseWhenClosed(state: RunState, intent: Intent): Refusal | null {
  if (state.runId === null) return refuse('The run has not started.');
  if (state.end !== null) return refuse('The run has ended; its record is closed.');
  const harmless = [
    'continue',
    'note',
    'abort',
    'signal',
    'start-rollback',
    'stop',
    'declare-failed',
    'connect',
    // These send no command: they follow one that goes on, or see to the way to a host.
    'attach',
    'replace-host-key',
    'track-shell',
    // Signatures are gathered; whether the hold may be passed is judged when it is.
    'request-hold',
    'sign-hold',
  ];
  if (state.stopped !== null && !harmless.includes(intent.kind)) {
    return refuse(
      `The run is stopped: ${state.stopped.reason}`,
      'Continue with a reason, start the rollback, or abort.',
    );
  }
  return null;
}

/** The step that has the turn, when it is the one asked for. */
export function turnOf(state: RunState, id: StepId): Result<StepView> {
  const view = state.steps.find((v) => v.step.id === id);
  if (view === undefined) return fail('not-found', `There is no step ${id} in this runbook.`);
  if (state.current !== id) {
    const current = state.steps.find((v) => v.step.id === state.current);
    return refuse(
      `It is not the turn of ${view.step.title}.`,
      current === undefined ? undefined : `The current step is ${current.step.title}.`,
    );
  }
  return ok(view);
}

/** Refuses unless the step waits for somebody. */
export function awaiting(view: StepView): Refusal | null {
  return view.status.state === 'current'
    ? null
    : refuse(`${view.step.title} is ${view.status.state}.`, 'Decide about its outcome first.');
}

/** Refuses while a command is under way. */
export function refuseWhileRunning(state: RunState): Refusal | null {
  const running = state.steps.find((view) => view.status.state === 'running');
  return running === undefined
    ? null
    : refuse(`${running.step.title} is still running.`, 'Interrupt it, or wait for its end.');
}
