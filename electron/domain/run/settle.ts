/** Records that follow from facts alone, without anybody's decision: conditions that are false, the return after a crash. */
import type { FileRef, RecordBody } from '../../contract/records.ts';
import type { Result } from '../../contract/result.ts';
import { escapeText } from '../evidence/jcs.ts';
import { apply } from './evolve.ts';
import { concludeGroup } from './group.ts';
import { attemptOf, membersByState } from './members.ts';
import type { Attempt, RunState, StepView } from './state.ts';

type Bodies = readonly RecordBody[];

/** Evaluates a step's `when` against the state. An error value says why it cannot be told. */
export type EvaluateWhen = (when: string, state: RunState) => Result<boolean, string>;

/** Records that close the steps whose condition is false, one after the other, until a step needs a person. */
export function settle(state: RunState, evaluate: EvaluateWhen): Bodies {
  const records: RecordBody[] = [];
  let next = state;
  for (;;) {
    const view = next.steps.find((v) => v.step.id === next.current);
    if (view?.status.state !== 'current' || view.step.when === undefined || view.attempts.length > 0)
      return records;
    const applies = evaluate(view.step.when, next);
    if (!applies.ok || applies.value) return records;
    const record: RecordBody = {
      type: 'step.na',
      d: { step: view.step.id, when: escapeText(view.step.when) },
    };
    records.push(record);
    next = apply(next, record, '');
  }
}

/**
 * Records for the return to a run that was not closed: a step in flight is unknown, whatever it did. On a group that is
 * each member in flight; with none in flight the step comes to what its members have come to.
 */
export function recover(state: RunState, found: { readonly torn?: FileRef; readonly boot: string }): Bodies {
  const back: RecordBody = {
    type: 'run.recovered',
    d: { boot: found.boot, ...(found.torn === undefined ? {} : { torn: found.torn }) },
  };
  const view = state.steps.find((candidate) => candidate.status.state === 'running');
  if (view === undefined) return [back];
  if (view.members !== undefined) return [back, ...recoverGroup(state, view)];
  const attempt = view.attempts.find((candidate) => candidate.n === view.latest) ?? null;
  if (attempt?.purpose === 'dry-run') {
    const d = { step: view.step.id, attempt: attempt.n, ok: false, reason: goneWhile(attempt) };
    return [back, { type: 'dry-run.result', d }];
  }
  if (attempt?.purpose === 'custodian') {
    const d = {
      step: view.step.id,
      attempt: attempt.n,
      state: 'unknown' as const,
      reason: goneWhile(attempt),
    };
    return [back, { type: 'custodian.turn', d }];
  }
  return [
    back,
    {
      type: 'step.result',
      d: {
        step: view.step.id,
        attempt: Math.max(1, view.latest),
        state: 'unknown',
        via: 'recovered',
        reason: goneWhile(attempt),
      },
    },
  ];
}

function recoverGroup(state: RunState, view: StepView): Bodies {
  const inFlight = membersByState(view).running.map((target): RecordBody => {
    const attempt = attemptOf(view, target);
    return {
      type: 'target.result',
      d: {
        step: view.step.id,
        target,
        ...(attempt === null ? {} : { attempt: attempt.n }),
        state: 'unknown',
        reason: goneWhile(attempt),
      },
    };
  });
  let after = state;
  for (const record of inFlight) after = apply(after, record, '');
  const settled = after.steps[view.index] ?? view;
  return [...inFlight, ...concludeGroup(settled, 'the app went away before it was started')];
}

function goneWhile(attempt: Attempt | null): string {
  return attempt?.mode === 'detached' && attempt.end === undefined
    ? 'the app went away while this step ran; its command goes on on the host and can be taken up again'
    : 'the app went away while this step ran';
}
