/** What was kept back: output that the runbook withholds, secrets that were fed or masked. Said in the journal, and true. */
import type { JournalRecord, RecordOf } from '../../../contract/records.ts';
import { findStep, isWithheld } from '../../runbook/describe.ts';
import { type Context, placeOf, recordsOf } from '../context.ts';

type At<T extends JournalRecord['type']> = JournalRecord & RecordOf<T>;

export function checkKept(context: Context): void {
  const { plan, runbook, reading, digests, report } = context;
  const withheld = new Set<string>();
  for (const record of recordsOf(reading.records, 'step.start')) {
    const { d } = record;
    for (const name of d.fed ?? []) {
      if (plan.secrets?.includes(name) === true) continue;
      report.add('fed.unknown', placeOf(record), `${d.step} was fed ${name}, which the plan does not name`);
    }
    if (d.withheld === true) {
      withheld.add(`${d.step} ${String(d.attempt)}`);
      checkWithheld(context, record);
    }
    const step = runbook === null ? undefined : findStep(runbook, d.step)?.step;
    if (step === undefined || d.purpose === 'probe') continue;
    const asked = isWithheld(step);
    if (asked === (d.withheld === true)) continue;
    const message = asked
      ? 'is not said to be withheld, the runbook demands it'
      : 'is withheld, the runbook keeps it';
    report.add('withheld.unmarked', placeOf(record), `the output of ${d.step} ${message}`);
  }
  for (const record of recordsOf(reading.records, 'step.end')) {
    const { step, attempt, stdout, stderr } = record.d;
    if (!withheld.has(`${step} ${String(attempt)}`)) continue;
    for (const ref of [stdout, stderr]) {
      if (ref !== undefined) report.add('withheld.output', ref.file, `${step} withholds its output`);
    }
  }
  for (const record of recordsOf(reading.records, 'redaction')) {
    if (digests.has(record.d.file)) continue;
    report.add('redaction.file', placeOf(record), `${record.d.file} is not in the bundle`);
  }
}

/** The recording of a withheld attempt holds its marks and nothing that came back. */
function checkWithheld({ outputs, digests, report }: Context, { d }: At<'step.start'>): void {
  if ((outputs.get(d.recording) ?? 0) > 0)
    report.add(
      'withheld.output',
      d.recording,
      `${d.step} withholds its output, and its recording holds some`,
    );
  const base = d.output.replace(/\.(?:out|err)$/, '');
  for (const path of [`${base}.out`, `${base}.err`]) {
    if (digests.has(path)) report.add('withheld.output', path, `${d.step} withholds its output`);
  }
}
