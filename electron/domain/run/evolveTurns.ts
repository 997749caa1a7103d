/**
 * Folds what happens at waits, at custodians' turns, at harmless twins and at times that are taken. Total, like evolve.ts:
 * a record that claims what its own figures do not carry never passes a step.
 */
import type { RecordOf } from '../../contract/records.ts';
import { samePerson } from './people.ts';
import type { Turn, RunState, StepView } from './state.ts';
import { replaceStep, sawExpectationsHold, settleStep } from './turn.ts';

/** A custodian's turn begins with its command. */
export function withTurn(step: StepView, d: RecordOf<'step.start'>['d']): StepView {
  if (d.purpose !== 'custodian' || step.step.kind !== 'custodians' || d.custodian === undefined) return step;
  const turn: Turn = { name: d.custodian.name, attempt: d.attempt, state: 'running' };
  return { ...step, turns: [...(step.turns ?? []), turn] };
}

/** The step has its turn still: the twin passes nothing. */
export function dryRunSeen(state: RunState, step: StepView, d: RecordOf<'dry-run.result'>['d']): RunState {
  const attempt = step.attempts.find((each) => each.n === d.attempt);
  if (attempt?.purpose !== 'dry-run' || d.attempt !== step.latest || step.status.state !== 'running')
    return state;
  const why = d.reason === undefined ? {} : { reason: d.reason };
  return replaceStep(state, {
    ...step,
    status: { state: 'current' },
    attempts: step.attempts.map((each) =>
      each.n === d.attempt ? { ...each, dryRun: { ok: d.ok, ...why } } : each,
    ),
  });
}

/** The next custodian may come. Whether all had their effect is for the probe to say. */
export function turnSeen(state: RunState, step: StepView, d: RecordOf<'custodian.turn'>['d']): RunState {
  const attempt = step.attempts.find((each) => each.n === d.attempt);
  if (attempt?.purpose !== 'custodian' || d.attempt !== step.latest || step.status.state !== 'running')
    return state;
  const turned: Turn['state'] = d.state === 'passed' && !sawExpectationsHold(attempt) ? 'failed' : d.state;
  const why = d.reason === undefined ? {} : { reason: d.reason };
  return replaceStep(state, {
    ...step,
    status: { state: 'current' },
    turns: (step.turns ?? []).map((turn) =>
      turn.attempt === d.attempt ? { ...turn, state: turned, ...why } : turn,
    ),
  });
}

/** Names of those whose turn has passed, each person once. */
export function custodiansDone(step: Pick<StepView, 'turns'>): readonly string[] {
  const passed = (step.turns ?? []).filter((turn) => turn.state === 'passed').map((turn) => turn.name);
  return passed.filter((name, i) => !passed.slice(0, i).some((other) => samePerson(other, name)));
}

/** The whole time counts from the record that begins it, which may have been written a little late. */
export function waitBegun(
  state: RunState,
  step: StepView,
  d: RecordOf<'wait.start'>['d'],
  at: string,
): RunState {
  if (step.step.kind !== 'wait' || step.wait !== undefined || step.status.state !== 'current') return state;
  const ends = Math.max(timeOf(d.until), timeOf(at) + d.ms);
  if (Number.isNaN(new Date(ends).getTime())) return state;
  const wait = { at, ms: d.ms, until: new Date(ends).toISOString(), stepped: [] };
  return replaceStep(state, { ...step, wait });
}

/** How far what the gap watch measures may be from what the clocks say of the same sleep. */
const SLEEP_TOLERANCE_MS = 5_000;

/**
 * A clock that is set neither shortens nor lengthens a wait: its end moves with the clock. A sleep of the computer looks
 * like a step of the clock until the record of the gap says that the time really passed.
 */
export function clockStepped(state: RunState, byMs: number): RunState {
  return moveWait(state, byMs, (stepped) => [...stepped, byMs]);
}

export function slept(state: RunState, ms: number): RunState {
  const step = waiting(state)?.wait?.stepped.findLast((byMs) => Math.abs(byMs - ms) <= SLEEP_TOLERANCE_MS);
  if (step === undefined) return state;
  return moveWait(state, -step, (stepped) => stepped.filter((byMs) => byMs !== step));
}

function moveWait(
  state: RunState,
  byMs: number,
  stepped: (before: readonly number[]) => readonly number[],
): RunState {
  const view = waiting(state);
  const ends = view?.wait === undefined ? NaN : timeOf(view.wait.until) + byMs;
  if (view?.wait === undefined || Number.isNaN(new Date(ends).getTime())) return state;
  const until = new Date(ends).toISOString();
  return replaceStep(state, { ...view, wait: { ...view.wait, until, stepped: stepped(view.wait.stepped) } });
}

/** The step whose time runs now. */
function waiting(state: RunState): StepView | undefined {
  return state.steps.find(({ wait, status }) => wait !== undefined && status.state === 'current');
}

function timeOf(instant: string): number {
  return Date.parse(instant);
}

/** Passes only when the time on record really was over. */
export function waitOver(state: RunState, step: StepView, at: string): RunState {
  const { wait } = step;
  if (step.step.kind !== 'wait' || wait === undefined || step.status.state !== 'current') return state;
  const over = timeOf(at) >= timeOf(wait.until);
  return settleStep(
    state,
    step.step.id,
    over
      ? { state: 'passed', via: 'time', at }
      : { state: 'failed', reason: 'the record says that the wait was over before it was', at },
  );
}

/** Judged anew from the two instants: what the record claims about them does not count. */
export function measured(state: RunState, step: StepView, d: RecordOf<'measure'>['d'], at: string): RunState {
  if (step.step.kind !== 'measure' || step.status.state !== 'current') return state;
  const ms = Date.parse(d.to) - Date.parse(d.from);
  const { limit } = step.step;
  const within = ms >= 0 && (limit.op === 'below' ? ms < limit.ms : ms <= limit.ms);
  const taken = replaceStep(state, { ...step, measured: { from: d.from, to: d.to, ms } });
  return settleStep(
    taken,
    step.step.id,
    within && d.ok
      ? { state: 'passed', via: 'measure', at }
      : {
          state: 'failed',
          reason: ms < 0 ? 'it ends before it begins' : 'it took longer than its limit',
          at,
        },
  );
}
