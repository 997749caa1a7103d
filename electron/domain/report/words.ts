/** The words of a report, in one place. A report reads the same wherever it is made: no locale, no time zone but UTC. */
import type { AttestValue, CommandEnd, RunResult } from '../../contract/records.ts';
import { assertNever } from '../../contract/result.ts';
import type { RunbookKind } from '../../contract/runbook.ts';
import type { AttestInput, Channel, HoldStep, Step, StepKind } from '../../contract/steps.ts';
import { formatDuration } from '../runbook/duration.ts';
import type { StepStatus } from '../run/state.ts';
import type { ChangeQuestion, Proof, ReportEvent, ReportPerson } from './model.ts';

export const resultWords: Readonly<Record<RunResult, string>> = {
  success: 'Success',
  'success-with-deviations': 'Success with deviations',
  failed: 'Failed',
  'rolled-back': 'Rolled back',
  aborted: 'Aborted',
  crashed: 'Interrupted, closed later',
};

export function resultText(result: RunResult | null): string {
  return result === null ? 'Not ended' : resultWords[result];
}

export const stateWords: Readonly<Record<StepStatus['state'], string>> = {
  waiting: 'not reached',
  current: 'not done',
  running: 'running',
  passed: 'passed',
  attested: 'attested',
  decided: 'decided',
  held: 'hold passed',
  notified: 'message sent',
  failed: 'failed',
  unknown: 'outcome unknown',
  'not-applicable': 'not applicable',
  skipped: 'skipped',
  overridden: 'overridden',
};

/** A sign for each state, so that colour is never alone. */
export const stateSigns: Readonly<Record<StepStatus['state'], string>> = {
  waiting: '·',
  current: '·',
  running: '›',
  passed: '✓',
  attested: '✓',
  decided: '✓',
  held: '◆',
  notified: '✓',
  failed: '✗',
  unknown: '?',
  'not-applicable': '–',
  skipped: '»',
  overridden: '!',
};

export const kindWords: Readonly<Record<StepKind, string>> = {
  run: 'command',
  observe: 'observation',
  transfer: 'file',
  attest: 'attestation',
  decide: 'decision',
  hold: 'hold',
  wait: 'wait',
  notify: 'message',
  custodians: 'custodians',
  measure: 'measured time',
};

export const runbookKindWords: Readonly<Record<RunbookKind, string>> = {
  upgrade: 'Upgrade',
  rollback: 'Rollback',
  'disaster-recovery': 'Disaster recovery',
  'key-rotation': 'Key rotation',
  maintenance: 'Maintenance',
  verification: 'Verification',
  emergency: 'Emergency',
  reference: 'Reference',
};

export const holdWords: Readonly<Record<HoldStep['hold'], string>> = {
  go: 'go / no-go',
  verify: 'verification',
  'point-of-no-return': 'point of no return',
};

export const basisWords: Readonly<Record<ReportPerson['basis'], string>> = {
  signed: 'signed with their key',
  named: 'named by the operator, not signed',
  desk: 'at the desk',
};

export const questionWords: Readonly<Record<ChangeQuestion['state'], string>> = {
  yes: 'yes',
  no: 'no',
  partly: 'partly',
  'not-recorded': 'not recorded',
};

export const eventWords: Readonly<Record<ReportEvent['kind'], string>> = {
  failure: 'failed',
  unknown: 'outcome unknown',
  retry: 'sent again',
  override: 'overridden',
  skip: 'skipped',
  signal: 'interrupted',
  deviation: 'deviation',
  note: 'note',
  stop: 'stopped',
  continue: 'went on',
  rollback: 'rollback started',
  lost: 'contact lost',
  gap: 'computer was not running',
  recovered: 'taken up again',
  clock: 'clock changed',
  'host-key': 'host key',
  redaction: 'redacted',
  anchor: 'witness on the host',
};

/** `2026-11-21 02:03:11 UTC` of an instant in UTC. Works on the text, so that no time zone can come in. */
export function utc(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`;
}

/** `02:03:11`, for places where the day is clear. */
export function utcTime(instant: string): string {
  return instant.slice(11, 19);
}

export function span(ms: number): string {
  return formatDuration(ms);
}

/** `1,234,567`, in any locale. */
export function count(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+(?!\d))/g, ',');
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

export function proofText(proof: Proof): string {
  return proof.line === undefined ? proof.file : `${proof.file}:${String(proof.line)}`;
}

/** How a command ended. */
export function endText(end: CommandEnd): string {
  switch (end.how) {
    case 'exit':
      return `exit ${String(end.code)}`;
    case 'signal':
      return `killed by signal ${end.signal}`;
    case 'lost':
      return `contact lost: ${end.why}`;
    case 'timeout':
      return `no end seen within ${span(end.afterMs)}`;
    default:
      return assertNever(end);
  }
}

/** What a person reported. */
export function attestText(input: AttestInput, value: AttestValue): string {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'number':
      return input.kind === 'number' && input.unit !== undefined
        ? `${value.number} ${input.unit}`
        : value.number;
    case 'choice':
      return value.option;
    case 'checklist': {
      const items = input.kind === 'checklist' ? input.items : [];
      const missing = items.filter((_, index) => !value.ticked.includes(index));
      const ticked = `${String(value.ticked.length)} of ${String(Math.max(items.length, value.ticked.length))} ticked`;
      return missing.length === 0 ? ticked : `${ticked}; not ticked: ${missing.join('; ')}`;
    }
    default:
      return assertNever(value);
  }
}

export const channelWords: Readonly<Record<Channel, string>> = {
  email: 'e-mail',
  chat: 'chat',
  phone: 'telephone',
  paging: 'paging',
  'status-page': 'status page',
  ticket: 'ticket',
};

/** One sentence: how a step came to its state. */
export function outcomeText(step: Step, status: StepStatus): string {
  switch (status.state) {
    case 'waiting':
      return 'The run did not come to this step.';
    case 'current':
      return 'It was this step’s turn; it was not done.';
    case 'running':
      return 'It was running when this report was made.';
    case 'passed':
      return {
        checks: 'Every check held.',
        probe: 'Settled by its probe: every check of it held.',
        targets: 'Passed on every member of the group.',
        time: 'The time was over.',
        measure: 'The measured time was within its limit.',
      }[status.via];
    case 'attested':
      return `${status.by} reported: ${step.kind === 'attest' ? attestText(step.input, status.value) : ''}`;
    case 'decided':
      return `${status.by} chose: ${choiceText(step, status.choice)}`;
    case 'held':
      return `Passed by ${status.signers.map((signer) => `${signer.name} (${signer.role})`).join(', ')}.`;
    case 'notified':
      return `${status.by} sent it by ${channelWords[status.channel]} to ${status.to}.`;
    case 'failed':
      return 'Failed.';
    case 'unknown':
      return 'What it did is not known.';
    case 'not-applicable':
      return `Its condition was false: ${status.when}`;
    case 'skipped':
      return `Skipped by ${status.by}.`;
    case 'overridden':
      return `${status.was === 'failed' ? 'A failure' : 'An unknown outcome'} was accepted by ${status.by}.`;
    default:
      return assertNever(status);
  }
}

export function choiceText(step: Step, choice: string): string {
  const option = step.kind === 'decide' ? step.options.find(({ id }) => id === choice) : undefined;
  return option === undefined ? choice : `${option.title} (${choice})`;
}
