/** Turns what a command did into records: its end, its checks, its captures and the step's outcome. Pure. */
import type { StepId, VarName } from '../../contract/ids.ts';
import type { Check, CommandEnd, FileRef, RecordBody } from '../../contract/records.ts';
import type { Result } from '../../contract/result.ts';
import { recordCheck, recordEnd, recordText } from './recordText.ts';

export interface CommandOutcome {
  readonly step: StepId;
  readonly attempt: number;
  readonly purpose: 'run' | 'observe' | 'probe';
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
}

/**
 * The records of a command that has ended, in one batch, so that they are durable together. Contact lost or time over
 * gives `unknown` for a command that may have changed something; an observation that ran out of time has failed.
 */
export function conclude(outcome: CommandOutcome): readonly RecordBody[] {
  const { step, attempt } = outcome;
  const end = recordEnd(outcome.end);
  const ended: RecordBody = { type: 'step.end', d: { step, attempt, end, ms: outcome.ms, ...outcome.files } };
  const checks: readonly RecordBody[] = outcome.checks.map((check) => ({
    type: 'check',
    d: { step, attempt, ...recordCheck(check) },
  }));
  if (end.how === 'lost') {
    return [ended, ...checks, result(outcome, 'unknown', 'contact-lost', end.why)];
  }
  if (end.how === 'timeout' && outcome.purpose !== 'observe') {
    return [
      ended,
      ...checks,
      result(outcome, 'unknown', 'checks', 'no end was seen before the time was over'),
    ];
  }
  const held = end.how === 'exit' && checks.length > 0 && outcome.checks.every((check) => check.ok);
  const via = outcome.purpose === 'probe' ? 'probe' : 'checks';
  if (!held) return [ended, ...checks, result(outcome, 'failed', via)];
  if (!outcome.captures.ok) return [ended, ...checks, result(outcome, 'failed', via, outcome.captures.error)];
  const captures: readonly RecordBody[] = Object.entries(outcome.captures.value).map(([name, value]) => ({
    type: 'capture',
    d: { step, name: name as VarName, value: recordText(value, 4096) },
  }));
  return [ended, ...checks, ...captures, result(outcome, 'passed', via)];
}

function result(
  outcome: CommandOutcome,
  state: 'passed' | 'failed' | 'unknown',
  via: 'checks' | 'probe' | 'contact-lost',
  reason?: string,
): RecordBody {
  return {
    type: 'step.result',
    d: {
      step: outcome.step,
      attempt: outcome.attempt,
      state,
      via,
      ...(reason === undefined ? {} : { reason: recordText(reason, 4000) }),
    },
  };
}
