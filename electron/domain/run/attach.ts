/** Which detached commands may be taken up again, and the record of it. Pure; it never starts a command. */
import type { IntentOf } from '../../contract/intents.ts';
import type { RecordBody } from '../../contract/records.ts';
import { ok, type Result } from '../../contract/result.ts';
import { memberOf, openDetached } from './members.ts';
import { refuse, refuseWhenClosed, turnOf } from './refusal.ts';
import type { Attempt, RunState, StepView } from './state.ts';

/**
 * The attempts of a step that can be taken up again: detached, the last sending to their host, no end on record, outcome
 * unknown. One at the most, or one for each member of a group.
 */
export function attachable(view: StepView): readonly Attempt[] {
  return view.attempts.filter((attempt) => {
    if (openDetached(view, attempt.target) !== attempt) return false;
    if (view.members === undefined) return view.status.state === 'unknown';
    const open = view.status.state === 'unknown' || view.status.state === 'running';
    return open && memberOf(view, attempt.target)?.state === 'unknown';
  });
}

/** Judges `attach`: what is to be taken up, or why nothing is. The host asks where each stands, then records it. */
export function admitAttach(state: RunState, intent: IntentOf<'attach'>): Result<readonly Attempt[]> {
  const closed = refuseWhenClosed(state, intent);
  if (closed !== null) return closed;
  const turn = turnOf(state, intent.step);
  if (!turn.ok) return turn;
  const view = turn.value;
  const attempts = attachable(view);
  if (attempts.length > 0) return ok(attempts);
  const { title } = view.step;
  if (!view.attempts.some((attempt) => attempt.mode === 'detached')) {
    return refuse(`${title} has sent no command that goes on by itself.`);
  }
  if (view.status.state === 'running') return refuse(`${title} is followed already.`);
  return view.status.state === 'unknown'
    ? refuse(`The command of ${title} has ended: its end is on record.`, 'Settle its outcome.')
    : refuse(`${title} is ${view.status.state}: there is nothing to take up again.`);
}

/** The record of one attempt that is followed again from this byte of its output; durable before bytes are taken. */
export function attachRecord(
  state: RunState,
  intent: IntentOf<'attach'>,
  attempt: number,
  fromByte: number,
): Result<RecordBody> {
  const admitted = admitAttach(state, intent);
  if (!admitted.ok) return admitted;
  if (!admitted.value.some(({ n }) => n === attempt)) return refuse('This command is followed already.');
  return ok({ type: 'step.attach', d: { step: intent.step, attempt, fromByte } });
}
