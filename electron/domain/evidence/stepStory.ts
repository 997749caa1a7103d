/**
 * What happens to the steps of a run, record by record: beginnings and ends that pair up, attempts that count up, nothing
 * sent twice without a decision, nothing passed that its checks do not carry.
 */
import type { Check, CommandEnd, JournalRecord, RecordOf } from '../../contract/records.ts';
import { assertNever } from '../../contract/result.ts';

/** Takes what does not fit, with the record it was seen at and a stable id. */
export type ReportRecord = (record: JournalRecord, id: string, message: string) => void;

interface AttemptSeen {
  readonly n: number;
  readonly purpose: 'run' | 'observe' | 'probe';
  readonly checks: Check[];
  end?: CommandEnd;
  settled: boolean;
}

export type Outcome = 'done' | 'skipped' | 'overridden' | 'failed' | 'unknown';

interface StepSeen {
  readonly attempts: AttemptSeen[];
  outcome?: Outcome;
  /** An operator decided that the command may be sent again. */
  retryAllowed: boolean;
}

/** Follows each step through the records; see() takes them in the order of the journal. */
export class StepStory {
  readonly #report: ReportRecord;
  readonly #steps = new Map<string, StepSeen>();
  #open: { readonly step: string; readonly attempt: AttemptSeen } | null = null;

  constructor(report: ReportRecord) {
    this.#report = report;
  }

  get outcomes(): ReadonlyMap<string, Outcome | undefined> {
    return new Map([...this.#steps].map(([id, step]) => [id, step.outcome]));
  }

  get repeated(): boolean {
    return [...this.#steps.values()].some((step) => step.attempts.length > 1);
  }

  get open(): string | null {
    return this.#open?.step ?? null;
  }

  see(record: JournalRecord): void {
    switch (record.type) {
      case 'step.start':
        this.#start(record, record.d);
        return;
      case 'observe.try':
      case 'check':
      case 'step.signal':
        this.#within(record, record);
        return;
      case 'step.end':
        this.#end(record, record.d);
        return;
      case 'step.result':
        this.#result(record, record.d);
        return;
      case 'attest':
        this.#settle(record, record.d.step, record.d.ok ? 'done' : 'failed');
        return;
      case 'decision':
      case 'hold.pass':
      case 'step.na':
        this.#settle(record, record.d.step, 'done');
        return;
      case 'step.skip':
        this.#settle(record, record.d.step, 'skipped');
        return;
      case 'step.override':
      case 'step.retry':
        this.#decide(record, record.d.step, record.type);
        return;
      case 'run.recovered':
        this.#open = null;
        return;
      case 'capture':
      case 'clock.sample':
      case 'clock.step':
      case 'deviation':
      case 'host.connect':
      case 'host.identity':
      case 'host.trust':
      case 'net.lost':
      case 'note':
      case 'recording.close':
      case 'rollback.start':
      case 'run.continue':
      case 'run.end':
      case 'run.start':
      case 'run.stop':
        return;
      default:
        assertNever(record);
    }
  }

  #step(id: string): StepSeen {
    const known = this.#steps.get(id);
    if (known !== undefined) return known;
    const fresh: StepSeen = { attempts: [], retryAllowed: false };
    this.#steps.set(id, fresh);
    return fresh;
  }

  #start(record: JournalRecord, d: RecordOf<'step.start'>['d']): void {
    const step = this.#step(d.step);
    if (this.#open !== null)
      this.#report(record, 'step.pairing', `${d.step} starts while ${this.#open.step} is running`);
    if (d.attempt !== step.attempts.length + 1) {
      this.#report(
        record,
        'step.attempt',
        `${d.step}: attempt ${String(d.attempt)} follows ${String(step.attempts.length)}`,
      );
    }
    const sentBefore = d.purpose === 'run' && step.attempts.some((attempt) => attempt.purpose === 'run');
    if (sentBefore && !step.retryAllowed) {
      this.#report(record, 'step.sent-twice', `${d.step} is sent again without anybody’s decision`);
    }
    if (step.outcome === 'done' || step.outcome === 'skipped' || step.outcome === 'overridden') {
      this.#report(record, 'step.pairing', `${d.step} starts after it was ${step.outcome}`);
    }
    if (d.purpose === 'run') step.retryAllowed = false;
    const attempt: AttemptSeen = { n: d.attempt, purpose: d.purpose, checks: [], settled: false };
    step.attempts.push(attempt);
    this.#open = { step: d.step, attempt };
  }

  #within(
    record: JournalRecord,
    { type, d }: RecordOf<'observe.try'> | RecordOf<'check'> | RecordOf<'step.signal'>,
  ): void {
    const attempt = this.#step(d.step).attempts.at(-1);
    if (attempt?.n !== d.attempt || attempt.settled) {
      this.#report(record, 'step.pairing', `${type} of ${d.step} belongs to no attempt under way`);
      return;
    }
    if (type === 'check')
      attempt.checks.push({ name: d.name, expected: d.expected, actual: d.actual, ok: d.ok });
  }

  #end(record: JournalRecord, d: RecordOf<'step.end'>['d']): void {
    const attempt = this.#step(d.step).attempts.at(-1);
    if (this.#open?.step !== d.step || this.#open.attempt.n !== d.attempt || attempt === undefined) {
      this.#report(record, 'step.pairing', `step.end of ${d.step} without its step.start`);
      return;
    }
    attempt.end = d.end;
    this.#open = null;
  }

  #result(record: JournalRecord, d: RecordOf<'step.result'>['d']): void {
    const step = this.#step(d.step);
    const attempt = step.attempts.at(-1);
    if (attempt?.n !== d.attempt) {
      this.#report(record, 'step.pairing', `step.result of ${d.step} for an attempt that is not its last`);
    } else if (d.via === 'person' || d.via === 'recovered') {
      if (d.state === 'passed') {
        this.#report(record, 'step.unproven', `${d.step} is passed by word alone (${d.via})`);
      }
    } else if (attempt.settled || attempt.end === undefined) {
      this.#report(record, 'step.pairing', `step.result of ${d.step} without its step.end`);
    }
    if (d.state === 'passed') this.#passed(record, d, attempt);
    if (attempt !== undefined) attempt.settled = true;
    step.outcome = d.state === 'passed' ? 'done' : d.state;
  }

  #passed(record: JournalRecord, d: RecordOf<'step.result'>['d'], attempt: AttemptSeen | undefined): void {
    for (const message of whyNotPassed(d.via, attempt)) {
      this.#report(record, 'step.unproven', `${d.step} is called passed, but ${message}`);
    }
  }

  #settle(record: JournalRecord, id: string, outcome: Outcome): void {
    const step = this.#step(id);
    if (this.#open?.step === id)
      this.#report(record, 'step.pairing', `${record.type} of ${id} while it is running`);
    if (step.outcome === 'done')
      this.#report(record, 'step.pairing', `${record.type} of ${id} after it was done`);
    step.outcome = outcome;
  }

  #decide(record: JournalRecord, id: string, type: 'step.override' | 'step.retry'): void {
    const step = this.#step(id);
    if (step.outcome !== 'failed' && step.outcome !== 'unknown') {
      this.#report(record, 'step.pairing', `${type} of ${id}, which neither failed nor is unknown`);
    }
    if (type === 'step.retry') {
      step.retryAllowed = true;
      delete step.outcome;
    } else step.outcome = 'overridden';
  }
}

function whyNotPassed(
  via: RecordOf<'step.result'>['d']['via'],
  attempt: AttemptSeen | undefined,
): readonly string[] {
  if (attempt === undefined) return ['nothing was run'];
  const why: string[] = [];
  if (via !== 'checks' && via !== 'probe') why.push(`its outcome came from ${via}`);
  if ((via === 'probe') !== (attempt.purpose === 'probe')) why.push('the kind of attempt does not fit');
  if (attempt.checks.length === 0) why.push('no check is on record');
  for (const check of attempt.checks.filter((c) => !c.ok)) why.push(`its check “${check.name}” did not hold`);
  if (attempt.end?.how !== 'exit')
    why.push(`its command ended by ${attempt.end?.how ?? 'nothing that was seen'}`);
  else why.push(...exitProblems(attempt.checks, attempt.end.code));
  return why;
}

/** Checks of the exit status are those whose name says so and whose actual value is a number. */
function exitProblems(checks: readonly Check[], code: number): readonly string[] {
  const onExit = checks.filter((check) => /^exit\b/i.test(check.name) && /^-?\d+$/.test(check.actual));
  return onExit
    .filter((check) => check.actual !== String(code))
    .map((check) => `its check “${check.name}” says ${check.actual}, the command ended with ${String(code)}`);
}
