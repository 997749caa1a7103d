/**
 * What may happen next in a run, and which records say so. Pure: it judges intents of people and facts seen by the
 * host against the state, and answers with records or a refusal. It sends nothing and stores nothing.
 */
import type { Sha256, StepId } from '../../contract/ids.ts';
import type { Intent, IntentOf } from '../../contract/intents.ts';
import type { FileRef, RecordBody, Signer } from '../../contract/records.ts';
import { assertNever, fail, ok, type Result } from '../../contract/result.ts';
import type { HoldStep, RunStep, Step } from '../../contract/runbook.ts';
import { escapeText } from '../evidence/jcs.ts';
import { attestedText, judgeAttestation } from './attestation.ts';
import { apply } from './evolve.ts';
import type { Attempt, RunState, StepView } from './state.ts';

/** Evaluates a step's `when` against the state. An error value says why it cannot be told. */
export type EvaluateWhen = (when: string, state: RunState) => Result<boolean, string>;

/** Who asks, and what the host knows at that moment. */
export interface Desk {
  readonly by: string;
  /** Head of the journal the person has seen. */
  readonly head: Sha256;
}

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

type Bodies = readonly RecordBody[];

/** Words that pass a hold: typed, so that it is never passed by reflex. */
export function holdWord(hold: HoldStep['hold']): string {
  switch (hold) {
    case 'go':
      return 'GO';
    case 'verify':
      return 'VERIFIED';
    case 'point-of-no-return':
      return 'NO RETURN';
    default:
      return assertNever(hold);
  }
}

/** Judges everything but `run` and `probe`, which need a prepared command: see admitCommand and startCommand. */
export function decide(state: RunState, intent: Intent, desk: Desk): Result<Bodies> {
  const closed = refuseWhenClosed(state, intent);
  if (closed !== null) return closed;
  const by = escapeText(desk.by);
  switch (intent.kind) {
    case 'attest':
      return attest(state, intent, by);
    case 'decide':
      return choose(state, intent, by);
    case 'pass-hold':
      return passHold(state, intent, desk);
    case 'skip':
      return skip(state, intent, by);
    case 'override':
      return overrideOutcome(state, intent, by);
    case 'retry':
      return retry(state, intent, by);
    case 'declare-failed':
      return declareFailed(state, intent, by);
    case 'signal':
      return signal(state, intent, by);
    case 'note':
      return ok([{ type: 'note', d: { text: escapeText(intent.text), by } }]);
    case 'stop':
      return state.stopped === null
        ? ok([{ type: 'run.stop', d: { reason: escapeText(intent.reason), by } }])
        : refuse('The run is stopped already.');
    case 'continue':
      return state.stopped === null
        ? refuse('The run is not stopped.')
        : ok([{ type: 'run.continue', d: { reason: escapeText(intent.reason), by } }]);
    case 'start-rollback':
      return startRollback(state, intent, by);
    case 'abort':
      return abort(state, intent, by);
    case 'finish':
      return finish(state);
    case 'run':
    case 'probe':
    case 'connect':
      return refuse('This needs the host: it is not decided here.');
    default:
      return assertNever(intent);
  }
}

function refuse(message: string, hint?: string): { readonly ok: false; readonly error: ReturnType<typeof fail>['error'] } {
  return fail('refused', message, hint === undefined ? {} : { hint });
}

function refuseWhenClosed(state: RunState, intent: Intent): ReturnType<typeof refuse> | null {
  if (state.runId === null) return refuse('The run has not started.');
  if (state.end !== null) return refuse('The run has ended; its record is closed.');
  const harmless = ['continue', 'note', 'abort', 'signal', 'start-rollback', 'stop', 'declare-failed', 'connect'];
  if (state.stopped !== null && !harmless.includes(intent.kind)) {
    return refuse(`The run is stopped: ${state.stopped.reason}`, 'Continue with a reason, start the rollback, or abort.');
  }
  return null;
}

/** The step that has the turn, when it is the one asked for. */
function turnOf(state: RunState, id: StepId): Result<StepView> {
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

function awaiting(view: StepView): ReturnType<typeof refuse> | null {
  return view.status.state === 'current'
    ? null
    : refuse(`${view.step.title} is ${view.status.state}.`, 'Decide about its outcome first.');
}

// ── commands ────────────────────────────────────────────────────────────────────────────────────────────────────

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
    return refuse(`${view.step.title} declares no probe.`, 'Look yourself, then declare it failed or override it.');
  }
  if (view.status.state !== 'unknown' && view.status.state !== 'failed') {
    return refuse(`A probe settles an unknown or failed outcome; ${view.step.title} is ${view.status.state}.`);
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
    return fail('network', `${view.step.title}: ${command.on} is not connected.`, { hint: 'Connect, then run again.' });
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
  if (purpose === 'probe') return step.kind === 'run' && step.probe ? { on: step.probe.on, mode: 'exec' } : null;
  if (step.kind === 'run') return { on: step.on, mode: step.mode };
  return step.kind === 'observe' ? { on: step.on, mode: 'exec' } : null;
}

// ── people's decisions ──────────────────────────────────────────────────────────────────────────────────────────

function attest(state: RunState, intent: IntentOf<'attest'>, by: string): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const { step } = turn.value;
  if (step.kind !== 'attest') return refuse(`${step.title} is not an attestation.`);
  const waiting = awaiting(turn.value);
  if (waiting !== null) return waiting;
  const person = attestingPerson(step.by, intent.by, by);
  if (!person.ok) return person;
  const judged = judgeAttestation(step.input, intent.value);
  if (!judged.ok) return fail('bad-request', `${step.title}: ${judged.error}`);
  const value =
    intent.value.kind === 'text' ? { ...intent.value, text: escapeText(intent.value.text.trim()) } : intent.value;
  const record: RecordBody = {
    type: 'attest',
    d: { step: step.id, value, ok: judged.value, by: person.value, role: step.by },
  };
  if (step.capture === undefined || !judged.value) return ok([record]);
  const text = attestedText(step.input, value).slice(0, 4096);
  return ok([{ type: 'capture', d: { step: step.id, name: step.capture, value: text } }, record]);
}

function attestingPerson(role: Signer['role'], named: string | undefined, operator: string): Result<string> {
  if (role === 'operator') return ok(operator);
  const name = escapeText(named?.trim() ?? '');
  if (name === '') return fail('bad-request', `Name the ${role} who reports this.`);
  return samePerson(name, operator)
    ? refuse(`The ${role} must be another person than the operator.`)
    : ok(name);
}

function samePerson(a: string, b: string): boolean {
  return nameKey(a) === nameKey(b);
}

/** A name without what can differ between two spellings of one person: width, case, spaces, invisible characters. */
function nameKey(name: string): string {
  return escapeText(name)
    .replace(/<U\+[0-9A-F]+>|\p{Cf}/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '')
    .join(' ');
}

function choose(state: RunState, intent: IntentOf<'decide'>, by: string): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const { step } = turn.value;
  if (step.kind !== 'decide') return refuse(`${step.title} is not a decision.`);
  const waiting = awaiting(turn.value);
  if (waiting !== null) return waiting;
  const option = step.options.find((o) => o.id === intent.choice);
  if (option === undefined) return fail('bad-request', `${intent.choice} is not one of the options.`);
  if (option.reason && intent.reason === undefined) return refuse(`“${option.title}” needs a reason.`);
  return ok([
    {
      type: 'decision',
      d: {
        step: step.id,
        choice: option.id,
        by,
        ...(intent.reason === undefined ? {} : { reason: escapeText(intent.reason) }),
      },
    },
  ]);
}

function passHold(state: RunState, intent: IntentOf<'pass-hold'>, desk: Desk): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const { step } = turn.value;
  if (step.kind !== 'hold') return refuse(`${step.title} is not a hold.`);
  const waiting = awaiting(turn.value);
  if (waiting !== null) return waiting;
  if (intent.word.trim() !== holdWord(step.hold)) return refuse(`Type ${holdWord(step.hold)} to pass this hold.`);
  const signers = signersOf(step, intent.names, desk.by);
  if (!signers.ok) return signers;
  return ok([{ type: 'hold.pass', d: { step: step.id, signers: [...signers.value], seenHead: desk.head } }]);
}

function signersOf(step: HoldStep, names: readonly string[], operator: string): Result<readonly Signer[]> {
  const others = step.signers.filter((role) => role !== 'operator');
  if (names.length !== others.length) {
    return fail('bad-request', `${step.title} needs ${String(others.length)} other people: ${others.join(', ')}.`);
  }
  const seen = [operator];
  const signers: Signer[] = step.signers.includes('operator')
    ? [{ role: 'operator', name: escapeText(operator), basis: 'desk' }]
    : [];
  for (const [index, role] of others.entries()) {
    const name = names[index]?.trim() ?? '';
    if (name === '') return fail('bad-request', `Name the ${role}.`);
    if (seen.some((other) => samePerson(other, name))) {
      return refuse(`${name} is already part of this: the ${role} must be another person.`);
    }
    seen.push(name);
    signers.push({ role, name: escapeText(name), basis: 'named' });
  }
  return ok(signers);
}

function skip(state: RunState, intent: IntentOf<'skip'>, by: string): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const { step, status } = turn.value;
  if (step.kind === 'hold') return refuse('A hold cannot be skipped.', 'Pass it with the people it names, or abort.');
  if (status.state !== 'current' && status.state !== 'failed') {
    return refuse(`${step.title} is ${status.state}: it cannot be skipped.`, 'Settle its outcome first.');
  }
  return ok([{ type: 'step.skip', d: { step: step.id, reason: escapeText(intent.reason), by } }]);
}

function overrideOutcome(state: RunState, intent: IntentOf<'override'>, by: string): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const { step, status } = turn.value;
  if (status.state !== 'failed' && status.state !== 'unknown') {
    return refuse(`Only a failed or unknown outcome can be overridden; ${step.title} is ${status.state}.`);
  }
  return ok([{ type: 'step.override', d: { step: step.id, reason: escapeText(intent.reason), by } }]);
}

function retry(state: RunState, intent: IntentOf<'retry'>, by: string): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const { step, status } = turn.value;
  if (status.state !== 'failed' && status.state !== 'unknown') {
    return refuse(`${step.title} is ${status.state}: there is nothing to retry.`);
  }
  const barred = step.kind === 'run' ? barredFromRetry(turn.value, step) : null;
  if (barred !== null) return barred;
  return ok([{ type: 'step.retry', d: { step: step.id, reason: escapeText(intent.reason), by } }]);
}

function barredFromRetry(view: StepView, step: RunStep): ReturnType<typeof refuse> | null {
  switch (step.rerun) {
    case 'safe':
      return null;
    case 'check-first': {
      const last: Attempt | undefined = view.attempts.at(-1);
      const probed = last?.purpose === 'probe' && last.end?.how === 'exit';
      return probed
        ? null
        : refuse(`${step.title} may be sent again only after its probe has shown where it stands.`, 'Run the probe.');
    }
    case 'never':
      return refuse(
        `The runbook says that ${step.title} is never sent twice.`,
        'Override it with a reason, start the rollback, or abort.',
      );
    default:
      return assertNever(step.rerun);
  }
}

function declareFailed(state: RunState, intent: IntentOf<'declare-failed'>, by: string): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const { step, status, attempts } = turn.value;
  if (status.state !== 'unknown') return refuse(`${step.title} is ${status.state}, not unknown.`);
  return ok([
    {
      type: 'step.result',
      d: {
        step: step.id,
        attempt: Math.max(1, attempts.length),
        state: 'failed',
        via: 'person',
        reason: escapeText(`${by}: ${intent.reason}`),
      },
    },
  ]);
}

function signal(state: RunState, intent: IntentOf<'signal'>, by: string): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const { step, status, attempts } = turn.value;
  if (status.state !== 'running') return refuse(`${step.title} is not running.`);
  return ok([
    { type: 'step.signal', d: { step: step.id, attempt: Math.max(1, attempts.length), signal: intent.signal, by } },
  ]);
}

// ── ends ────────────────────────────────────────────────────────────────────────────────────────────────────────

function startRollback(state: RunState, intent: IntentOf<'start-rollback'>, by: string): Result<Bodies> {
  if (state.runbook.rollback !== intent.runbook) return refuse('This runbook names another rollback.');
  const running = refuseWhileRunning(state);
  if (running !== null) return running;
  return ok([
    { type: 'rollback.start', d: { runbook: intent.runbook, runId: intent.runId, by } },
    { type: 'run.end', d: { result: 'failed', reason: `rolled back by run ${intent.runId}` } },
  ]);
}

function refuseWhileRunning(state: RunState): ReturnType<typeof refuse> | null {
  const running = state.steps.find((view) => view.status.state === 'running');
  return running === undefined
    ? null
    : refuse(`${running.step.title} is still running.`, 'Interrupt it, or wait for its end.');
}

function abort(state: RunState, intent: IntentOf<'abort'>, by: string): Result<Bodies> {
  const running = refuseWhileRunning(state);
  if (running !== null) return running;
  const current = state.steps.find((view) => view.step.id === state.current)?.status.state;
  // Giving up at a failure is a failed run; giving up before one is an aborted run.
  const result = current === 'failed' || current === 'unknown' ? 'failed' : 'aborted';
  return ok([{ type: 'run.end', d: { result, reason: escapeText(`${by}: ${intent.reason}`) } }]);
}

function finish(state: RunState): Result<Bodies> {
  if (state.current !== null) {
    const open = state.steps.find((view) => view.step.id === state.current);
    return refuse(`${open?.step.title ?? 'A step'} is not done.`, 'Finish, skip or override it, or abort the run.');
  }
  return ok([{ type: 'run.end', d: { result: hasDeviations(state) ? 'success-with-deviations' : 'success' } }]);
}

/** Whether anything happened that the runbook did not foresee. */
export function hasDeviations(state: RunState): boolean {
  return (
    state.deviations.length > 0 ||
    state.recovered > 0 ||
    state.retries > 0 ||
    state.steps.some(
      ({ status, attempts }) =>
        status.state === 'skipped' || status.state === 'overridden' || attempts.length > 1,
    )
  );
}

// ── facts seen by the host ──────────────────────────────────────────────────────────────────────────────────────

/** Records that close the steps whose condition is false, one after the other, until a step needs a person. */
export function settle(state: RunState, evaluate: EvaluateWhen): Bodies {
  const records: RecordBody[] = [];
  let next = state;
  for (;;) {
    const view = next.steps.find((v) => v.step.id === next.current);
    if (view?.status.state !== 'current' || view.step.when === undefined || view.attempts.length > 0) return records;
    const applies = evaluate(view.step.when, next);
    if (!applies.ok || applies.value) return records;
    const record: RecordBody = { type: 'step.na', d: { step: view.step.id, when: escapeText(view.step.when) } };
    records.push(record);
    next = apply(next, record, '');
  }
}

/** Records for the return to a run that was not closed: a step in flight is unknown, whatever it did. */
export function recover(
  state: RunState,
  found: { readonly torn?: FileRef; readonly boot: string },
): Bodies {
  const back: RecordBody = {
    type: 'run.recovered',
    d: { boot: found.boot, ...(found.torn === undefined ? {} : { torn: found.torn }) },
  };
  const inFlight = state.steps.find((view) => view.status.state === 'running');
  if (inFlight === undefined) return [back];
  return [
    back,
    {
      type: 'step.result',
      d: {
        step: inFlight.step.id,
        attempt: Math.max(1, inFlight.attempts.length),
        state: 'unknown',
        via: 'recovered',
        reason: 'the app went away while this step ran',
      },
    },
  ];
}
