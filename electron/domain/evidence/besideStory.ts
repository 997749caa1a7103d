/**
 * What the records say of things that stand beside the commands of a step: twins and custodians' turns, waits, times that
 * are taken, files that are compared. A second pair of eyes: it shares nothing with the fold that the engine uses.
 */
import type { JournalRecord, RecordOf } from '../../contract/records.ts';
import { type AttemptSeen, type Outcome, type StepSeen, whyNotHeld } from './attemptStory.ts';
import type { ReportRecord } from './groupStory.ts';

type Beside = RecordOf<'dry-run.result'> | RecordOf<'custodian.turn'>;

/** A twin or a custodian's turn is over with its record, and is no outcome of the step. Null when it belongs to nothing. */
export function checkBeside(
  record: JournalRecord,
  { type, d }: Beside,
  step: StepSeen,
  report: ReportRecord,
): AttemptSeen | null {
  const attempt = step.attempts.findLast((candidate) => candidate.n === d.attempt);
  const purpose = type === 'dry-run.result' ? 'dry-run' : 'custodian';
  if (attempt?.purpose !== purpose || attempt.settled) {
    report(record, 'step.pairing', `${type} of ${d.step} belongs to no attempt under way`);
    return null;
  }
  const claimed = type === 'custodian.turn' ? d.state === 'passed' : d.ok;
  for (const message of claimed ? whyNotHeld(attempt) : []) {
    const what = type === 'custodian.turn' ? 'a turn' : 'the dry run';
    report(record, 'step.unproven', `${what} of ${d.step} is called passed, but ${message}`);
  }
  if (claimed && attempt.observed)
    report(record, 'step.observed', `${d.step}: ${attempt.target} cannot prove how its commands end`);
  attempt.settled = true;
  return attempt;
}

/** The waits of a run. One at a time has the turn. */
export class WaitStory {
  readonly #report: ReportRecord;
  #running: { readonly id: string; ends: number; stepped: number[] } | null = null;

  constructor(report: ReportRecord) {
    this.#report = report;
  }

  begin(record: JournalRecord, d: RecordOf<'wait.start'>['d'], step: StepSeen): void {
    if (this.#running !== null || step.attempts.length > 0 || step.outcome === 'done')
      this.#report(record, 'step.pairing', `the wait of ${d.step} begins where none can`);
    // Nobody waits less than the whole time, whatever `until` says.
    const ends = Math.max(Date.parse(d.until), Date.parse(record.t) + d.ms);
    this.#running ??= { id: d.step, ends, stepped: [] };
  }

  /** A clock that was set: the time that really passes is the same. */
  clock(byMs: number): void {
    if (this.#running === null) return;
    this.#running.ends += byMs;
    this.#running.stepped.push(byMs);
  }

  /** Asleep: what looked like a step of the clock was time that passed. */
  gap(ms: number): void {
    const sleep = this.#running?.stepped.findLast((byMs) => Math.abs(byMs - ms) <= 5_000);
    if (this.#running === null || sleep === undefined) return;
    this.#running.ends -= sleep;
    this.#running.stepped = this.#running.stepped.filter((byMs) => byMs !== sleep);
  }

  end(record: JournalRecord, id: string): Outcome {
    const wait = this.#running;
    const over = wait?.id === id && Date.parse(record.t) >= wait.ends;
    if (!over) this.#report(record, 'step.unproven', `the wait of ${id} is called over before its time`);
    return over ? 'done' : 'failed';
  }

  /** The step has an outcome: its wait does not run any more. */
  settled(id: string): void {
    if (this.#running?.id === id) this.#running = null;
  }
}

/** A time that was taken: it is what its own instants give, and within the limit it names when it is called so. */
export function checkMeasured(
  record: JournalRecord,
  d: RecordOf<'measure'>['d'],
  report: ReportRecord,
): Outcome {
  const ms = Date.parse(d.to) - Date.parse(d.from);
  if (ms !== d.ms || (d.ok && (ms < 0 || ms > d.limitMs))) {
    const message = `${d.step} says ${String(d.ms)} ms, its instants say ${String(ms)} ms`;
    report(record, 'step.unproven', message);
  }
  return d.ok ? 'done' : 'failed';
}

/** A file cannot have moved on another host than the step ran on, and a fetched one is kept where fetched files are. */
export function checkTransfer(
  record: JournalRecord,
  d: RecordOf<'file.transfer'>['d'],
  attempt: AttemptSeen,
  report: ReportRecord,
): void {
  const wrong = (message: string) => {
    report(record, 'transfer.file', `${d.step}: ${message}`);
  };
  if (d.target !== attempt.target) wrong(`the file moved on ${d.target}, the step ran on ${attempt.target}`);
  if (d.direction === 'fetch' && !d.file.file.startsWith('files/')) {
    wrong(`a fetched file is kept under files/, not as ${d.file.file}`);
  }
  attempt.fetched = d.direction === 'fetch' ? d.file.sha256 : undefined;
}

/** The difference of two fetched files: of files that were fetched, and changed exactly when their digests differ. */
export function checkDiff(
  record: JournalRecord,
  d: RecordOf<'file.diff'>['d'],
  attempt: AttemptSeen,
  earlier: StepSeen | undefined,
  report: ReportRecord,
): void {
  const wrong = (message: string) => {
    report(record, 'transfer.file', `${d.step}: ${message}`);
  };
  const first = earlier?.attempts.findLast(
    (other) => other.fetched !== undefined && whyNotHeld(other).length === 0,
  );
  if (attempt.fetched === undefined || first === undefined) {
    wrong(`its file is compared with one of ${d.before}, and two files were not fetched`);
    return;
  }
  const changed = attempt.fetched !== first.fetched;
  if (changed !== d.changed)
    wrong(`its file is called ${d.changed ? 'changed' : 'unchanged'}; the digests say the opposite`);
  if (!changed && (d.diff !== undefined || d.added > 0 || d.removed > 0))
    wrong('a difference is told of a file that did not change');
  if (d.diff !== undefined && !d.diff.file.startsWith('files/'))
    wrong(`a difference is kept under files/, not as ${d.diff.file}`);
}
