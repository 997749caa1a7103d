/** What happened besides the plan, each with its line of the journal: failures, decisions, deviations, losses, gaps. */
import { formatDuration } from '../runbook/duration.ts';
import type { JournalRecord } from '../../contract/records.ts';
import { assertNever } from '../../contract/result.ts';
import { endText, plural, span } from './words.ts';
import { lineOf, type RunFold } from './fold.ts';
import type { ReportEvent } from './model.ts';

type Told = Pick<ReportEvent, 'kind' | 'text' | 'reason' | 'by'>;

/** Every event of the run, in the order it happened. */
export function eventsOf(fold: RunFold): readonly ReportEvent[] {
  const numbers = new Map<string, number>(fold.state.steps.map((view) => [view.step.id, view.index + 1]));
  return fold.records.flatMap((record) => {
    const told = tell(record, fold);
    if (told === null) return [];
    const number = 'step' in record.d ? numbers.get(record.d.step) : undefined;
    const event = { ...told, at: record.t, line: lineOf(record) };
    return [number === undefined ? event : { ...event, step: number }];
  });
}

function custodianOf({ state }: RunFold, { step, attempt }: Of<'custodian.turn'>['d']): string | undefined {
  const view = state.steps.find((one) => one.step.id === step);
  return view?.attempts.find(({ n }) => n === attempt)?.custodian;
}

type Of<T extends JournalRecord['type']> = Extract<JournalRecord, { type: T }>;
type OutcomeRecord = Of<
  | 'step.result'
  | 'target.result'
  | 'attest'
  | 'step.end'
  | 'custodian.turn'
  | 'dry-run.result'
  | 'measure'
  | 'notify'
>;
type DecisionRecord = Of<
  | 'step.retry'
  | 'step.override'
  | 'step.skip'
  | 'step.signal'
  | 'note'
  | 'run.stop'
  | 'run.continue'
  | 'rollback.start'
>;
type HostRecord = Of<'host.key-replaced' | 'host.trust' | 'deviation' | 'net.lost' | 'anchor.emit'>;
type DeskRecord = Of<'window.outside' | 'desk.gap' | 'run.recovered' | 'clock.step' | 'redaction'>;

/** Null for what is simply the run going its way. */
function tell(record: JournalRecord, fold: RunFold): Told | null {
  switch (record.type) {
    case 'step.result':
    case 'target.result':
    case 'attest':
    case 'step.end':
    case 'custodian.turn':
    case 'dry-run.result':
    case 'measure':
    case 'notify':
      return tellOutcome(record, fold);
    case 'step.retry':
    case 'step.override':
    case 'step.skip':
    case 'step.signal':
    case 'note':
    case 'run.stop':
    case 'run.continue':
    case 'rollback.start':
      return tellDecision(record);
    case 'host.key-replaced':
    case 'host.trust':
    case 'deviation':
    case 'net.lost':
    case 'anchor.emit':
      return tellHost(record);
    case 'window.outside':
    case 'desk.gap':
    case 'run.recovered':
    case 'clock.step':
    case 'redaction':
      return tellDesk(record);
    case 'run.start':
    case 'run.end':
    case 'host.connect':
    case 'host.identity':
    case 'clock.sample':
    case 'step.start':
    case 'step.attach':
    case 'step.na':
    case 'observe.try':
    case 'check':
    case 'file.transfer':
    case 'file.diff':
    case 'wait.start':
    case 'wait.end':
    case 'capture':
    case 'decision':
    case 'hold.request':
    case 'hold.sign':
    case 'hold.pass':
    case 'shell.observed':
    case 'recording.close':
      return null;
    default:
      return assertNever(record);
  }
}

function tellOutcome(record: OutcomeRecord, fold: RunFold): Told | null {
  switch (record.type) {
    case 'step.result':
    case 'target.result': {
      const { state, reason } = record.d;
      if (state === 'passed') return null;
      const where = record.type === 'target.result' ? ` on ${record.d.target}` : '';
      const text =
        state === 'failed'
          ? `Failed${where}`
          : state === 'unknown'
            ? `Outcome unknown${where}`
            : `Not run${where}`;
      return { kind: state === 'unknown' ? 'unknown' : 'failure', text, ...because(reason) };
    }
    case 'attest':
      return record.d.ok
        ? null
        : { kind: 'failure', text: 'The reported value was outside its limits', by: record.d.by };
    case 'custodian.turn':
      return record.d.state === 'passed'
        ? null
        : {
            kind: 'failure',
            text: `The turn of ${custodianOf(fold, record.d) ?? 'a custodian'} ${turnWords[record.d.state]}`,
            ...because(record.d.reason),
          };
    case 'dry-run.result':
      return record.d.ok
        ? null
        : { kind: 'failure', text: 'Its dry run did not show what it should', ...because(record.d.reason) };
    case 'measure':
      return record.d.ok ? null : { kind: 'failure', text: `Took ${durationText(record.d.ms)}` };
    case 'notify':
      return { kind: 'note', text: `Message sent to ${record.d.to}`, by: record.d.by };
    case 'step.end':
      return record.d.end.how === 'timeout' ? { kind: 'unknown', text: endText(record.d.end) } : null;
    default:
      return assertNever(record);
  }
}

const turnWords = { failed: 'did not pass', unknown: 'ended without an outcome that is known' } as const;

function durationText(ms: number): string {
  return ms < 0 ? 'less than no time' : formatDuration(ms);
}

function tellDecision(record: DecisionRecord): Told {
  switch (record.type) {
    case 'step.retry':
      return { kind: 'retry', text: 'Sent again', by: record.d.by, reason: record.d.reason };
    case 'step.override':
      return { kind: 'override', text: 'Outcome accepted', by: record.d.by, reason: record.d.reason };
    case 'step.skip':
      return { kind: 'skip', text: 'Skipped', by: record.d.by, reason: record.d.reason };
    case 'step.signal':
      return { kind: 'signal', text: `Signal ${record.d.signal} sent`, by: record.d.by };
    case 'note':
      return { kind: 'note', text: record.d.text, by: record.d.by };
    case 'run.stop':
      return { kind: 'stop', text: 'The run was stopped', by: record.d.by, reason: record.d.reason };
    case 'run.continue':
      return { kind: 'continue', text: 'The run went on', by: record.d.by, reason: record.d.reason };
    case 'rollback.start':
      return {
        kind: 'rollback',
        text: `Rollback ${record.d.runbook} was started as run ${record.d.runId}`,
        by: record.d.by,
      };
    default:
      return assertNever(record);
  }
}

function tellHost(record: HostRecord): Told | null {
  switch (record.type) {
    case 'host.key-replaced': {
      const { host, reason, by, second } = record.d;
      const text = `The key on record for ${host} was replaced: ${record.d.new.fingerprint}`;
      return { kind: 'host-key', text, reason, by: `${by}, ${second}` };
    }
    case 'host.trust':
      return {
        kind: 'host-key',
        text: `${record.d.host}: ${record.d.hostKey.type} ${record.d.hostKey.fingerprint} was accepted for the first time`,
        by: record.d.by,
      };
    case 'deviation':
      return {
        kind: 'deviation',
        text: `Typed into the live shell of ${record.d.target}; what came back is in ${record.d.recording}`,
      };
    case 'net.lost':
      // Connections that this app closed itself, at the end or on request, are no trouble.
      return record.d.side === 'here'
        ? null
        : { kind: 'lost', text: `Contact with ${record.d.target} was lost`, reason: record.d.why };
    case 'anchor.emit': {
      const { target, seq, ok, detail } = record.d;
      const text = ok
        ? `Head of journal line ${String(seq + 1)} written to the log of ${target}`
        : `Head of journal line ${String(seq + 1)} could not be written to the log of ${target}`;
      return { kind: 'anchor', text, ...because(detail) };
    }
    default:
      return assertNever(record);
  }
}

function tellDesk(record: DeskRecord): Told {
  switch (record.type) {
    case 'window.outside':
      return {
        kind: 'deviation',
        text: `Started outside the window of the change, ${record.d.from} to ${record.d.to}`,
      };
    case 'desk.gap':
      return { kind: 'gap', text: `The computer was not running for ${span(record.d.ms)}` };
    case 'run.recovered': {
      const torn = record.d.torn;
      const text = 'The app had gone away; the run was taken up again';
      return torn === undefined
        ? { kind: 'recovered', text }
        : { kind: 'recovered', text: `${text}. A half-written line is kept as ${torn.file}` };
    }
    case 'clock.step':
      return { kind: 'clock', text: `The clock of this computer moved by ${String(record.d.byMs)} ms` };
    case 'redaction':
      return {
        kind: 'redaction',
        text: `${record.d.rule}: masked ${plural(record.d.count, 'time')} in ${record.d.file}`,
      };
    default:
      return assertNever(record);
  }
}

function because(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}
