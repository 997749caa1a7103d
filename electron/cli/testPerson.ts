/** Whoever stands in for people in the test of a runbook: says what is within the limits, and does what the case says at trouble. */
import type { RunId } from '../contract/ids.ts';
import type { Intent } from '../contract/intents.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import type { CommandPreview, MessagePreview } from '../contract/views.ts';
import { attachable } from '../domain/run/attach.ts';
import { custodiansDone } from '../domain/run/evolveTurns.ts';
import type { RunState, StepView } from '../domain/run/state.ts';
import { answerGiven, answerStep, nextCustodian } from '../domain/testing/autoAnswer.ts';
import { failedProof, identitiesOf } from '../domain/testing/identities.ts';
import type { Action, Problem, TestCase } from '../domain/testing/testFile.ts';
import { wrongChecks } from '../domain/testing/wrongChecks.ts';
import type { Client } from './client.ts';
import type { Move, Person } from './driver.ts';
import { typistOn } from './typist.ts';

/** Times a detached command is taken up again in one case. */
const MOST_ATTACHED = 5;

export interface TestPerson extends Person {
  /** What the case has to be told besides its result. */
  readonly problems: readonly Problem[];
  /** The case says that the rollback is to be started, and the run was left for it. */
  readonly wantsRollback: boolean;
}

export function testPerson(client: Client, runId: RunId, one: TestCase): TestPerson {
  const problems: Problem[] = [];
  const type = typistOn(client);
  const rules = new Map(
    Object.entries(one.then).map(([step, said]) => [step, typeof said === 'string' ? [said] : [...said]]),
  );
  let rollback = false;
  let attached = 0;
  /** Why the run is to be aborted at its next move. */
  let refusal: string | undefined;

  /** Whether the host of this step is another one, and what did not hold; null when it is not or cannot be known. */
  async function otherHost({
    step,
  }: StepView): Promise<{ readonly wanted: boolean; readonly why: string } | null> {
    const name = 'on' in step ? step.on : undefined;
    if (name === undefined) return null;
    // Whoever is refused looks whether the host is connected; its proof is on record then.
    await client.call('run.intent', { runId, intent: { kind: 'connect', target: name } });
    const opened = await client.call('run.open', { runId });
    if (!opened.ok || identitiesOf(opened.value.records).get(name) !== 'refuted') return null;
    return { wanted: one.identity?.[name] === 'refuted', why: failedProof(opened.value.records, name) };
  }

  async function atTrouble(view: StepView): Promise<Result<Move>> {
    const step = view.step.id;
    const reason = `test: ${step} is ${view.status.state}`;
    const rule = rules.get(step)?.shift();
    if (rule === undefined && attachable(view).length > 0 && attached < MOST_ATTACHED) {
      attached += 1;
      return intent({ kind: 'attach', step });
    }
    return act(rule ?? 'abort', view, reason);
  }

  async function act(action: Action, { step }: StepView, reason: string): Promise<Result<Move>> {
    switch (action) {
      case 'probe':
      case 'attach':
        return intent({ kind: action, step: step.id });
      case 'retry': {
        const mended = await faultsOff();
        return mended.ok ? intent({ kind: 'retry', step: step.id, reason }) : mended;
      }
      case 'skip':
      case 'override':
        return intent({ kind: action, step: step.id, reason });
      case 'failed':
        return intent({ kind: 'declare-failed', step: step.id, reason });
      case 'rollback':
        rollback = true;
        return ok({ kind: 'leave' });
      case 'abort':
        return intent({ kind: 'abort', reason });
    }
  }

  /** Whatever is done again is done after its cause was mended. */
  async function faultsOff(): Promise<Result<unknown>> {
    for (const id of one.faults) {
      const off = await client.call('rehearsal.set-fault', { id, on: false });
      if (!off.ok) return off;
    }
    return ok(null);
  }

  /** The twin of a step is tried once in a case where nothing is made to go wrong. */
  async function twin(view: StepView): Promise<Result<Move> | null> {
    const { step } = view;
    if (step.kind !== 'run' || step.dryRun === undefined || one.faults.length > 0) return null;
    if (view.attempts.length > 0) return null;
    const preview = await client.call('run.preview', { runId, step: step.id, of: 'dry-run' });
    return preview.ok ? intent({ kind: 'dry-run', step: step.id, seen: preview.value.sha256 }) : preview;
  }

  async function move(
    view: StepView,
    state: RunState,
    command: CommandPreview | null,
    message: MessagePreview | null = null,
  ): Promise<Result<Move>> {
    const { step, status } = view;
    if (refusal !== undefined) return intent({ kind: 'abort', reason: `test: ${refusal}` });
    if (status.state === 'failed' || status.state === 'unknown') return atTrouble(view);
    switch (step.kind) {
      case 'run':
      case 'observe':
      case 'transfer': {
        const confirm = command?.confirm === undefined ? {} : { confirm: command.confirm };
        const send = intent({ kind: 'run', step: step.id, seen: command?.sha256 ?? '', ...confirm });
        return (await twin(view)) ?? send;
      }
      case 'custodians': {
        if (custodiansDone(view).length >= step.needs) return intent({ kind: 'probe', step: step.id });
        const [name] = nextCustodian(view, step, one) ?? [];
        if (name === undefined) return atTrouble(view);
        return intent({ kind: 'custodian', step: step.id, name, seen: command?.sha256 ?? '' });
      }
      case 'measure':
        return intent({ kind: 'measure', step: step.id });
      case 'wait':
        return fail('internal', `${step.id} waits, and nobody is asked.`);
      case 'attest':
      case 'decide':
      case 'hold':
      case 'notify': {
        const answer = answerStep(step, state, one, message?.sha256 ?? '');
        if (answer !== null) return intent(answer);
        const given =
          answerGiven(one, step.id) === undefined ? 'nothing fits that could be made up' : 'it does not fit';
        return fail('bad-request', `The case has no answer for ${step.id}: ${given}.`, {
          hint: `Add it under answers: ${step.id}.`,
        });
      }
    }
  }

  return {
    problems,
    get wantsRollback() {
      return rollback;
    },
    move,
    async refused(failure, view) {
      const other = await otherHost(view);
      if (refusal === undefined && other?.wanted === true) {
        refusal = failure.message;
        return true;
      }
      const why = other === null ? '' : ` ${other.why}`;
      problems.push({ path: [], message: `${view.step.id}: ${failure.message}${why}` });
      return false;
    },
    async watch(snapshot, view) {
      const turn = view.turns?.findLast(({ state }) => state === 'running');
      if (view.step.kind !== 'custodians' || turn === undefined) return () => undefined;
      const before = { ...view, turns: (view.turns ?? []).slice(0, -1) };
      const [, ...keys] = nextCustodian(before, view.step, one) ?? [];
      return (await type(snapshot, view, keys)) ?? (() => undefined);
    },
    saw(view) {
      const last = view.attempts.at(-1);
      if (view.status.state !== 'current' || last?.dryRun?.ok !== false) return;
      const said = [
        ...wrongChecks(last.checks),
        ...(last.dryRun.reason === undefined ? [] : [last.dryRun.reason]),
      ].join('; ');
      problems.push({
        path: [],
        message: `the dry run of ${view.step.id} did not show what it should: ${said}`,
      });
    },
  };
}

function intent(value: Intent): Result<Move> {
  return ok({ kind: 'intent', intent: value });
}
