/** Nothing is started outside the window that the plan was approved with, and the plan asks for all the runbook demands. */
import type { JournalRecord, RecordOf } from '../../../contract/records.ts';
import { PLAN } from '../../evidence/names.ts';
import { covers, effectivePolicy } from '../../run/policy.ts';
import { windowAt } from '../../run/window.ts';
import { type Context, placeOf } from '../context.ts';

const EDGE_MS = 5_000;

export function checkWindow({ plan, start, reading, report }: Context): void {
  const { window } = plan;
  const outside = (t: string) => ['before', 'over'].includes(windowAt(plan, new Date(t)));
  const said = window === undefined ? 'there is none' : `the window is ${window.from} to ${window.to}`;
  if (outside(start.t))
    report.add('window.outside', placeOf(start), `the run started at ${start.t}; ${said}`);
  const due = new Set<JournalRecord & RecordOf<'window.outside'>>();
  /** The mark that speaks of the next start of each step. */
  const next = new Map<string, JournalRecord & RecordOf<'window.outside'>>();
  for (const record of reading.records) {
    if (record.type === 'window.outside') {
      due.add(record);
      next.set(record.d.step, record);
    }
    if (record.type !== 'step.start') continue;
    const { step } = record.d;
    const mark = next.get(step);
    next.delete(step);
    const fits = mark?.d.from === window?.from && mark?.d.to === window?.to;
    const isOutside = outside(record.t);
    if (mark !== undefined && fits && (isOutside || nearEdge(record.t, window))) due.delete(mark);
    if (!isOutside) continue;
    report.add('window.outside', placeOf(record), `${step} was started at ${record.t}; ${said}`);
    if (mark !== undefined || nearEdge(record.t, window)) continue;
    report.add('window.unrecorded', placeOf(record), `no record says that ${step} was started outside it`);
  }
  for (const mark of due)
    report.add(
      'window.unrecorded',
      placeOf(mark),
      `${mark.d.step} was not started outside a window from ${mark.d.from} to ${mark.d.to}`,
    );
}

/** Between the look at the clock and the record of the start lies the writing of it. */
function nearEdge(t: string, window: Context['plan']['window']): boolean {
  const edges = window === undefined ? [] : [window.from, window.to];
  return edges.some((edge) => Math.abs(Date.parse(t) - Date.parse(edge)) <= EDGE_MS);
}

export function checkPolicy({ plan, policy, runbook, report }: Context): void {
  if (policy.runbooks === 'signed' && plan.release === undefined && !plan.rehearsal)
    report.add('release.missing', PLAN, 'the runbook is from no signed package');
  if (runbook?.policy === undefined || plan.rehearsal) return;
  const demanded = effectivePolicy({}, runbook.policy, { rehearsal: false, inRehearsals: false });
  const { signatures } = plan.policy;
  if (covers(plan.policy, { ...demanded, signatures })) return;
  report.add('policy.weakened', PLAN, 'its policy asks for less than the policy of the runbook');
}
