/** Which command may be sent now, and the record that must be durable before it leaves. Pure; it sends nothing. */
import type { TargetName, VarName } from '../../contract/ids.ts';
import type { IntentOf } from '../../contract/intents.ts';
import type { FileRef, RecordBody } from '../../contract/records.ts';
import { type Failure, fail, ok, type Result } from '../../contract/result.ts';
import type { RunStep, Step } from '../../contract/runbook.ts';
import { fanOutOf, membersToProbe, nextMembers } from './group.ts';
import { guardBroken } from './holdGuards.ts';
import { memberOf } from './members.ts';
import { awaiting, refuse, type Refusal, refuseWhenClosed, turnOf } from './refusal.ts';
import type { EvaluateWhen } from './settle.ts';
import type { RunState, StepView } from './state.ts';

/** A command made ready: rendered, wrapped and written to the run's folder. */
export interface PreparedCommand {
  readonly purpose: 'run' | 'observe' | 'probe';
  readonly command: FileRef;
  readonly wire: FileRef;
  readonly recording: string;
  readonly output: string;
  /** Detached: name of the job's folder on the host. */
  readonly job?: string;
  /** The text that the step wants typed, filled in; absent when it wants none. */
  readonly confirm?: string;
  /** Secrets it gets on its standard input. */
  readonly fed?: readonly VarName[];
  /** The runbook says `evidence: none`. */
  readonly withheld?: boolean;
}

/**
 * Whether the step's command (or its probe) may be prepared at all; on a group, whether its members may be gone over.
 * Says nothing about connections yet.
 */
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
  if (commandOf(view.step, 'run') === null) {
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
  if (view.members !== undefined && membersToProbe(view).length === 0) {
    return refuse(
      `${view.step.title} was sent to no member whose outcome is open.`,
      'Send it again, or skip it with a reason.',
    );
  }
  return ok(view);
}

/** What the person said with the intent: the digest of the command they saw, the text they typed. */
export interface Said {
  readonly seen?: string | undefined;
  readonly confirm?: string | undefined;
}

/** The record that must be durable before the command leaves, or a refusal. For a step on one host. */
export function startCommand(
  state: RunState,
  view: StepView,
  prepared: PreparedCommand,
  said: Said,
  now: Date,
): Result<RecordBody> {
  const command = commandOf(view.step, prepared.purpose);
  if (command === null) return refuse(`${view.step.title} has no command to run.`);
  if (view.members !== undefined) return refuse(`${view.step.title} runs on a group: name the member.`);
  return startOn(state, view, prepared, said, { on: command.on, now });
}

/**
 * The same for one member of a group. Judges everything anew, because other members have been started and settled in
 * the meantime: the run is open, the step goes over its members, this one is next (or is to be probed).
 */
export function startMember(
  state: RunState,
  intent: IntentOf<'run'> | IntentOf<'probe'>,
  member: TargetName,
  prepared: PreparedCommand,
  now: Date,
): Result<RecordBody> {
  const closed = refuseWhenClosed(state, intent);
  if (closed !== null) return closed;
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const view = turn.value;
  const barred = memberBarred(view, member, intent.kind);
  if (barred !== null) return barred;
  if ((intent.kind === 'probe') !== (prepared.purpose === 'probe')) {
    return fail('internal', 'What was made ready is not what was asked for.');
  }
  return startOn(state, view, prepared, intent.kind === 'run' ? intent : {}, { on: member, now });
}

function memberBarred(view: StepView, name: TargetName, kind: 'run' | 'probe'): Refusal | null {
  const member = memberOf(view, name);
  if (member === undefined) return refuse(`${name} is not a member of the group of ${view.step.title}.`);
  const { state } = view.status;
  if (kind === 'run') {
    if (state !== 'current' && state !== 'running') return refuse(`${view.step.title} is ${state}.`);
    const plan = nextMembers(view, fanOutOf(view.step));
    if (plan.start.includes(name)) return null;
    if (member.state === 'waiting') {
      return refuse(
        `${view.step.title} is not started on ${name}: ${plan.halted ?? 'as many as may run at a time do'}.`,
      );
    }
  } else {
    if (state !== 'failed' && state !== 'unknown' && state !== 'running') {
      return refuse(`${view.step.title} is ${state}.`);
    }
    if (membersToProbe(view).includes(name)) return null;
  }
  return refuse(`${view.step.title} on ${name} is ${member.state}.`);
}

function startOn(
  state: RunState,
  view: StepView,
  prepared: PreparedCommand,
  said: Said,
  { on, now }: { readonly on: TargetName; readonly now: Date },
): Result<RecordBody> {
  const command = commandOf(view.step, prepared.purpose);
  if (command === null) return refuse(`${view.step.title} has no command to run.`);
  const ready = hostReady(state, view, on, command.mode);
  if (ready !== null) return ready;
  if (prepared.purpose !== 'probe' && said.seen !== undefined && said.seen !== prepared.command.sha256) {
    return refuse('The command has changed since it was shown.', 'Read it again, then run it.');
  }
  const { sha256 } = prepared.command;
  const broken = prepared.purpose === 'probe' ? null : guardBroken(state, view, on, sha256, now);
  if (broken !== null) return broken;
  if (prepared.confirm !== undefined && said.confirm?.trim() !== prepared.confirm) {
    return refuse(`Type “${prepared.confirm}” to run this step.`);
  }
  return ok({
    type: 'step.start',
    d: {
      step: view.step.id,
      attempt: view.attempts.length + 1,
      purpose: prepared.purpose,
      target: on,
      command: prepared.command,
      wire: prepared.wire,
      mode: command.mode,
      ...(view.members === undefined ? {} : { group: command.on }),
      ...(prepared.job === undefined || command.mode !== 'detached' ? {} : { job: prepared.job }),
      recording: prepared.recording,
      output: prepared.output,
      ...(prepared.fed === undefined || prepared.fed.length === 0 ? {} : { fed: [...prepared.fed] }),
      ...(prepared.withheld === true ? { withheld: true } : {}),
    },
  });
}

function hostReady(
  state: RunState,
  view: StepView,
  on: TargetName,
  mode: RunStep['mode'],
): { readonly ok: false; readonly error: Failure } | null {
  const target = state.targets[on];
  if (target?.connected !== true) {
    return fail('network', `${view.step.title}: ${on} is not connected.`, {
      hint: 'Connect, then run again.',
    });
  }
  if (target.identity === 'refuted' || target.identity === 'unproven') {
    return refuse(
      `${view.step.title}: ${on} has not proven to be the right host.`,
      'Compare the identity checks; connect to the right host.',
    );
  }
  if (mode === 'detached' && target.shell === 'none') {
    return refuse(
      `${view.step.title}: ${on} has no POSIX shell, so a command cannot go on there by itself.`,
      'Change the step to mode: exec, or do it by hand and override it with a reason.',
    );
  }
  return null;
}

/**
 * Where and how a step's command or probe runs; `on` may be a group. A transfer counts as a command in `exec` mode whose
 * text is its description (describeTransfer).
 */
export function commandOf(
  step: Step,
  purpose: PreparedCommand['purpose'],
): { readonly on: RunStep['on']; readonly mode: RunStep['mode'] } | null {
  if (purpose === 'probe')
    return step.kind === 'run' && step.probe ? { on: step.probe.on, mode: 'exec' } : null;
  if (step.kind === 'run') return { on: step.on, mode: step.mode };
  return step.kind === 'observe' || step.kind === 'transfer' ? { on: step.on, mode: 'exec' } : null;
}
