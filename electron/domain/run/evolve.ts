/**
 * Folds records into the state of a run. Total: a record that makes no sense leaves the state as it was, because a
 * journal under examination may hold anything; judging it is the verifier's work. It never turns a claim into `passed`
 * unless the checks on record hold.
 */
import type { StepId } from '../../contract/ids.ts';
import type { JournalRecord, RecordBody, RecordOf } from '../../contract/records.ts';
import { assertNever } from '../../contract/result.ts';
import type { Runbook } from '../../contract/runbook.ts';
import type { Attempt, RunState, StepStatus, StepView, TargetView } from './state.ts';

/** The state before the first record: nothing has started, no step has the turn. */
export function initialState(runbook: Runbook): RunState {
  const steps = runbook.phases.flatMap((phase, phaseIndex) =>
    phase.steps.map((step) => ({ step, phase: phaseIndex })),
  );
  return {
    runbook,
    runId: null,
    rehearsal: false,
    operator: '',
    startedAt: null,
    steps: steps.map(({ step, phase }, index) => ({
      step,
      index,
      phase,
      status: { state: 'waiting' },
      attempts: [],
    })),
    current: null,
    captures: {},
    targets: Object.fromEntries(
      runbook.targets.map((t) => [t.name, freshTarget(t.name, t.identity.length > 0)]),
    ),
    stopped: null,
    deviations: [],
    notes: [],
    rollback: null,
    recovered: 0,
    retries: 0,
    end: null,
    starts: 0,
    seq: 0,
  };
}

function freshTarget(name: TargetView['name'], declaresIdentity: boolean): TargetView {
  return {
    name,
    connected: false,
    identity: declaresIdentity ? 'unproven' : 'none-declared',
    identityChecks: [],
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

/** True when the step needs nothing more. */
export function isDone(status: StepStatus): boolean {
  switch (status.state) {
    case 'passed':
    case 'attested':
    case 'decided':
    case 'held':
    case 'not-applicable':
    case 'skipped':
    case 'overridden':
      return true;
    case 'waiting':
    case 'current':
    case 'running':
    case 'failed':
    case 'unknown':
      return false;
    default:
      return assertNever(status);
  }
}

/** What a record means, apart from its place in the journal. `at` is its time, RFC 3339. */
export function apply(state: RunState, record: RecordBody, at: string): RunState {
  switch (record.type) {
    case 'run.start':
      return giveTurn({
        ...state,
        runId: record.d.runId,
        rehearsal: record.d.rehearsal,
        operator: record.d.operator.name,
        startedAt: at,
      });
    case 'host.trust':
    case 'clock.sample':
    case 'clock.step':
    case 'recording.close':
    case 'step.signal':
      return state;
    case 'host.connect':
    case 'host.identity':
    case 'net.lost':
      return applyToTarget(state, record, at);
    case 'step.start':
    case 'observe.try':
    case 'step.end':
    case 'check':
    case 'step.result':
      return applyToAttempt(state, record, at);
    case 'capture':
      return { ...state, captures: { ...state.captures, [record.d.name]: record.d.value } };
    case 'attest':
      return settleStep(
        state,
        record.d.step,
        record.d.ok
          ? { state: 'attested', value: record.d.value, by: record.d.by, at }
          : { state: 'failed', reason: 'the reported value is outside its limits', at },
      );
    case 'decision':
      return settleStep(state, record.d.step, {
        state: 'decided',
        choice: record.d.choice,
        by: record.d.by,
        at,
      });
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
    case 'step.override':
      return override(state, record, at);
    case 'step.retry':
      return settleStep({ ...state, retries: state.retries + 1 }, record.d.step, {
        state: 'current',
        retry: { by: record.d.by, reason: record.d.reason, at },
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

function disconnectAll(state: RunState): RunState['targets'] {
  return Object.fromEntries(
    Object.entries(state.targets).map(([name, target]) => [name, disconnected(target)]),
  );
}

function disconnected(target: TargetView): TargetView {
  return {
    ...target,
    connected: false,
    identity: target.identity === 'none-declared' ? 'none-declared' : 'unproven',
    identityChecks: [],
  };
}

function applyToTarget(
  state: RunState,
  record: RecordOf<'host.connect'> | RecordOf<'host.identity'> | RecordOf<'net.lost'>,
  at: string,
): RunState {
  const before = state.targets[record.d.target];
  if (before === undefined) return state;
  return { ...state, targets: { ...state.targets, [before.name]: nextTarget(before, record, at) } };
}

function nextTarget(
  before: TargetView,
  record: RecordOf<'host.connect'> | RecordOf<'host.identity'> | RecordOf<'net.lost'>,
  at: string,
): TargetView {
  switch (record.type) {
    case 'host.connect':
      return {
        name: before.name,
        connected: true,
        address: record.d.address,
        hostKey: `${record.d.hostKey.type} ${record.d.hostKey.fingerprint}`,
        cipher: record.d.cipher,
        shell: record.d.shell,
        identity: before.identity === 'none-declared' ? 'none-declared' : 'unproven',
        identityChecks: [],
      };
    case 'host.identity':
      return {
        ...before,
        identity: record.d.ok ? 'proven' : 'refuted',
        identityAt: at,
        identityChecks: record.d.checks,
      };
    case 'net.lost':
      return { ...disconnected(before), lostWhy: record.d.why };
    default:
      return assertNever(record);
  }
}

function applyToAttempt(
  state: RunState,
  record:
    | RecordOf<'step.start'>
    | RecordOf<'observe.try'>
    | RecordOf<'step.end'>
    | RecordOf<'check'>
    | RecordOf<'step.result'>,
  at: string,
): RunState {
  const step = state.steps.find((view) => view.step.id === record.d.step);
  if (step === undefined) return state;
  if (record.type === 'step.start') return startAttempt(state, step, record, at);
  if (record.type === 'step.result') {
    return settleStep(state, step.step.id, outcome(step, record, at));
  }
  const attempts = step.attempts.map((attempt) =>
    attempt.n === record.d.attempt ? nextAttempt(attempt, record, at) : attempt,
  );
  return replaceStep(state, { ...step, attempts });
}

function startAttempt(state: RunState, step: StepView, record: RecordOf<'step.start'>, at: string): RunState {
  const attempt: Attempt = {
    n: record.d.attempt,
    purpose: record.d.purpose,
    target: record.d.target,
    startedAt: at,
    commandSha256: record.d.command.sha256,
    recording: record.d.recording,
    checks: [],
    tries: 0,
  };
  const started = replaceStep(state, {
    ...step,
    status: { state: 'running' },
    attempts: [...step.attempts, attempt],
  });
  return { ...started, starts: state.starts + 1 };
}

function nextAttempt(
  attempt: Attempt,
  record: RecordOf<'observe.try'> | RecordOf<'step.end'> | RecordOf<'check'>,
  at: string,
): Attempt {
  switch (record.type) {
    case 'observe.try':
      return { ...attempt, tries: record.d.n, lastTry: { end: record.d.end, checks: record.d.checks } };
    case 'step.end':
      return { ...attempt, endedAt: at, end: record.d.end, ms: record.d.ms };
    case 'check': {
      const { name, expected, actual, ok } = record.d;
      return { ...attempt, checks: [...attempt.checks, { name, expected, actual, ok }] };
    }
    default:
      return assertNever(record);
  }
}

/** The status a result record leads to. A `passed` that its own checks do not carry becomes `failed`. */
function outcome(step: StepView, record: RecordOf<'step.result'>, at: string): StepStatus {
  const why = record.d.reason === undefined ? {} : { reason: record.d.reason };
  switch (record.d.state) {
    case 'failed':
      return { state: 'failed', at, ...why };
    case 'unknown':
      return { state: 'unknown', at, ...why };
    case 'passed': {
      const attempt = step.attempts.at(-1);
      if (attempt?.n !== record.d.attempt || !sawExpectationsHold(attempt)) {
        return { state: 'failed', reason: 'the record says passed, but its checks do not carry it', at };
      }
      return { state: 'passed', via: attempt.purpose === 'probe' ? 'probe' : 'checks', at };
    }
    default:
      return assertNever(record.d.state);
  }
}

/** The first promise in one line: contact was kept to the end, there are checks, and each of them holds. */
export function sawExpectationsHold(attempt: Attempt): boolean {
  return (
    attempt.end?.how === 'exit' && attempt.checks.length > 0 && attempt.checks.every((check) => check.ok)
  );
}

function override(state: RunState, record: RecordOf<'step.override'>, at: string): RunState {
  const step = state.steps.find((view) => view.step.id === record.d.step);
  const was = step?.status.state;
  if (was !== 'failed' && was !== 'unknown') return state;
  return settleStep(state, record.d.step, {
    state: 'overridden',
    was,
    by: record.d.by,
    reason: record.d.reason,
    at,
  });
}

function replaceStep(state: RunState, next: StepView): RunState {
  return { ...state, steps: state.steps.map((view) => (view.index === next.index ? next : view)) };
}

function settleStep(state: RunState, id: StepId, status: StepStatus): RunState {
  const step = state.steps.find((view) => view.step.id === id);
  return step === undefined ? state : giveTurn(replaceStep(state, { ...step, status }));
}

/** The turn belongs to the first step that is not done. */
function giveTurn(state: RunState): RunState {
  const next = state.steps.find((view) => !isDone(view.status));
  if (next === undefined || state.end !== null) return { ...state, current: null };
  const turned =
    next.status.state === 'waiting' ? replaceStep(state, { ...next, status: { state: 'current' } }) : state;
  return { ...turned, current: next.step.id };
}
