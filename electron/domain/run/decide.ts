/**
 * Judges what people ask of a run against its state, and answers with records or a refusal. Pure: it sends nothing and
 * stores nothing. Commands are judged in commands.ts, because they need to be made ready first.
 */
import type { Intent, IntentOf } from '../../contract/intents.ts';
import type { AttestValue, RecordBody } from '../../contract/records.ts';
import { assertNever, fail, ok, type Result } from '../../contract/result.ts';
import type { AttestStep } from '../../contract/steps.ts';
import { escapeText } from '../evidence/jcs.ts';
import { planUndo, undoId } from '../runbook/rollbackPlan.ts';
import { admitAttach } from './attach.ts';
import { attestedText, judgeAttestation, sameAnswer } from './attestation.ts';
import { doneSteps } from './done.ts';
import { admitHoldRequest, admitHoldSignature, signersBySignature } from './holdSignatures.ts';
import { admitKeyReplacement, admitTracking } from './hosts.ts';
import { declareFailed, overrideOutcome, retry, signal } from './outcomes.ts';
import { takeTime } from './measure.ts';
import { type Desk, holdWord, namedPerson, samePerson, signersOf } from './people.ts';
import { recordText } from './recordText.ts';
import { awaiting, refuse, refuseWhenClosed, refuseWhileRunning, turnOf } from './refusal.ts';
import type { RunState, StepView } from './state.ts';

type Bodies = readonly RecordBody[];

/**
 * Judges everything but `run`, `probe` and `connect`, which need the host: see admitCommand and startCommand. `attach`,
 * `replace-host-key`, `track-shell`, `request-hold` and `sign-hold` are judged here and carried out by the host: accepted,
 * they give no record yet.
 */
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
    case 'attach':
      return nothingYet(admitAttach(state, intent));
    case 'replace-host-key':
      return nothingYet(admitKeyReplacement(state, intent, desk.by));
    case 'track-shell':
      return nothingYet(admitTracking(state, intent));
    case 'request-hold':
      return nothingYet(admitHoldRequest(state, intent.step, desk.signed));
    case 'sign-hold':
      return nothingYet(admitHoldSignature(state, intent.step, intent.role, desk.signed));
    case 'notified':
      return notified(state, intent, desk);
    case 'measure':
      return measure(state, intent, desk);
    case 'run':
    case 'probe':
    case 'dry-run':
    case 'custodian':
    case 'connect':
      return refuse('This needs the host: it is not decided here.');
    default:
      return assertNever(intent);
  }
}

function nothingYet(judged: Result<unknown>): Result<Bodies> {
  return judged.ok ? ok([]) : judged;
}

function attest(state: RunState, intent: IntentOf<'attest'>, by: string): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const { step } = turn.value;
  if (step.kind !== 'attest') return refuse(`${step.title} is not an attestation.`);
  const waiting = awaiting(turn.value);
  if (waiting !== null) return waiting;
  const person = namedPerson(step.by, intent.by, { name: by, principal: state.principal });
  if (!person.ok) return person;
  const again = secondAnswer(state, step, person.value);
  if (!again.ok) return again;
  const judged = judgeAttestation(step.input, intent.value);
  if (!judged.ok) return fail('bad-request', `${step.title}: ${judged.error}`);
  const value =
    intent.value.kind === 'text'
      ? { ...intent.value, text: escapeText(intent.value.text.trim()) }
      : intent.value;
  const record: Extract<RecordBody, { type: 'attest' }> = {
    type: 'attest',
    d: {
      step: step.id,
      value,
      ok: judged.value && (again.value === null || sameAnswer(again.value, value)),
      by: person.value,
      role: step.by,
    },
  };
  if (step.capture === undefined || !judged.value || !record.d.ok) return ok([record]);
  const text = attestedText(step.input, value).slice(0, 4096);
  return ok([{ type: 'capture', d: { step: step.id, name: step.capture, value: text } }, record]);
}

/** The answer that an independent check is held against; null when the step is none. */
function secondAnswer(state: RunState, step: AttestStep, by: string): Result<AttestValue | null> {
  if (step.independentOf === undefined) return ok(null);
  const first = state.steps.find((view) => view.step.id === step.independentOf)?.status;
  if (first?.state !== 'attested') return ok(null);
  return samePerson(first.by, by)
    ? refuse(`${by} gave the first answer: the second must come from another person.`)
    : ok(first.value);
}

function notified(state: RunState, intent: IntentOf<'notified'>, desk: Desk): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const { step } = turn.value;
  if (step.kind !== 'notify') return refuse(`${step.title} is not a message.`);
  const waiting = awaiting(turn.value);
  if (waiting !== null) return waiting;
  const person = namedPerson(step.by, intent.by, { name: escapeText(desk.by), principal: state.principal });
  if (!person.ok) return person;
  if (desk.message?.ref.sha256 !== intent.seen) {
    return refuse('The message has changed since it was shown.', 'Read it again, then send it.');
  }
  const { ref, to } = desk.message;
  const d = {
    step: step.id,
    message: ref,
    channel: step.channel,
    to: recordText(to, 1000),
    by: person.value,
    role: step.by,
  };
  return ok([{ type: 'notify', d }]);
}

function measure(state: RunState, intent: IntentOf<'measure'>, desk: Desk): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const { step } = turn.value;
  if (step.kind !== 'measure') return refuse(`${step.title} takes no time.`);
  const waiting = awaiting(turn.value);
  return waiting ?? takeTime(step, desk.values ?? {});
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
  if (intent.word.trim() !== holdWord(step.hold))
    return refuse(`Type ${holdWord(step.hold)} to pass this hold.`);
  const signers =
    desk.signed === undefined
      ? signersOf(step, intent.names, { name: desk.by, principal: state.principal })
      : signersBySignature(state, turn.value, desk.signed);
  if (!signers.ok) return signers;
  return ok([{ type: 'hold.pass', d: { step: step.id, signers: [...signers.value], seenHead: desk.head } }]);
}

function skip(state: RunState, intent: IntentOf<'skip'>, by: string): Result<Bodies> {
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const { step, status } = turn.value;
  if (step.kind === 'hold')
    return refuse('A hold cannot be skipped.', 'Pass it with the people it names, or abort.');
  if (step.kind === 'custodians')
    return refuse('A step of custodians cannot be skipped.', 'Go on with them, or abort.');
  if (status.state !== 'current' && status.state !== 'failed') {
    return refuse(`${step.title} is ${status.state}: it cannot be skipped.`, 'Settle its outcome first.');
  }
  return ok([{ type: 'step.skip', d: { step: step.id, reason: escapeText(intent.reason), by } }]);
}

function startRollback(state: RunState, intent: IntentOf<'start-rollback'>, by: string): Result<Bodies> {
  const made = intent.runbook === undoId(state.runbook.id) && canUndo(state);
  if (state.runbook.rollback !== intent.runbook && !made) {
    return refuse('This runbook names another rollback, and this is not the one made from what was done.');
  }
  const running = refuseWhileRunning(state);
  if (running !== null) return running;
  return ok([
    { type: 'rollback.start', d: { runbook: intent.runbook, runId: intent.runId, by } },
    { type: 'run.end', d: { result: 'failed', reason: `rolled back by run ${intent.runId}` } },
  ]);
}

/** Whether anything that was done has a way back of its own. */
function canUndo(state: RunState): boolean {
  return planUndo(state.groups, doneSteps(state)).undo.length > 0;
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
    return refuse(
      `${open?.step.title ?? 'A step'} is not done.`,
      'Finish, skip or override it, or abort the run.',
    );
  }
  return ok([
    { type: 'run.end', d: { result: hasDeviations(state) ? 'success-with-deviations' : 'success' } },
  ]);
}

/** Whether anything happened that the runbook did not foresee. */
export function hasDeviations(state: RunState): boolean {
  return (
    state.deviations.length > 0 ||
    state.outsideWindow.length > 0 ||
    state.recovered > 0 ||
    state.retries > 0 ||
    state.keysReplaced.length > 0 ||
    state.steps.some(
      (view) =>
        view.status.state === 'skipped' ||
        view.status.state === 'overridden' ||
        view.turns?.some((turn) => turn.state !== 'passed') === true ||
        sentAgain(view),
    )
  );
}

/** Whether a host was sent more than one command for the step. On a group each member has one of its own. */
function sentAgain(view: StepView): boolean {
  // A twin changes nothing, and custodians come one after the other.
  const attempts = view.attempts.filter(({ purpose }) => purpose !== 'dry-run' && purpose !== 'custodian');
  return new Set(attempts.map((attempt) => attempt.target)).size < attempts.length;
}
