/** Records that follow from facts alone, without anybody's decision: conditions that are false, the return after a crash. */
import type { FileRef, RecordBody } from '../../contract/records.ts';
import type { Result } from '../../contract/result.ts';
import { escapeText } from '../evidence/jcs.ts';
import { apply } from './evolve.ts';
import type { RunState } from './state.ts';

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

/** Records for the return to a run that was not closed: a step in flight is unknown, whatever it did. */
export function recover(state: RunState, found: { readonly torn?: FileRef; readonly boot: string }): Bodies {
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
