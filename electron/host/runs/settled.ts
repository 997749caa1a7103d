/** Records together with those that follow from them by themselves, so that they become durable as one. Pure. */
import type { RecordBody } from '../../contract/records.ts';
import { apply } from '../../domain/run/evolve.ts';
import { type EvaluateWhen, settle } from '../../domain/run/settle.ts';
import type { RunState } from '../../domain/run/state.ts';

export function withSettled(
  state: RunState,
  bodies: readonly RecordBody[],
  when: EvaluateWhen,
  /** Time of the records, where what they mean depends on it. */
  at = '',
): readonly RecordBody[] {
  let ahead = state;
  for (const body of bodies) ahead = apply(ahead, body, at);
  return [...bodies, ...settle(ahead, when)];
}
