/** Answers from a file. It never retries, overrides or skips: at a step that does not pass it gives the run up. */
import type { CommandPreview, MessagePreview, RunSnapshot } from '../contract/views.ts';
import type { Intent } from '../contract/intents.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import type { RunId } from '../contract/ids.ts';
import type { Role } from '../contract/runbook.ts';
import type { CustodiansStep } from '../contract/steps.ts';
import { attachable } from '../domain/run/attach.ts';
import { custodiansDone } from '../domain/run/evolveTurns.ts';
import type { StepView } from '../domain/run/state.ts';
import { intentOf, type StepAnswer } from '../domain/testing/answer.ts';
import type { Answers } from './answers.ts';
import { type Move, type Person, unanswered } from './driver.ts';
import type { Output } from './output.ts';
import { hostWarnings, stepLine } from './words.ts';

/** `atFailure`: abort the run, or leave it open for the rollback that follows. */
export function scriptedPerson(
  answers: Answers,
  output: Output,
  atFailure: 'abort' | 'leave',
  sign: SignHold = noKeys,
  type: Typist = noFingers,
): Person {
  const attached = new Set<string>();
  return {
    move(view, state, preview, message = null) {
      for (const warning of hostWarnings(view, state)) output.note(output.paint('yellow', warning));
      // Taking a detached command up again sends nothing: it only asks the host how it stands. Once for each loss.
      const last = view.attempts.at(-1);
      const loss = `${view.step.id} ${String(view.latest)} ${String(last?.attached ?? 0)}`;
      if (view.status.state === 'unknown' && attachable(view).length > 0 && !attached.has(loss)) {
        attached.add(loss);
        return Promise.resolve(intent({ kind: 'attach', step: view.step.id }));
      }
      const shown = { command: preview, message };
      return signedFirst(view, state.runId, answers, sign, () => moveFor(view, shown, answers, atFailure));
    },
    // An attach that is refused leaves the outcome unknown, which the next move deals with.
    refused: (_failure, view) =>
      Promise.resolve(view.status.state === 'unknown' && attachable(view).length > 0),
    async watch(snapshot, view) {
      const answer = Object.hasOwn(answers.steps, view.step.id) ? answers.steps[view.step.id] : undefined;
      const turn = (view.turns?.length ?? 0) - 1;
      const [, ...keys] = answer?.custodians?.[turn] ?? [];
      const typing = view.turns?.[turn]?.state === 'running' ? await type(snapshot, view, keys) : null;
      return typing ?? (() => undefined);
    },
    saw(view) {
      output.note(stepLine(view, output));
    },
  };
}

/** Answers the prompts of a command that runs; the function it gives ends that. */
export type Typist = (
  snapshot: RunSnapshot,
  view: StepView,
  keys: readonly string[],
) => Promise<(() => void) | null>;

function noFingers(): Promise<null> {
  return Promise.resolve(null);
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
  shown: { readonly command: CommandPreview | null; readonly message: MessagePreview | null },
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
      seen: shown.command?.sha256 ?? '',
      ...(answer?.confirm === undefined ? {} : { confirm: answer.confirm }),
    });
  }
  if (step.kind === 'measure') return intent({ kind: 'measure', step: step.id });
  if (answer === undefined || step.kind === 'wait') return unanswered(view);
  if (step.kind === 'custodians') return custodian(view, step, answer, shown.command);
  const made = intentOf(step, answer, shown.message?.sha256);
  return made === null ? unanswered(view) : intent(made);
}

/** The next custodian on the list who has not been there since the step was begun; then the probe. */
function custodian(
  view: StepView,
  step: CustodiansStep,
  answer: StepAnswer,
  command: CommandPreview | null,
): Result<Move> {
  if (custodiansDone(view).length >= step.needs) return intent({ kind: 'probe', step: step.id });
  const [name] = answer.custodians?.[view.turns?.length ?? 0] ?? [];
  if (answer.custodians === undefined) return unanswered(view);
  return name === undefined
    ? intent({ kind: 'abort', reason: `scripted run: no custodian is left for ${step.title}` })
    : intent({ kind: 'custodian', step: step.id, name, seen: command?.sha256 ?? '' });
}

function intent(value: Intent): Result<Move> {
  return ok({ kind: 'intent', intent: value });
}
