/**
 * What happens to the steps of a run, record by record: beginnings and ends that pair up, attempts that count up, nothing
 * sent twice without a decision, nothing passed that its checks do not carry.
 */
import type { JournalRecord, RecordOf } from '../../contract/records.ts';
import { assertNever } from '../../contract/result.ts';
import { type AttemptSeen, freshStep, type Outcome, type StepSeen, whyNotPassed } from './attemptStory.ts';
import { checkBeside, checkDiff, checkMeasured, checkTransfer, WaitStory } from './besideStory.ts';
import { checkGroup, checkGroupResult, checkMember, type Groups, type ReportRecord } from './groupStory.ts';

export type { ReportRecord } from './groupStory.ts';

/** Follows each step through the records; see() takes them in the order of the journal. */
export class StepStory {
  readonly #report: ReportRecord;
  readonly #groups: Groups;
  readonly #steps = new Map<string, StepSeen>();
  /** Hosts without a POSIX shell. */
  readonly #observed = new Set<string>();
  /** Commands under way, with their steps. On a group there may be several, of one step. */
  readonly #open = new Map<AttemptSeen, string>();
  readonly #waits: WaitStory;
  /** Commands started so far. */
  #starts = 0;
  #turnsFailed = false;

  constructor(report: ReportRecord, groups: Groups = {}) {
    this.#report = report;
    this.#groups = groups;
    this.#waits = new WaitStory(report);
  }

  get outcomes(): ReadonlyMap<string, Outcome | undefined> {
    return new Map([...this.#steps].map(([id, step]) => [id, step.outcome]));
  }

  /** Whether a host was sent more than one command for a step. */
  get repeated(): boolean {
    return [...this.#steps.values()].some((step) => {
      const attempts = step.attempts.filter(
        ({ purpose }) => purpose !== 'dry-run' && purpose !== 'custodian',
      );
      return new Set(attempts.map((attempt) => attempt.target)).size < attempts.length;
    });
  }

  /** Whether a custodian's turn did not pass. */
  get turnsFailed(): boolean {
    return this.#turnsFailed;
  }

  get open(): string | null {
    return [...this.#open.values()][0] ?? null;
  }

  see(record: JournalRecord): void {
    switch (record.type) {
      case 'host.connect':
        if (record.d.shell === 'none') this.#observed.add(record.d.target);
        else this.#observed.delete(record.d.target);
        return;
      case 'step.start':
        this.#start(record, record.d);
        return;
      case 'step.attach':
        this.#attach(record, record.d);
        return;
      case 'observe.try':
      case 'check':
      case 'step.signal':
      case 'file.transfer':
      case 'file.diff':
        this.#within(record, record);
        return;
      case 'dry-run.result':
      case 'custodian.turn':
        this.#beside(record, record);
        return;
      case 'wait.start':
        this.#waits.begin(record, record.d, this.#step(record.d.step));
        return;
      case 'wait.end':
        this.#settle(record, record.d.step, this.#waits.end(record, record.d.step));
        return;
      case 'clock.step':
        this.#waits.clock(record.d.byMs);
        return;
      case 'desk.gap':
        this.#waits.gap(record.d.ms);
        return;
      case 'notify':
        this.#settle(record, record.d.step, 'done');
        return;
      case 'measure':
        this.#settle(record, record.d.step, checkMeasured(record, record.d, this.#report));
        return;
      case 'step.end':
        this.#end(record, record.d);
        return;
      case 'target.result':
        this.#member(record, record.d);
        return;
      case 'step.result':
        this.#result(record, record.d);
        return;
      case 'attest':
        this.#settle(record, record.d.step, record.d.ok ? 'done' : 'failed');
        return;
      case 'hold.request':
        this.#reopen(record, record.d);
        return;
      case 'hold.pass':
        this.#settle(record, record.d.step, 'done');
        this.#step(record.d.step).heldAt = this.#starts;
        return;
      case 'decision':
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
        for (const attempt of this.#open.keys()) attempt.interrupted = true;
        this.#open.clear();
        return;
      case 'anchor.emit':
      case 'capture':
      case 'clock.sample':
      case 'deviation':
      case 'hold.sign':
      case 'host.identity':
      case 'host.key-replaced':
      case 'host.trust':
      case 'net.lost':
      case 'note':
      case 'recording.close':
      case 'redaction':
      case 'rollback.start':
      case 'run.continue':
      case 'run.end':
      case 'run.start':
      case 'run.stop':
      case 'shell.observed':
      case 'window.outside':
        return;
      default:
        assertNever(record);
    }
  }

  #step(id: string): StepSeen {
    const known = this.#steps.get(id);
    if (known !== undefined) return known;
    const fresh = freshStep();
    this.#steps.set(id, fresh);
    return fresh;
  }

  #start(record: JournalRecord, d: RecordOf<'step.start'>['d']): void {
    const step = this.#step(d.step);
    this.#starts += 1;
    this.#besides(record, d);
    checkGroup(record, d, step, this.#groups, this.#report);
    if (d.attempt !== step.attempts.length + 1) {
      this.#report(
        record,
        'step.attempt',
        `${d.step}: attempt ${String(d.attempt)} follows ${String(step.attempts.length)}`,
      );
    }
    if (d.purpose === 'run') this.#sending(record, d, step);
    if (step.outcome === 'done' || step.outcome === 'skipped' || step.outcome === 'overridden') {
      this.#report(record, 'step.pairing', `${d.step} starts after it was ${step.outcome}`);
    }
    const attempt: AttemptSeen = {
      n: d.attempt,
      purpose: d.purpose,
      target: d.target,
      mode: d.mode,
      observed: this.#observed.has(d.target),
      checks: [],
      settled: false,
      interrupted: false,
    };
    if (step.outcome === 'failed' || step.outcome === 'unknown') delete step.outcome;
    step.attempts.push(attempt);
    step.latest = d.attempt;
    step.latestOn.set(d.target, d.attempt);
    if (d.group !== undefined) step.group = d.group;
    this.#open.set(attempt, d.step);
  }

  /** Only commands of one step on different members of one group run at once. */
  #besides(record: JournalRecord, d: RecordOf<'step.start'>['d']): void {
    for (const [other, step] of this.#open) {
      const together = step === d.step && d.group !== undefined && other.target !== d.target;
      if (!together) this.#report(record, 'step.pairing', `${d.step} starts while ${step} is running`);
    }
  }

  #sending(record: JournalRecord, d: RecordOf<'step.start'>['d'], step: StepSeen): void {
    const on = d.group === undefined ? '' : ` to ${d.target}`;
    if (step.sent.has(d.target) || step.outcome === 'failed' || step.outcome === 'unknown') {
      this.#report(record, 'step.sent-twice', `${d.step} is sent again${on} without anybody’s decision`);
    } else if (step.members.get(d.target)?.state === 'passed') {
      this.#report(record, 'step.sent-twice', `${d.step} is sent again${on}, where it has passed`);
    }
    step.sent.add(d.target);
  }

  /** Only a detached command that has not ended, whose outcome is not known, is taken up again. */
  #attach(record: JournalRecord, d: RecordOf<'step.attach'>['d']): void {
    const step = this.#step(d.step);
    const attempt = step.attempts.findLast((candidate) => candidate.n === d.attempt);
    const wrong = (message: string) => {
      this.#report(record, 'step.attach', `${d.step}: ${message}`);
    };
    if (attempt === undefined) {
      wrong(`there is no attempt ${String(d.attempt)} to take up again`);
      return;
    }
    if (attempt.mode !== 'detached') wrong('a command that was not detached is taken up again');
    if (attempt.end !== undefined) wrong('a command is taken up again after its end');
    const sent = step.attempts.findLast(
      (other) => other.target === attempt.target && other.purpose === 'run',
    );
    if (sent !== attempt) wrong('a command is taken up again that is not the last one sent');
    const unknown =
      step.group === undefined
        ? step.outcome === 'unknown'
        : (step.outcome ?? 'unknown') === 'unknown' && step.members.get(attempt.target)?.state === 'unknown';
    if (!unknown && !this.#open.has(attempt)) wrong('a command is taken up again whose outcome is settled');
    if (attempt.end !== undefined) return;
    delete step.outcome;
    attempt.settled = false;
    step.latest = attempt.n;
    step.latestOn.set(attempt.target, attempt.n);
    this.#open.set(attempt, d.step);
  }

  #within(
    record: JournalRecord,
    {
      type,
      d,
    }:
      | RecordOf<'observe.try'>
      | RecordOf<'check'>
      | RecordOf<'step.signal'>
      | RecordOf<'file.transfer'>
      | RecordOf<'file.diff'>,
  ): void {
    const step = this.#step(d.step);
    const attempt = step.attempts.findLast((candidate) => candidate.n === d.attempt);
    // A signal for a whole group names the last attempt, whose end may be on record; it keeps others from starting.
    const onGroup = step.group !== undefined || step.members.size > 0;
    if (type === 'step.signal' && onGroup && step.outcome === undefined) return;
    if (attempt === undefined || attempt.settled) {
      this.#report(record, 'step.pairing', `${type} of ${d.step} belongs to no attempt under way`);
      return;
    }
    if (type === 'check')
      attempt.checks.push({ name: d.name, expected: d.expected, actual: d.actual, ok: d.ok });
    if (type === 'file.transfer') checkTransfer(record, d, attempt, this.#report);
    if (type === 'file.diff') checkDiff(record, d, attempt, this.#steps.get(d.before), this.#report);
  }

  #beside(record: JournalRecord, what: RecordOf<'dry-run.result'> | RecordOf<'custodian.turn'>): void {
    const attempt = checkBeside(record, what, this.#step(what.d.step), this.#report);
    if (attempt !== null) this.#open.delete(attempt);
    if (what.type === 'custodian.turn' && what.d.state !== 'passed') this.#turnsFailed = true;
  }

  #end(record: JournalRecord, d: RecordOf<'step.end'>['d']): void {
    const attempt = this.#step(d.step).attempts.findLast((candidate) => candidate.n === d.attempt);
    if (attempt === undefined || !this.#open.has(attempt)) {
      this.#report(record, 'step.pairing', `step.end of ${d.step} without its step.start`);
      return;
    }
    attempt.end = d.end;
    this.#open.delete(attempt);
  }

  #member(record: JournalRecord, d: RecordOf<'target.result'>['d']): void {
    const step = this.#step(d.step);
    checkMember(record, d, step, this.#groups, this.#report);
    for (const attempt of step.attempts) {
      if (attempt.settled) this.#open.delete(attempt);
    }
    if (step.outcome !== undefined && step.outcome !== 'unknown') {
      this.#report(record, 'target.result', `${d.step}: a result of ${d.target} after the step’s own`);
    }
  }

  #result(record: JournalRecord, d: RecordOf<'step.result'>['d']): void {
    const step = this.#step(d.step);
    if (step.group !== undefined || step.members.size > 0 || d.via === 'targets') {
      checkGroupResult(record, d, step, this.#groups, this.#report);
      for (const attempt of step.attempts) {
        if (!this.#open.delete(attempt)) continue;
        this.#report(record, 'step.pairing', `step.result of ${d.step} while it runs on ${attempt.target}`);
      }
    } else this.#ofOneHost(record, d, step);
    step.outcome = d.state === 'passed' ? 'done' : d.state;
  }

  #ofOneHost(record: JournalRecord, d: RecordOf<'step.result'>['d'], step: StepSeen): void {
    const attempt = step.attempts.findLast((candidate) => candidate.n === d.attempt);
    if (attempt === undefined || step.latest !== d.attempt) {
      this.#report(record, 'step.pairing', `step.result of ${d.step} for an attempt that is not its last`);
    } else if (d.via === 'person' || d.via === 'recovered') {
      if (d.state === 'passed') {
        this.#report(record, 'step.unproven', `${d.step} is passed by word alone (${d.via})`);
      }
    } else if (attempt.settled || (attempt.end === undefined && !goesOn(d, attempt))) {
      this.#report(record, 'step.pairing', `step.result of ${d.step} without its step.end`);
    }
    if (d.via === 'observed' && d.state !== 'unknown') {
      this.#report(record, 'step.observed', `${d.step} is ${d.state} by what was only observed`);
    }
    if (d.state === 'passed') this.#passed(record, d, attempt);
    if (attempt === undefined) return;
    attempt.settled = true;
    this.#open.delete(attempt);
  }

  #passed(record: JournalRecord, d: RecordOf<'step.result'>['d'], attempt: AttemptSeen | undefined): void {
    for (const message of whyNotPassed(d.via, attempt)) {
      this.#report(record, 'step.unproven', `${d.step} is called passed, but ${message}`);
    }
    if (attempt?.observed === true) {
      this.#report(
        record,
        'step.observed',
        `${d.step} is called passed, but ${attempt.target} cannot prove how its commands end`,
      );
    }
  }

  #settle(record: JournalRecord, id: string, outcome: Outcome): void {
    const step = this.#step(id);
    if ([...this.#open.values()].includes(id))
      this.#report(record, 'step.pairing', `${record.type} of ${id} while it is running`);
    if (step.outcome === 'done')
      this.#report(record, 'step.pairing', `${record.type} of ${id} after it was done`);
    step.outcome = outcome;
    if (outcome !== 'failed') this.#waits.settled(id);
  }

  /** A hold that was passed is signed anew until something was sent on the strength of it, or once that has expired. */
  #reopen(record: JournalRecord, { step: id, expiresAt }: RecordOf<'hold.request'>['d']): void {
    const step = this.#step(id);
    const expired = step.goodUntil !== undefined && Date.parse(record.t) > Date.parse(step.goodUntil);
    step.goodUntil = expiresAt;
    if (step.outcome !== 'done') return;
    if (step.heldAt !== this.#starts && !expired)
      this.#report(
        record,
        'step.pairing',
        `signatures of ${id} are asked for again after something was sent`,
      );
    delete step.outcome;
  }

  #decide(record: JournalRecord, id: string, type: 'step.override' | 'step.retry'): void {
    const step = this.#step(id);
    if (step.outcome !== 'failed' && step.outcome !== 'unknown') {
      this.#report(record, 'step.pairing', `${type} of ${id}, which neither failed nor is unknown`);
    }
    if (type === 'step.retry') {
      step.sent.clear();
      delete step.outcome;
    } else step.outcome = 'overridden';
  }
}

/** Contact with a detached command was lost: it has no end yet. */
function goesOn(d: RecordOf<'step.result'>['d'], attempt: AttemptSeen): boolean {
  return d.via === 'contact-lost' && d.state === 'unknown' && attempt.mode === 'detached';
}
