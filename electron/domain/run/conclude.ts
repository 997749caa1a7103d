/** Turns what a command did into records: its end, its checks, its captures and its outcome. Pure; it sends nothing. */
import type { StepId, TargetName, VarName } from '../../contract/ids.ts';
import type { Check, CommandEnd, FileRef, RecordBody, RecordOf } from '../../contract/records.ts';
import type { Result } from '../../contract/result.ts';
import type { Purpose } from './state.ts';
import { recordCheck, recordEnd, recordText } from './recordText.ts';

export interface CommandOutcome {
  readonly step: StepId;
  readonly attempt: number;
  readonly purpose: Purpose;
  readonly end: CommandEnd;
  readonly ms: number;
  readonly files: {
    readonly recording?: FileRef;
    readonly stdout?: FileRef;
    readonly stderr?: FileRef;
  };
  /** Every expectation, evaluated on what was seen. */
  readonly checks: readonly Check[];
  readonly captures: Result<Readonly<Record<string, string>>, string>;
  /** The host has no POSIX shell: it cannot prove how its commands end. */
  readonly observed?: boolean;
  /** Secrets that were masked in its files. */
  readonly redactions?: readonly RecordOf<'redaction'>['d'][];
  /** What a transfer step moved. */
  readonly transfer?: Omit<RecordOf<'file.transfer'>['d'], 'step' | 'attempt'>;
  /** How the fetched file differs from an earlier fetch of it. */
  readonly diff?: Omit<RecordOf<'file.diff'>['d'], 'step' | 'attempt'>;
}

interface Verdict {
  readonly state: 'passed' | 'failed' | 'unknown';
  readonly via: 'checks' | 'probe' | 'contact-lost' | 'observed';
  readonly reason?: string;
}

/**
 * The records of a command that has ended, in one batch, so that they are durable together. Contact lost or time over
 * gives `unknown` for a command that may have changed something; an observation that ran out of time has failed. On a
 * host that is only observed nothing passes: a person settles it.
 */
export function conclude(outcome: CommandOutcome): readonly RecordBody[] {
  const { step, attempt } = outcome;
  const verdict = verdictOf(outcome);
  if (outcome.purpose === 'dry-run') {
    const d = { step, attempt, ok: verdict.state === 'passed', ...reasonOf(verdict) };
    return [...seen(outcome), { type: 'dry-run.result', d }];
  }
  if (outcome.purpose === 'custodian') {
    const d = { step, attempt, state: verdict.state, ...reasonOf(verdict) };
    return [...seen(outcome), { type: 'custodian.turn', d }];
  }
  const settled = verdict.state === 'passed' || verdict.via === 'observed';
  const captured = settled && outcome.captures.ok ? Object.entries(outcome.captures.value) : [];
  const captures = captured.map(([name, value]): RecordBody => ({
    type: 'capture',
    d: { step, name: name as VarName, value: recordText(value, 4096) },
  }));
  const { state, via } = verdict;
  return [
    ...seen(outcome),
    ...captures,
    { type: 'step.result', d: { step, attempt, state, via, ...reasonOf(verdict) } },
  ];
}

/** The same for one member of a group: its result is the member's, and the step goes on with the others. */
export function concludeMember(outcome: CommandOutcome, target: TargetName): readonly RecordBody[] {
  const { step, attempt } = outcome;
  const verdict = verdictOf(outcome);
  return [
    ...seen(outcome),
    { type: 'target.result', d: { step, target, attempt, state: verdict.state, ...reasonOf(verdict) } },
  ];
}

/**
 * Contact with a detached command was lost: it goes on on the host, so it gets no end. Unknown until it is taken up
 * again. With `target`, for that member of a group.
 */
export function concludeContact(lost: {
  readonly step: StepId;
  readonly attempt: number;
  readonly why: string;
  readonly target?: TargetName;
}): RecordBody {
  const { step, attempt, target } = lost;
  const reason = recordText(
    `${lost.why}; the command is left to itself on the host and can be taken up again`,
    4000,
  );
  return target === undefined
    ? { type: 'step.result', d: { step, attempt, state: 'unknown', via: 'contact-lost', reason } }
    : { type: 'target.result', d: { step, target, attempt, state: 'unknown', reason } };
}

/** A member that could not be started: nothing was sent to it. */
export function memberNotRun(step: StepId, target: TargetName, why: string): RecordBody {
  return {
    type: 'target.result',
    d: { step, target, state: 'not-run', reason: recordText(why, 4000) },
  };
}

function seen(outcome: CommandOutcome): readonly RecordBody[] {
  const { step, attempt, transfer, diff } = outcome;
  const end = recordEnd(outcome.end);
  return [
    { type: 'step.end', d: { step, attempt, end, ms: outcome.ms, ...outcome.files } },
    ...(outcome.redactions ?? []).map((d): RecordBody => ({ type: 'redaction', d })),
    ...(transfer === undefined
      ? []
      : [{ type: 'file.transfer' as const, d: { step, attempt, ...transfer } }]),
    ...(diff === undefined ? [] : [{ type: 'file.diff' as const, d: { step, attempt, ...diff } }]),
    ...outcome.checks.map((check): RecordBody => ({
      type: 'check',
      d: { step, attempt, ...recordCheck(check) },
    })),
  ];
}

function verdictOf({ end, purpose, checks, captures, observed }: CommandOutcome): Verdict {
  if (end.how === 'lost') return { state: 'unknown', via: 'contact-lost', reason: end.why };
  if (end.how === 'timeout' && purpose !== 'observe') {
    return { state: 'unknown', via: 'checks', reason: 'no end was seen before the time was over' };
  }
  const via = purpose === 'probe' ? 'probe' : 'checks';
  const held = end.how === 'exit' && checks.length > 0 && checks.every((check) => check.ok);
  if (!held) return { state: 'failed', via };
  if (!captures.ok) return { state: 'failed', via, reason: captures.error };
  if (observed === true) {
    return { state: 'unknown', via: 'observed', reason: 'this host cannot prove how its commands end' };
  }
  return { state: 'passed', via };
}

function reasonOf(verdict: Verdict): { readonly reason?: string } {
  return verdict.reason === undefined ? {} : { reason: recordText(verdict.reason, 4000) };
}
