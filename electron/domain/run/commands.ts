/** Which command may be sent now, and the record that must be durable before it leaves. Pure; it sends nothing. */
import type { TargetName, VarName } from '../../contract/ids.ts';
import type { IntentOf } from '../../contract/intents.ts';
import type { FileRef, RecordBody } from '../../contract/records.ts';
import { type Failure, fail, ok, type Result } from '../../contract/result.ts';
import type { RunStep, Step } from '../../contract/steps.ts';
import { escapeText } from '../evidence/jcs.ts';
import { fanOutOf, membersToProbe, nextMembers } from './group.ts';
import { guardBroken } from './holdGuards.ts';
import { custodiansDone } from './evolveTurns.ts';
import { memberOf } from './members.ts';
import { namesOperator, samePerson } from './people.ts';
import { awaiting, refuse, type Refusal, refuseWhenClosed, turnOf } from './refusal.ts';
import type { EvaluateWhen } from './settle.ts';
import type { Purpose, RunState, StepView } from './state.ts';

/** A command made ready: rendered, wrapped and written to the run's folder. */
export interface PreparedCommand {
  readonly purpose: Purpose;
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

/** The intents that send something. */
export type CommandIntent = IntentOf<'run'> | IntentOf<'probe'> | IntentOf<'dry-run'> | IntentOf<'custodian'>;

/**
 * Whether the step's command (or its probe) may be prepared at all; on a group, whether its members may be gone over.
 * Says nothing about connections yet.
 */
export function admitCommand(
  state: RunState,
  intent: CommandIntent,
  evaluate: EvaluateWhen,
): Result<StepView> {
  const closed = refuseWhenClosed(state, intent);
  if (closed !== null) return closed;
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const view = turn.value;
  if (intent.kind === 'probe') return admitProbe(view);
  const unfit = kindBarred(state, view, intent);
  if (unfit !== null) return unfit;
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

/** Whether the step has what is asked for, and may be sent it at all. */
function kindBarred(
  state: RunState,
  view: StepView,
  intent: Exclude<CommandIntent, { kind: 'probe' }>,
): Refusal | null {
  const { step } = view;
  if (step.vendorConfirm !== undefined && step.vendorConfirm.filled === undefined) {
    return refuse(
      `The command of ${step.title} is the vendor's, and nobody at this site has confirmed it.`,
      'Fill it in, in the overlay of the site; or do what the step explains by hand, and skip it with a reason.',
    );
  }
  if (intent.kind === 'custodian') return custodianBarred(state, view, intent.name);
  const purpose = intent.kind === 'dry-run' ? 'dry-run' : 'run';
  if (commandOf(step, purpose) !== null) return null;
  if (step.kind === 'custodians')
    return refuse(`${step.title} goes from custodian to custodian.`, 'Name the next one.');
  return refuse(
    purpose === 'run' ? `${step.title} has no command to run.` : `${step.title} has no twin to try.`,
  );
}

function custodianBarred(state: RunState, view: StepView, name: string): Refusal | null {
  const { step } = view;
  if (step.kind !== 'custodians') return refuse(`${step.title} asks for no custodians.`);
  const done = custodiansDone(view);
  if (done.length >= step.needs)
    return refuse(`${String(step.needs)} custodians are done.`, 'Check whether all had their effect.');
  if (done.some((other) => samePerson(other, name))) {
    return refuse(`${name} has given their part: the next custodian must be another person.`);
  }
  return namesOperator(name, { name: state.operator, principal: state.principal })
    ? refuse(
        'The operator cannot be a custodian in the same run.',
        'Let somebody else hold the share, or run it.',
      )
    : null;
}

function admitProbe(view: StepView): Result<StepView> {
  if (view.step.kind === 'custodians') return admitCustodiansProbe(view, view.step.needs);
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

/** After the last turn only: what it sees passes nothing while somebody's part is missing. */
function admitCustodiansProbe(view: StepView, needs: number): Result<StepView> {
  const { state } = view.status;
  const waiting = state === 'failed' || state === 'unknown' ? null : awaiting(view);
  if (waiting !== null) return waiting;
  const open = needs - custodiansDone(view).length;
  return open > 0
    ? refuse(
        `${view.step.title}: ${String(open)} of ${String(needs)} custodians have not given their part yet.`,
      )
    : ok(view);
}

/** What the person said with the intent: the digest of the command they saw, the text they typed. */
export interface Said {
  readonly seen?: string | undefined;
  readonly confirm?: string | undefined;
  /** Name of the custodian whose turn begins. */
  readonly custodian?: string | undefined;
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
  const harmless = prepared.purpose === 'probe' || prepared.purpose === 'dry-run';
  const broken = harmless ? null : guardBroken(state, view, on, prepared.command.sha256, now);
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
      ...(prepared.purpose !== 'custodian' || said.custodian === undefined
        ? {}
        : { custodian: { role: 'custodian', name: escapeText(said.custodian), basis: 'named' } }),
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
  if (purpose === 'probe') {
    const probe = step.kind === 'run' || step.kind === 'custodians' ? step.probe : undefined;
    return probe === undefined ? null : { on: probe.on, mode: 'exec' };
  }
  if (purpose === 'dry-run') {
    return step.kind === 'run' && step.dryRun !== undefined ? { on: step.on, mode: 'exec' } : null;
  }
  if (purpose === 'custodian') return step.kind === 'custodians' ? { on: step.on, mode: 'pty' } : null;
  if (step.kind === 'run') return { on: step.on, mode: step.mode };
  return step.kind === 'observe' || step.kind === 'transfer' ? { on: step.on, mode: 'exec' } : null;
}
