/** Which command may be sent now, and the record that must be durable before it leaves. Pure; it sends nothing. */
import type { IntentOf } from '../../contract/intents.ts';
import type { FileRef, RecordBody } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { RunStep, Step } from '../../contract/runbook.ts';
import { awaiting, refuse, refuseWhenClosed, turnOf } from './refusal.ts';
import type { EvaluateWhen } from './settle.ts';
import type { RunState, StepView } from './state.ts';

/** A command made ready: rendered, wrapped and written to the run's folder. */
export interface PreparedCommand {
  readonly purpose: 'run' | 'observe' | 'probe';
  readonly command: FileRef;
  readonly wire: FileRef;
  readonly recording: string;
  readonly output: string;
  /** The text that the step wants typed, filled in; absent when it wants none. */
  readonly confirm?: string;
}

/** Whether the step's command (or its probe) may be prepared at all. Says nothing about connections yet. */
export function admitCommand(
  state: RunState,
  intent: IntentOf<'run'> | IntentOf<'probe'>,
  evaluate: EvaluateWhen,
): Result<StepView> {
  const closed = refuseWhenClosed(state, intent);
  if (closed !== null) return closed;
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const view = turn.value;
  if (intent.kind === 'probe') return admitProbe(view);
  if (view.step.kind !== 'run' && view.step.kind !== 'observe') {
    return refuse(`${view.step.title} has no command to run.`);
  }
  const waiting = awaiting(view);
  if (waiting !== null) return waiting;
  if (view.step.when !== undefined) {
    const applies = evaluate(view.step.when, state);
    if (!applies.ok) {
      return refuse(
        `Whether ${view.step.title} applies cannot be told: ${applies.error}`,
        'Skip it with a reason, or stop.',
      );
    }
    if (!applies.value) return refuse(`${view.step.title} does not apply: ${view.step.when} is false.`);
  }
  return ok(view);
}

function admitProbe(view: StepView): Result<StepView> {
  if (view.step.kind !== 'run' || view.step.probe === undefined) {
    return refuse(
      `${view.step.title} declares no probe.`,
      'Look yourself, then declare it failed or override it.',
    );
  }
  if (view.status.state !== 'unknown' && view.status.state !== 'failed') {
    return refuse(
      `A probe settles an unknown or failed outcome; ${view.step.title} is ${view.status.state}.`,
    );
  }
  return ok(view);
}

/** The record that must be durable before the command leaves, or a refusal. */
export function startCommand(
  state: RunState,
  view: StepView,
  prepared: PreparedCommand,
  said: { readonly seen?: string; readonly confirm?: string },
): Result<RecordBody> {
  const command = commandOf(view.step, prepared.purpose);
  if (command === null) return refuse(`${view.step.title} has no command to run.`);
  const target = state.targets[command.on];
  if (target?.connected !== true) {
    return fail('network', `${view.step.title}: ${command.on} is not connected.`, {
      hint: 'Connect, then run again.',
    });
  }
  if (target.identity === 'refuted' || target.identity === 'unproven') {
    return refuse(
      `${view.step.title}: ${command.on} has not proven to be the right host.`,
      'Compare the identity checks; connect to the right host.',
    );
  }
  if (prepared.purpose !== 'probe' && said.seen !== undefined && said.seen !== prepared.command.sha256) {
    return refuse('The command has changed since it was shown.', 'Read it again, then run it.');
  }
  if (prepared.confirm !== undefined && said.confirm?.trim() !== prepared.confirm) {
    return refuse(`Type “${prepared.confirm}” to run this step.`);
  }
  return ok({
    type: 'step.start',
    d: {
      step: view.step.id,
      attempt: view.attempts.length + 1,
      purpose: prepared.purpose,
      target: command.on,
      command: prepared.command,
      wire: prepared.wire,
      mode: command.mode,
      recording: prepared.recording,
      output: prepared.output,
    },
  });
}

/** Where and how a step's command or probe runs. */
export function commandOf(
  step: Step,
  purpose: PreparedCommand['purpose'],
): { readonly on: RunStep['on']; readonly mode: RunStep['mode'] } | null {
  if (purpose === 'probe')
    return step.kind === 'run' && step.probe ? { on: step.probe.on, mode: 'exec' } : null;
  if (step.kind === 'run') return { on: step.on, mode: step.mode };
  return step.kind === 'observe' ? { on: step.on, mode: 'exec' } : null;
}
