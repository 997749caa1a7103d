/**
 * Reads a ledger strictly: every run a desk ever opened, in one chain, and what is not right about it. It reports
 * everything it finds and keeps what is sound; it never takes a run off the list.
 */
import { z } from 'zod';
import { type Instant, RunbookId, RunId, Sha256 } from '../../contract/ids.ts';
import type { LedgerEntryView, LedgerView } from '../../contract/people.ts';
import { Prose } from '../../contract/plan.ts';
import { runResults } from '../../contract/records.ts';
import { type ChainPosition, checkLine, type HashText, START } from './chain.ts';
import { openEnvelope } from './envelope.ts';
import { parseCanonical } from './jcs.ts';

/** What a line of the ledger says, without its place in the chain. */
export const LedgerEntry = z.discriminatedUnion('type', [
  /** A run begins. On disk before its first command. */
  z.strictObject({
    type: z.literal('open'),
    d: z.strictObject({
      runId: RunId,
      planSha256: Sha256,
      /** Absent in ledgers that were begun before these were written. */
      runbook: RunbookId.exactOptional(),
      rehearsal: z.boolean().exactOptional(),
    }),
  }),
  /** It has ended, and its evidence is signed by the device. */
  z.strictObject({
    type: z.literal('seal'),
    d: z.strictObject({ runId: RunId, manifestSha256: Sha256, result: z.enum(runResults) }),
  }),
  /** Nothing is left that could be sealed: it never began, or its folder cannot be read any more. */
  z.strictObject({ type: z.literal('abandon'), d: z.strictObject({ runId: RunId, reason: Prose }) }),
]);
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** An entry as it stands in the ledger. `line` counts from 1. */
export type LedgerRecord = LedgerEntry & { readonly seq: number; readonly t: Instant; readonly line: number };

export type LedgerFindingId =
  | 'ledger.chain'
  | 'ledger.gap'
  | 'ledger.line'
  | 'ledger.schema'
  | 'ledger.opened-twice'
  | 'ledger.closed-twice'
  | 'ledger.not-opened'
  | 'ledger.unsealed';

export interface LedgerFinding {
  readonly id: LedgerFindingId;
  /** `ledger.jsonl:<line>`, lines counted from 1. */
  readonly place: string;
  readonly message: string;
}

export interface LedgerReading {
  readonly records: readonly LedgerRecord[];
  /** Number of lines and SHA-256 of the last one, whatever they hold. */
  readonly count: number;
  readonly head: Sha256;
  readonly findings: readonly LedgerFinding[];
}

/** Far above what the schema lets through. */
const MAX_LINE_CHARS = 64 * 1024;

/** Reads the text of ledger.jsonl. A line with a problem is reported; what it says counts if it can be read. */
export function readLedger(text: string, hash: HashText): LedgerReading {
  const records: LedgerRecord[] = [];
  const findings: LedgerFinding[] = [];
  let at: ChainPosition = START;
  let count = 0;
  for (const line of text.split(/(?<=\n)/)) {
    if (line === '') continue;
    count += 1;
    const report = (id: LedgerFindingId, message: string) =>
      findings.push({ id, place: placeOf(count), message });
    const linked = checkLine(at, line, hash);
    const read = readLine(line);
    if (!linked.ok) reportBreak(at, line, linked.error, report);
    at = linked.ok ? linked.value : { seq: (read.seq ?? at.seq) + 1, head: hash(line) };
    if (read.problem !== undefined) report(read.problem.id, read.problem.message);
    if (read.record !== undefined) records.push({ ...read.record, line: count });
  }
  return { records, count, head: at.head, findings: [...findings, ...storyFindings(records)] };
}

/** A missing number is told apart from a line that was changed: the first hides runs, the second shows itself. */
function reportBreak(
  at: ChainPosition,
  line: string,
  why: string,
  report: (id: LedgerFindingId, message: string) => void,
): void {
  const seq = Number(/^\{"_prev":"[0-9a-f]{64}","_seq":(\d{1,9}),/.exec(line)?.[1] ?? Number.NaN);
  if (!line.endsWith('\n')) report('ledger.line', why);
  else if (Number.isNaN(seq) || seq === at.seq) report('ledger.chain', `${why}: it was changed, or put here`);
  else if (seq > at.seq) {
    report('ledger.gap', `entries ${String(at.seq)} to ${String(seq - 1)} are missing before this one`);
  } else report('ledger.chain', `entry ${String(seq)} stands where entry ${String(at.seq)} belongs`);
}

interface LineReading {
  readonly seq?: number;
  readonly record?: LedgerEntry & { readonly seq: number; readonly t: Instant };
  readonly problem?: { readonly id: 'ledger.line' | 'ledger.schema'; readonly message: string };
}

function readLine(line: string): LineReading {
  const wrong = (id: 'ledger.line' | 'ledger.schema', message: string): LineReading => ({
    problem: { id, message },
  });
  if (line.length > MAX_LINE_CHARS) return wrong('ledger.line', 'the line is too long');
  const json = parseCanonical(line.endsWith('\n') ? line.slice(0, -1) : line);
  if (!json.ok) return wrong('ledger.line', json.error);
  const opened = openEnvelope(json.value);
  if (opened === null) return wrong('ledger.schema', 'a chain field or time is missing or wrong');
  const { _seq, t } = opened.envelope;
  const entry = LedgerEntry.safeParse(opened.body);
  if (entry.success) return { seq: _seq, record: { ...entry.data, seq: _seq, t } };
  return { seq: _seq, ...wrong('ledger.schema', 'it is no entry that this version knows') };
}

/** What the entries say together: each run opened once and closed once. */
function storyFindings(records: readonly LedgerRecord[]): readonly LedgerFinding[] {
  const findings: LedgerFinding[] = [];
  const opened = new Map<RunId, number>();
  const closed = new Map<RunId, number>();
  for (const { type, d, line } of records) {
    const report = (id: LedgerFindingId, message: string) =>
      findings.push({ id, place: placeOf(line), message });
    const before = (type === 'open' ? opened : closed).get(d.runId);
    if (type === 'open') {
      if (before !== undefined)
        report('ledger.opened-twice', `run ${d.runId} was opened before, in line ${String(before)}`);
      else opened.set(d.runId, line);
      continue;
    }
    if (!opened.has(d.runId)) report('ledger.not-opened', `run ${d.runId} was closed and not opened before`);
    if (before !== undefined)
      report('ledger.closed-twice', `run ${d.runId} was closed before, in line ${String(before)}`);
    else closed.set(d.runId, line);
  }
  for (const [runId, line] of opened) {
    if (closed.has(runId)) continue;
    const message = `run ${runId} was opened and is neither sealed nor given up: it is open, or was interrupted`;
    findings.push({ id: 'ledger.unsealed', place: placeOf(line), message });
  }
  return findings;
}

function placeOf(line: number): string {
  return `ledger.jsonl:${String(line)}`;
}

/** A ledger as it is shown. */
export function viewLedger(reading: LedgerReading): LedgerView {
  return {
    head: reading.head,
    entries: reading.records.map(entryView),
    findings: reading.findings,
  };
}

function entryView(record: LedgerRecord): LedgerEntryView {
  const { seq, t, type, d } = record;
  const common = { seq, t, type, runId: d.runId };
  switch (type) {
    case 'open':
      return {
        ...common,
        ...(d.runbook === undefined ? {} : { runbook: d.runbook }),
        ...(d.rehearsal === undefined ? {} : { rehearsal: d.rehearsal }),
      };
    case 'seal':
      return { ...common, result: d.result, manifestSha256: d.manifestSha256 };
    case 'abandon':
      return { ...common, reason: d.reason };
  }
}
