/**
 * The runs of a ledger as a table: what an auditor takes samples from. One line a run, in the order they were opened;
 * runs that were hidden or never closed stand in it as such. Safe to open in a spreadsheet.
 */
import type { RunId } from '../../contract/ids.ts';
import type { LedgerReading, LedgerRecord } from './ledger.ts';

const HEADER = [
  'entry',
  'opened (UTC)',
  'run',
  'runbook',
  'rehearsal',
  'state',
  'closed (UTC)',
  'result',
  'plan sha256',
  'manifest sha256',
  'reason',
] as const;

type RecordOf<T extends LedgerRecord['type']> = Extract<LedgerRecord, { type: T }>;

/** RFC 4180, CRLF, with a header line. */
export function populationCsv(reading: LedgerReading): string {
  const closings = new Map<RunId, RecordOf<'seal' | 'abandon'>>();
  for (const record of reading.records) {
    if (record.type !== 'open' && !closings.has(record.d.runId)) closings.set(record.d.runId, record);
  }
  const opened = new Set<RunId>();
  const rows: (readonly string[])[] = [];
  for (const record of reading.records) {
    if (opened.has(record.d.runId)) continue;
    opened.add(record.d.runId);
    const open = record.type === 'open' ? record : undefined;
    rows.push(row(record.d.runId, open, closings.get(record.d.runId)));
  }
  return [HEADER, ...rows].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

function row(
  runId: RunId,
  open: RecordOf<'open'> | undefined,
  closing: RecordOf<'seal' | 'abandon'> | undefined,
): readonly string[] {
  const state = { seal: 'sealed', abandon: 'given up' } as const;
  return [
    open === undefined ? '' : String(open.seq),
    open?.t ?? 'never',
    runId,
    open?.d.runbook ?? '',
    open?.d.rehearsal === undefined ? '' : open.d.rehearsal ? 'yes' : 'no',
    closing === undefined ? 'not closed' : state[closing.type],
    closing?.t ?? '',
    closing?.type === 'seal' ? closing.d.result : '',
    open?.d.planSha256 ?? '',
    closing?.type === 'seal' ? closing.d.manifestSha256 : '',
    closing?.type === 'abandon' ? closing.d.reason : '',
  ];
}

/**
 * A cell of a CSV file. What a spreadsheet would take for a formula (`=`, `+`, `-`, `@`, tab or carriage return first)
 * gets a quote mark in front, so that it stays text.
 */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
