/**
 * Folds records into the state of a run. Total: a record that makes no sense leaves the state as it was, because a
 * journal under examination may hold anything; judging it is the verifier's work. It never turns a claim into `passed`
 * unless the checks on record hold.
 */
import type { StepId } from '../../contract/ids.ts';
import type { JournalRecord, RecordBody, RecordOf } from '../../contract/records.ts';
import { assertNever } from '../../contract/result.ts';
import type { Runbook } from '../../contract/runbook.ts';
import { applyToStep, freshSteps, stepsWithMembers } from './evolveSteps.ts';
import { clockStepped, slept } from './evolveTurns.ts';
import { applyToTarget, declaredTargets, disconnectAll, withMembers } from './evolveTargets.ts';
import { requestHold, signHold } from './evolveHolds.ts';
import type { RunState } from './state.ts';
import { giveTurn, settleStep } from './turn.ts';

export { isDone, sawExpectationsHold } from './turn.ts';

/** The state before the first record: nothing has started, no step has the turn. */
export function initialState(runbook: Runbook): RunState {
  return {
    runbook,
    runId: null,
    rehearsal: false,
    operator: '',
    principal: '',
    startedAt: null,
    steps: freshSteps(runbook),
    current: null,
    captures: {},
    targets: declaredTargets(runbook),
    groups: {},
    stopped: null,
    deviations: [],
    outsideWindow: [],
    keysReplaced: [],
    gaps: [],
    notes: [],
    rollback: null,
    recovered: 0,
    retries: 0,
    end: null,
    starts: 0,
    seq: 0,
  };
}

/** The state after one more record of the journal. */
export function evolve(state: RunState, record: JournalRecord): RunState {
  return { ...apply(state, record, record.t), seq: record._seq + 1 };
}

/** The state after all records. */
export function replay(runbook: Runbook, records: Iterable<JournalRecord>): RunState {
  let state = initialState(runbook);
  for (const record of records) state = evolve(state, record);
  return state;
}

/** What a record means, apart from its place in the journal. `at` is its time, RFC 3339. */
export function apply(state: RunState, record: RecordBody, at: string): RunState {
  switch (record.type) {
    case 'run.start':
      return start(state, record.d, at);
    case 'host.trust':
    case 'clock.sample':
    case 'recording.close':
    case 'anchor.emit':
    case 'redaction':
      return state;
    case 'clock.step':
      return clockStepped(state, record.d.byMs);
    case 'desk.gap':
      return slept({ ...state, gaps: [...state.gaps, { ms: record.d.ms, at }] }, record.d.ms);
    case 'window.outside':
      return { ...state, outsideWindow: [...state.outsideWindow, { step: record.d.step, at }] };
    case 'host.connect':
    case 'host.identity':
    case 'host.key-replaced':
    case 'net.lost':
    case 'shell.observed':
      return applyToTarget(state, record, at);
    case 'step.start':
    case 'step.attach':
    case 'step.signal':
    case 'observe.try':
    case 'step.end':
    case 'check':
    case 'file.transfer':
    case 'target.result':
    case 'step.result':
    case 'file.diff':
    case 'dry-run.result':
    case 'custodian.turn':
    case 'wait.start':
    case 'wait.end':
    case 'measure':
    case 'step.override':
    case 'step.retry':
      return applyToStep(state, record, at);
    case 'notify': {
      const { message, channel, to, by } = record.d;
      return settleStep(state, record.d.step, { state: 'notified', message, channel, to, by, at });
    }
    case 'capture':
      return { ...state, captures: { ...state.captures, [record.d.name]: record.d.value } };
    case 'attest':
      return settleStep(
        state,
        record.d.step,
        record.d.ok
          ? { state: 'attested', value: record.d.value, by: record.d.by, at }
          : { state: 'failed', reason: notAccepted(state, record.d.step), at },
      );
    case 'decision':
      return settleStep(state, record.d.step, {
        state: 'decided',
        choice: record.d.choice,
        by: record.d.by,
        at,
      });
    case 'hold.request':
      return requestHold(state, record.d, at);
    case 'hold.sign':
      return signHold(state, record.d, at);
    case 'hold.pass':
      return settleStep(state, record.d.step, { state: 'held', signers: record.d.signers, at });
    case 'step.na':
      return settleStep(state, record.d.step, { state: 'not-applicable', when: record.d.when });
    case 'step.skip':
      return settleStep(state, record.d.step, {
        state: 'skipped',
        by: record.d.by,
        reason: record.d.reason,
        at,
      });
    case 'deviation':
      return {
        ...state,
        deviations: [...state.deviations, { target: record.d.target, at, recording: record.d.recording }],
      };
    case 'note':
      return { ...state, notes: [...state.notes, { text: record.d.text, by: record.d.by, at }] };
    case 'run.stop':
      return { ...state, stopped: { by: record.d.by, reason: record.d.reason, at } };
    case 'run.continue':
      return { ...state, stopped: null };
    case 'rollback.start':
      return { ...state, rollback: { runbook: record.d.runbook, runId: record.d.runId } };
    case 'run.recovered':
      return { ...state, recovered: state.recovered + 1, targets: disconnectAll(state) };
    case 'run.end':
      return {
        ...state,
        current: null,
        targets: disconnectAll(state),
        end: {
          result: record.d.result,
          at,
          ...(record.d.reason === undefined ? {} : { reason: record.d.reason }),
        },
      };
    default:
      return assertNever(record);
  }
}

function notAccepted(state: RunState, id: StepId): string {
  const step = state.steps.find((view) => view.step.id === id)?.step;
  return step?.kind === 'attest' && step.independentOf !== undefined
    ? 'the two answers do not agree, or the reported value is outside its limits'
    : 'the reported value is outside its limits';
}

function start(state: RunState, d: RecordOf<'run.start'>['d'], at: string): RunState {
  const groups: RunState['groups'] = d.groups ?? {};
  return giveTurn({
    ...state,
    runId: d.runId,
    rehearsal: d.rehearsal,
    operator: d.operator.name,
    principal: d.operator.principal,
    startedAt: at,
    groups,
    targets: withMembers(state, groups),
    steps: stepsWithMembers(state, groups),
  });
}
