/** Answers from a file. It never retries, overrides or skips: at a step that does not pass it gives the run up. */
import type { CommandPreview } from '../contract/views.ts';
import type { Intent } from '../contract/intents.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import type { RunId } from '../contract/ids.ts';
import type { AttestStep, Role, Step } from '../contract/runbook.ts';
import { attachable } from '../domain/run/attach.ts';
import { holdWord } from '../domain/run/people.ts';
import type { StepView } from '../domain/run/state.ts';
import type { Answers, StepAnswer } from './answers.ts';
import { type Move, type Person, unanswered } from './driver.ts';
import type { Output } from './output.ts';
import { hostWarnings, stepLine } from './words.ts';

/** `atFailure`: abort the run, or leave it open for the rollback that follows. */
export function scriptedPerson(
  answers: Answers,
  output: Output,
  atFailure: 'abort' | 'leave',
  sign: SignHold = noKeys,
): Person {
  const attached = new Set<string>();
  return {
    move(view, state, preview) {
      for (const warning of hostWarnings(view, state)) output.note(output.paint('yellow', warning));
      // Taking a detached command up again sends nothing: it only asks the host how it stands. Once for each loss.
      const last = view.attempts.at(-1);
      const loss = `${view.step.id} ${String(view.latest)} ${String(last?.attached ?? 0)}`;
      if (view.status.state === 'unknown' && attachable(view).length > 0 && !attached.has(loss)) {
        attached.add(loss);
        return Promise.resolve(intent({ kind: 'attach', step: view.step.id }));
      }
      return signedFirst(view, state.runId, answers, sign, () => moveFor(view, preview, answers, atFailure));
    },
    // An attach that is refused leaves the outcome unknown, which the next move deals with.
    refused: (_failure, view) =>
      Promise.resolve(view.status.state === 'unknown' && attachable(view).length > 0),
    watch: () => Promise.resolve(() => undefined),
    saw(view) {
      output.note(stepLine(view, output));
    },
  };
}

function noKeys(): Promise<Result<never>> {
  return Promise.resolve(fail('unsupported', 'No key can be used here.'));
}

/** Signs a hold on this desk in a role. */
export type SignHold = (runId: RunId, view: StepView, role: Role, key: string) => Promise<Result<unknown>>;

/** At a hold whose answer names keys, their signatures come before it is passed. */
async function signedFirst(
  view: StepView,
  runId: RunId | null,
  answers: Answers,
  sign: SignHold,
  then: () => Result<Move>,
): Promise<Result<Move>> {
  const { step, status, request } = view;
  const answer = Object.hasOwn(answers.steps, step.id) ? answers.steps[step.id] : undefined;
  if (step.kind !== 'hold' || status.state !== 'current' || answer?.sign === undefined || runId === null)
    return then();
  if (request === undefined) return intent({ kind: 'request-hold', step: step.id });
  for (const { role, key } of answer.sign.slice(request.signatures.length)) {
    const signed = await sign(runId, view, role, key);
    if (!signed.ok) return signed;
  }
  return then();
}

function moveFor(
  view: StepView,
  preview: CommandPreview | null,
  answers: Answers,
  atFailure: 'abort' | 'leave',
): Result<Move> {
  const { step, status } = view;
  if (status.state === 'failed' || status.state === 'unknown') {
    if (atFailure === 'leave') return ok({ kind: 'leave' });
    return intent({ kind: 'abort', reason: `scripted run: ${step.title} is ${status.state}` });
  }
  const answer = Object.hasOwn(answers.steps, step.id) ? answers.steps[step.id] : undefined;
  if (step.kind === 'run' || step.kind === 'observe' || step.kind === 'transfer') {
    return intent({
      kind: 'run',
      step: step.id,
      seen: preview?.sha256 ?? '',
      ...(answer?.confirm === undefined ? {} : { confirm: answer.confirm }),
    });
  }
  if (answer === undefined) return unanswered(view);
  const made = intentFrom(step, answer);
  return made === null ? unanswered(view) : intent(made);
}

function intentFrom(
  step: Exclude<Step, { kind: 'run' | 'observe' | 'transfer' }>,
  answer: StepAnswer,
): Intent | null {
  switch (step.kind) {
    case 'attest':
      return attestFrom(step, answer);
    case 'decide':
      return answer.choice === undefined
        ? null
        : {
            kind: 'decide',
            step: step.id,
            choice: answer.choice,
            ...(answer.reason === undefined ? {} : { reason: answer.reason }),
          };
    case 'hold':
      return { kind: 'pass-hold', step: step.id, names: answer.names ?? [], word: holdWord(step.hold) };
  }
}

function attestFrom(step: AttestStep, answer: StepAnswer): Intent | null {
  const said = answer.by === undefined ? {} : { by: answer.by };
  const { input } = step;
  switch (input.kind) {
    case 'text':
      if (answer.text === undefined) return null;
      return { kind: 'attest', step: step.id, value: { kind: 'text', text: answer.text }, ...said };
    case 'number':
      if (answer.number === undefined) return null;
      return { kind: 'attest', step: step.id, value: { kind: 'number', number: answer.number }, ...said };
    case 'choice':
      if (answer.choice === undefined) return null;
      return { kind: 'attest', step: step.id, value: { kind: 'choice', option: answer.choice }, ...said };
    case 'checklist': {
      if (answer.ticked === undefined) return null;
      const ticked = answer.ticked === 'all' ? input.items.map((_, index) => index) : answer.ticked;
      return { kind: 'attest', step: step.id, value: { kind: 'checklist', ticked }, ...said };
    }
  }
}

function intent(value: Intent): Result<Move> {
  return ok({ kind: 'intent', intent: value });
}
