/**
 * What the records say of the members of a group: who belongs to it, what each came to, what the step may be called
 * after that. No silent partial success, no result that its own attempt does not carry.
 */
import type { JournalRecord, RecordOf } from '../../contract/records.ts';
import type { FindingId } from '../verify/findings.ts';
import { held, type StepSeen, whyNotHeld } from './attemptStory.ts';

/** Takes what does not fit, with the record it was seen at and a stable id. */
export type ReportRecord = (record: JournalRecord, id: FindingId, message: string) => void;
export type Groups = Readonly<Record<string, readonly string[]>>;

/** The group that a command goes to: the one the run started with, the same for all attempts of a step. */
export function checkGroup(
  record: JournalRecord,
  d: RecordOf<'step.start'>['d'],
  step: StepSeen,
  groups: Groups,
  report: ReportRecord,
): void {
  const wrong = (message: string) => {
    report(record, 'group.mismatch', `${d.step}: ${message}`);
  };
  if (step.attempts.length > 0 && step.group !== d.group) wrong('its attempts are not of one group');
  if (d.group === undefined) {
    const of = Object.keys(groups).find((name) => groups[name]?.includes(d.target) === true);
    if (of !== undefined) wrong(`${d.target} is a member of ${of}, and the record does not say so`);
  } else if (!Object.hasOwn(groups, d.group)) wrong(`the run has no group ${d.group}`);
  else if (groups[d.group]?.includes(d.target) !== true) wrong(`${d.target} is not a member of ${d.group}`);
}

/** One member's result. Settles the attempt it rests on. */
export function checkMember(
  record: JournalRecord,
  d: RecordOf<'target.result'>['d'],
  step: StepSeen,
  groups: Groups,
  report: ReportRecord,
): void {
  const wrong = (message: string) => {
    report(record, 'target.result', `${d.step}: ${message}`);
  };
  const group = step.group ?? Object.keys(groups).find((name) => groups[name]?.includes(d.target) === true);
  if (group === undefined || groups[group]?.includes(d.target) !== true) {
    report(record, 'group.mismatch', `${d.step}: ${d.target} is not a member of its group`);
  }
  const before = step.members.get(d.target);
  const latest = step.latestOn.get(d.target);
  const own = step.attempts.findLast((attempt) => attempt.target === d.target && attempt.n === latest);
  step.members.set(d.target, { state: d.state, attempt: d.attempt });
  if (d.attempt === undefined) {
    if (d.state === 'passed' || d.state === 'unknown') {
      report(record, 'step.unproven', `${d.step}: ${d.target} is ${d.state}, but nothing was run there`);
    }
    if (own !== undefined && !own.settled) wrong(`${d.target} is ${d.state} while its command runs`);
    return;
  }
  if (own?.n !== d.attempt) {
    wrong(`the result of ${d.target} is for an attempt that is not its last`);
    return;
  }
  if (d.state === 'not-run') wrong(`${d.target} is called not run, but attempt ${String(own.n)} went to it`);
  // A person may say that an outcome that is not known has failed; nothing else is settled twice.
  const declared = before?.state === 'unknown' && d.state === 'failed';
  if (own.settled && !declared) wrong(`${d.target} has a second result for attempt ${String(own.n)}`);
  if (!own.settled && d.state !== 'unknown' && own.end === undefined) {
    wrong(`${d.target} is ${d.state}, but no end of its command is on record`);
  }
  const proven = held(own) && !own.observed;
  if (d.state === 'passed') {
    for (const why of whyNotHeld(own)) {
      report(record, 'step.unproven', `${d.step}: ${d.target} is called passed, but ${why}`);
    }
    if (own.observed) {
      report(
        record,
        'step.observed',
        `${d.step}: ${d.target} is called passed, but cannot prove how it ended`,
      );
    }
  } else if (proven && !declared && !(d.state === 'unknown' && own.interrupted)) {
    wrong(`${d.target} is called ${d.state}, but each of its checks held`);
  }
  own.settled = true;
}

/** What a step on a group is called, against what its members came to. */
export function checkGroupResult(
  record: JournalRecord,
  d: RecordOf<'step.result'>['d'],
  step: StepSeen,
  groups: Groups,
  report: ReportRecord,
): void {
  const members = membersOf(step, groups);
  const missing = members.filter((name) => !step.members.has(name));
  for (const name of missing) report(record, 'target.missing', `${d.step}: ${name} has no result`);
  for (const attempt of step.attempts.filter((candidate) => !candidate.settled)) {
    report(
      record,
      'target.missing',
      `${d.step}: attempt ${String(attempt.n)} on ${attempt.target} has no result`,
    );
  }
  if (d.via === 'person') {
    if (d.state === 'passed') report(record, 'step.unproven', `${d.step} is passed by word alone (person)`);
    return;
  }
  if (d.via !== 'targets') {
    report(record, 'target.result', `${d.step} runs on a group; its result came from ${d.via}`);
  }
  const states = [...step.members].filter(([name]) => members.includes(name)).map(([, { state }]) => state);
  const all = members.length > 0 && missing.length === 0 && states.every((state) => state === 'passed');
  const verdict = states.includes('unknown') ? 'unknown' : all ? 'passed' : 'failed';
  if (d.state === verdict) return;
  const id = d.state === 'passed' ? 'step.unproven' : 'target.result';
  report(record, id, `${d.step} is called ${d.state}, but by its members it is ${verdict}`);
}

/** The members of the step's group; of a step that was never started, of the group its results are of. */
function membersOf(step: StepSeen, groups: Groups): readonly string[] {
  if (step.group !== undefined) return Object.hasOwn(groups, step.group) ? (groups[step.group] ?? []) : [];
  const named = [...step.members.keys()];
  return Object.values(groups).find((members) => named.every((name) => members.includes(name))) ?? [];
}
