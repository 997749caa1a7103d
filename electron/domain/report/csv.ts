/**
 * The steps of a run as CSV (RFC 4180), one row an attempt. A cell that a spreadsheet would take for a formula begins
 * with an apostrophe; every other character stays what it is or becomes visible.
 */
import type { Report, ReportAttempt, ReportStep } from './model.ts';
import { visibleProse } from './safeText.ts';
import { kindWords, stateWords } from './words.ts';

const COLUMNS = [
  'run',
  'rehearsal',
  'runbook',
  'version',
  'operator',
  'ticket',
  'phase',
  'step',
  'step_id',
  'title',
  'kind',
  'risk',
  'state',
  'turn_at_utc',
  'settled_at_utc',
  'took_ms',
  'planned_ms',
  'attempt',
  'target',
  'started_at_utc',
  'attempt_ms',
  'end',
  'checks_held',
  'checks',
  'by',
  'reason',
  'captures',
  'command_file',
  'command_sha256',
  'recording',
  'journal_lines',
] as const;

type Row = Readonly<Record<(typeof COLUMNS)[number], string | number | undefined>>;

export function renderCsv(report: Report): string {
  const rows = report.phases.flatMap((phase) =>
    phase.steps.flatMap((step) => {
      const attempts: readonly (ReportAttempt | undefined)[] =
        step.attempts.length === 0 ? [undefined] : step.attempts;
      return attempts.map((attempt) => rowOf(report, phase.title, step, attempt));
    }),
  );
  const lines = [
    COLUMNS.join(','),
    ...rows.map((row) => COLUMNS.map((column) => csvCell(row[column])).join(',')),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function rowOf({ head }: Report, phase: string, step: ReportStep, attempt: ReportAttempt | undefined): Row {
  const lines = [...step.proof, ...(attempt?.proof ?? [])].flatMap((proof) => proof.line ?? []);
  return {
    run: head.runId,
    rehearsal: head.rehearsal ? 'yes' : 'no',
    runbook: head.runbook.id,
    version: head.runbook.version,
    operator: head.operator.principal,
    ticket: head.ticket,
    phase,
    step: step.number,
    step_id: step.id,
    title: step.title,
    kind: kindWords[step.kind],
    risk: step.risk,
    state: stateWords[step.state],
    turn_at_utc: step.turnAt,
    settled_at_utc: step.settledAt,
    took_ms: step.tookMs,
    planned_ms: step.plannedMs,
    attempt: attempt?.n,
    target: attempt?.target ?? step.on,
    started_at_utc: attempt?.startedAt,
    attempt_ms: attempt?.ms,
    end: attempt?.end,
    checks_held: attempt?.checks.filter((check) => check.ok).length,
    checks: attempt?.checks.length,
    by: step.by ?? step.signers.map((person) => person.name).join('; '),
    reason: step.reason,
    captures: step.captures.map((one) => `${one.name}=${one.value}`).join('\n'),
    command_file: attempt?.command.file,
    command_sha256: attempt?.command.sha256,
    recording: attempt?.recording,
    journal_lines: [...new Set(lines)].sort((a, b) => a - b).join(' '),
  };
}

/** One cell. Numbers of ours stay numbers; a text that begins like a formula, also after spaces, does not. */
export function csvCell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const raw = visibleProse(value);
  const formula = /^[\s\u00a0\u3000]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]/.test(raw) || /^[\t\r\n]/.test(value);
  const text = formula ? `'${raw}` : raw;
  return /[",\r\n\t';]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
