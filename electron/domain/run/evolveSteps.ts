/**
 * Folds what happens to steps: attempts, members of a group, outcomes, whose turn it is. Total, like evolve.ts. A claim
 * never becomes `passed` unless the checks on record hold, for each member where there are several.
 */
import type { RecordOf } from '../../contract/records.ts';
import { assertNever } from '../../contract/result.ts';
import type { Runbook } from '../../contract/runbook.ts';
import type { Step } from '../../contract/steps.ts';
import { commandSent } from './evolveTargets.ts';
import {
  custodiansDone,
  dryRunSeen,
  measured,
  turnSeen,
  waitBegun,
  waitOver,
  withTurn,
} from './evolveTurns.ts';
import { memberOf, retryPlan, runningOn, withMember } from './members.ts';
import { isDone, ownAttempt, replaceStep, sawExpectationsHold, settleStep } from './turn.ts';
import type { Attempt, MemberView, RunState, StepStatus, StepView } from './state.ts';

const NOT_CARRIED = 'the record says passed, but its checks do not carry it';

/** The steps of a runbook before anything has happened. */
export function freshSteps(runbook: Runbook): readonly StepView[] {
  const steps = runbook.phases.flatMap((phase, at) => phase.steps.map((step) => ({ step, phase: at })));
  return steps.map(({ step, phase }, index) => ({
    step,
    index,
    phase,
    status: { state: 'waiting' },
    attempts: [],
    latest: 0,
    ...(groupOf(runbook, step) === null ? {} : { members: {} }),
    interrupted: false,
  }));
}

/** The steps with the members of the groups they run on. */
export function stepsWithMembers(state: RunState, groups: RunState['groups']): readonly StepView[] {
  return state.steps.map((view) => {
    const group = groupOf(state.runbook, view.step);
    if (group === null || !Object.hasOwn(groups, group)) return view;
    const members = (groups[group] ?? []).map((name) => [name, { state: 'waiting' }] as const);
    return { ...view, members: Object.fromEntries(members) };
  });
}

/** Name of the group that a step's command goes to; null when it goes to one host or to none. */
export function groupOf(runbook: Pick<Runbook, 'targets'>, step: Step): string | null {
  if (!('on' in step)) return null;
  const target = runbook.targets.find((candidate) => candidate.name === step.on);
  return target?.group === true ? target.name : null;
}

type AttemptRecord =
  | RecordOf<'observe.try'>
  | RecordOf<'step.end'>
  | RecordOf<'check'>
  | RecordOf<'file.transfer'>
  | RecordOf<'file.diff'>;
type StepRecord =
  | AttemptRecord
  | RecordOf<'step.start'>
  | RecordOf<'step.attach'>
  | RecordOf<'step.signal'>
  | RecordOf<'target.result'>
  | RecordOf<'step.result'>
  | RecordOf<'step.override'>
  | RecordOf<'step.retry'>
  | RecordOf<'dry-run.result'>
  | RecordOf<'custodian.turn'>
  | RecordOf<'wait.start'>
  | RecordOf<'wait.end'>
  | RecordOf<'measure'>;

/** What a record about a step means for the state. */
export function applyToStep(state: RunState, record: StepRecord, at: string): RunState {
  const step = state.steps.find((view) => view.step.id === record.d.step);
  if (step === undefined) return state;
  switch (record.type) {
    case 'step.start':
      return startAttempt(state, step, record.d, at);
    case 'step.attach':
      return attach(state, step, record.d.attempt);
    case 'step.signal':
      return step.members !== undefined && step.status.state === 'running' && record.d.target === undefined
        ? replaceStep(state, { ...step, interrupted: true })
        : state;
    case 'target.result':
      return settleMember(state, step, record.d);
    case 'step.result':
      return settleStep(state, step.step.id, outcome(step, record.d, at));
    case 'step.override':
      return override(state, step, record.d, at);
    case 'step.retry':
      return retry(state, step, record.d, at);
    case 'dry-run.result':
      return dryRunSeen(state, step, record.d);
    case 'custodian.turn':
      return turnSeen(state, step, record.d);
    case 'wait.start':
      return waitBegun(state, step, record.d, at);
    case 'wait.end':
      return waitOver(state, step, at);
    case 'measure':
      return measured(state, step, record.d, at);
    case 'observe.try':
    case 'step.end':
    case 'check':
    case 'file.transfer':
    case 'file.diff':
      return replaceStep(state, {
        ...step,
        attempts: step.attempts.map((attempt) =>
          attempt.n === record.d.attempt ? nextAttempt(attempt, record, at) : attempt,
        ),
      });
    default:
      return assertNever(record);
  }
}

function startAttempt(state: RunState, step: StepView, d: RecordOf<'step.start'>['d'], at: string): RunState {
  const attempt: Attempt = {
    n: d.attempt,
    purpose: d.purpose,
    target: d.target,
    ...(d.group === undefined ? {} : { group: d.group }),
    mode: d.mode,
    ...(d.job === undefined ? {} : { job: d.job }),
    attached: 0,
    observed: state.targets[d.target]?.shell === 'none',
    startedAt: at,
    commandSha256: d.command.sha256,
    recording: d.recording,
    checks: [],
    tries: 0,
    ...(d.fed === undefined ? {} : { fed: d.fed }),
    ...(d.withheld === true ? { withheld: true as const } : {}),
    ...(d.custodian === undefined ? {} : { custodian: d.custodian.name }),
  };
  const started = replaceStep(state, {
    ...withTurn(withMember(step, d.target, { state: 'running', attempt: d.attempt }), d),
    status: { state: 'running' },
    attempts: [...step.attempts, attempt],
    latest: d.attempt,
  });
  const isCommand = d.purpose === 'run' && step.step.kind === 'run';
  const targets = isCommand ? commandSent(state, d.target) : state.targets;
  return { ...started, targets, starts: state.starts + 1 };
}

/** A detached command that has not ended runs on: the same attempt, from an outcome that was not known. */
function attach(state: RunState, step: StepView, n: number): RunState {
  const attempt = step.attempts.find((candidate) => candidate.n === n);
  if (attempt?.mode !== 'detached' || attempt.end !== undefined) return state;
  if (step.status.state !== 'unknown' && step.status.state !== 'running') return state;
  return replaceStep(state, {
    ...withMember(step, attempt.target, { state: 'running', attempt: n }),
    status: { state: 'running' },
    attempts: step.attempts.map((each) => (each.n === n ? { ...each, attached: each.attached + 1 } : each)),
    latest: n,
  });
}

function nextAttempt(attempt: Attempt, record: AttemptRecord, at: string): Attempt {
  switch (record.type) {
    case 'observe.try':
      return { ...attempt, tries: record.d.n, lastTry: { end: record.d.end, checks: record.d.checks } };
    case 'step.end':
      return { ...attempt, endedAt: at, end: record.d.end, ms: record.d.ms };
    case 'check': {
      const { name, expected, actual, ok } = record.d;
      return { ...attempt, checks: [...attempt.checks, { name, expected, actual, ok }] };
    }
    case 'file.diff': {
      const { before, changed, added, removed, diff } = record.d;
      return {
        ...attempt,
        diff: { before, changed, added, removed, ...(diff === undefined ? {} : { file: diff }) },
      };
    }
    case 'file.transfer': {
      const { direction, path, file, hostSha256 } = record.d;
      return {
        ...attempt,
        file: { direction, path, file, ...(hostSha256 === undefined ? {} : { hostSha256 }) },
      };
    }
    default:
      return assertNever(record);
  }
}

/** One member's result. `passed` only by the attempt that runs there, when its checks carry it. */
function settleMember(state: RunState, step: StepView, d: RecordOf<'target.result'>['d']): RunState {
  const before = memberOf(step, d.target);
  if (before === undefined || isDone(step.status)) return state;
  const why = d.reason === undefined ? {} : { reason: d.reason };
  const own = d.attempt === undefined ? {} : { attempt: d.attempt };
  const running = runningOn(step, d.target);
  const carried = running !== null && running.n === d.attempt && sawExpectationsHold(running);
  const next: MemberView =
    d.state === 'passed' && !carried
      ? { state: 'failed', reason: NOT_CARRIED, ...own }
      : { state: d.state, ...own, ...why };
  const settled = withMember(step, d.target, next);
  return replaceStep(
    state,
    step.status.state === 'current' ? { ...settled, status: { state: 'running' } } : settled,
  );
}

/** The status a result record leads to. A `passed` that its own checks do not carry becomes `failed`. */
function outcome(step: StepView, d: RecordOf<'step.result'>['d'], at: string): StepStatus {
  const why = d.reason === undefined ? {} : { reason: d.reason };
  switch (d.state) {
    case 'failed':
      return { state: 'failed', at, ...why };
    case 'unknown':
      return { state: 'unknown', at, ...why };
    case 'passed':
      return step.members === undefined ? passedAlone(step, d.attempt, at) : passedByMembers(step, at);
    default:
      return assertNever(d.state);
  }
}

function passedAlone(step: StepView, n: number, at: string): StepStatus {
  const attempt = step.attempts.find((candidate) => candidate.n === n);
  if (n !== step.latest || attempt === undefined || !carries(step, attempt)) {
    return { state: 'failed', reason: NOT_CARRIED, at };
  }
  return { state: 'passed', via: attempt.purpose === 'probe' ? 'probe' : 'checks', at };
}

/** A twin or one custodian's turn passes nothing, and a probe speaks for custodians only when enough of them had theirs. */
function carries(view: StepView, attempt: Attempt): boolean {
  if (!sawExpectationsHold(attempt) || ownAttempt({ attempts: [attempt] }) === undefined) return false;
  const { step } = view;
  if (step.kind !== 'custodians') return true;
  return attempt.purpose === 'probe' && custodiansDone(view).length >= step.needs;
}

/** Never a silent partial success: a group passes when each of its members has, and there is at least one. */
function passedByMembers(step: StepView, at: string): StepStatus {
  const open = Object.entries(step.members ?? {}).find(([, member]) => member.state !== 'passed');
  if (open === undefined && Object.keys(step.members ?? {}).length > 0) {
    return { state: 'passed', via: 'targets', at };
  }
  const why = open === undefined ? 'its group has no member' : `${open[0]} is ${open[1].state}`;
  return { state: 'failed', reason: `the record says passed, but ${why}`, at };
}

function override(state: RunState, step: StepView, d: RecordOf<'step.override'>['d'], at: string): RunState {
  const was = step.status.state;
  if (was !== 'failed' && was !== 'unknown') return state;
  return settleStep(state, step.step.id, { state: 'overridden', was, by: d.by, reason: d.reason, at });
}

/** The step has its turn again. Members that it does not go to stay as they are. */
function retry(state: RunState, step: StepView, d: RecordOf<'step.retry'>['d'], at: string): RunState {
  const goes: ReadonlySet<string> = new Set(retryPlan(step).goes);
  const members = Object.entries(step.members ?? {}).map(([name, member]): [string, MemberView] => {
    return [name, goes.has(name) ? { state: 'waiting' } : { ...member, earlier: true }];
  });
  const { turns: _turns, ...fresh } = step;
  const again: StepView = {
    ...fresh,
    interrupted: false,
    ...(step.members === undefined ? {} : { members: Object.fromEntries(members) }),
  };
  return settleStep({ ...replaceStep(state, again), retries: state.retries + 1 }, step.step.id, {
    state: 'current',
    retry: { by: d.by, reason: d.reason, at },
  });
}
