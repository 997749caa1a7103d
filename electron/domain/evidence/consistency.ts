/**
 * Whether a journal tells a story that can be true: boundaries, clocks, pairing of steps, outcomes carried by checks,
 * a result that follows from the outcomes. Independent of the engine that wrote it: a second pair of eyes on `evolve`.
 */
import type { JournalRecord, RunResult } from '../../contract/records.ts';
import type { FindingId } from '../verify/findings.ts';
import { type ReportRecord, StepStory } from './stepStory.ts';

export interface Inconsistency {
  readonly id: FindingId;
  /** Line of the journal, counted from 1. */
  readonly line: number;
  readonly message: string;
}

/** Wall and monotonic clock may drift apart by 2 s; 2 ms more because times are cut to ms. */
const CLOCK_TOLERANCE_MS = 2002;

/** Everything that does not fit together in the records of one run. */
export function checkConsistency(records: readonly JournalRecord[]): readonly Inconsistency[] {
  const found: Inconsistency[] = [];
  const report: ReportRecord = (record, id, message) => found.push({ id, line: record._seq + 1, message });
  checkBoundaries(records, report);
  checkClocks(records, report);
  checkHeads(records, report);
  const start = records[0];
  const steps = new StepStory(report, start?.type === 'run.start' ? start.d.groups : undefined);
  for (const record of records) steps.see(record);
  checkResult(records, steps, report);
  return found;
}

function checkBoundaries(records: readonly JournalRecord[], report: ReportRecord): void {
  for (const [index, record] of records.entries()) {
    const last = index === records.length - 1;
    if ((record.type === 'run.start') !== (index === 0)) {
      report(
        record,
        'run.boundaries',
        index === 0 ? 'the journal does not begin with run.start' : 'a second run.start',
      );
    }
    if ((record.type === 'run.end') !== last) {
      report(
        record,
        'run.boundaries',
        last ? 'the journal does not end with run.end' : 'run.end is not the last record',
      );
    }
  }
}

/** Measured from where the clocks were last known to agree: the start, a recorded step of the clock, a recovery. */
function checkClocks(records: readonly JournalRecord[], report: ReportRecord): void {
  let agreed: JournalRecord | undefined;
  let before: JournalRecord | undefined;
  for (const record of records) {
    if (Number.isNaN(Date.parse(record.t))) report(record, 'clock.time', `${record.t} is not a time`);
    const recovered = record.type === 'run.recovered';
    if (before !== undefined && !recovered && record.mono < before.mono) {
      report(record, 'clock.monotonic', 'the clock that never goes back went back');
    }
    if (agreed === undefined || recovered || record.type === 'clock.step') agreed = record;
    const drift = Date.parse(record.t) - Date.parse(agreed.t) - (record.mono - agreed.mono) / 1000;
    if (Math.abs(drift) > CLOCK_TOLERANCE_MS) {
      const ms = String(Math.round(drift));
      report(record, 'clock.jump', `the wall clock moved ${ms} ms against the monotonic clock`);
    }
    before = record;
  }
}

/** People who passed a hold have seen a state of this very journal. */
function checkHeads(records: readonly JournalRecord[], report: ReportRecord): void {
  const heads = new Set<string>();
  for (const record of records) {
    heads.add(record._prev);
    if (record.type === 'hold.pass' && !heads.has(record.d.seenHead)) {
      report(record, 'hold.head', `what was signed at ${record.d.step} is not a state of this journal`);
    }
  }
}

const SUCCESS: readonly RunResult[] = ['success', 'success-with-deviations'];

/** `result` has to follow from what happened to the steps. */
function checkResult(records: readonly JournalRecord[], steps: StepStory, report: ReportRecord): void {
  const end = records.at(-1);
  if (end?.type !== 'run.end') return;
  const wrong = (message: string) => {
    report(end, 'run.result', `the result is ${end.d.result}, but ${message}`);
  };
  if (steps.open !== null) report(end, 'step.pairing', `the run ends while ${steps.open} is running`);
  const has = (type: JournalRecord['type']) => records.some((record) => record.type === type);
  if (SUCCESS.includes(end.d.result)) {
    for (const [id, outcome] of steps.outcomes) {
      if (outcome === 'failed' || outcome === 'unknown' || outcome === undefined) {
        wrong(`${id} ${outcome === undefined ? 'has no outcome' : `is ${outcome}`}`);
      } else if (end.d.result === 'success' && outcome !== 'done') wrong(`${id} was ${outcome}`);
    }
    if (has('rollback.start')) wrong('a rollback was started');
  }
  if (end.d.result === 'success') {
    if (has('deviation')) wrong('something was typed outside the steps');
    if (has('window.outside')) wrong('a command was started outside the window of the change');
    if (has('host.key-replaced')) wrong('a host key was replaced during the run');
    if (has('run.recovered')) wrong('the app went away during the run');
    if (steps.repeated) wrong('a step was run more than once');
    if (steps.turnsFailed) wrong('the turn of a custodian did not pass');
  }
  if (end.d.result === 'crashed' && !has('run.recovered')) wrong('the app never came back from a crash');
}
