/** Nothing is started outside the window that the plan was approved with, and the plan asks for all the runbook demands. */
import { PLAN } from '../../evidence/names.ts';
import { covers, effectivePolicy } from '../../run/policy.ts';
import { type Context, placeOf, recordsOf } from '../context.ts';

export function checkWindow({ plan, start, reading, report }: Context): void {
  const { window } = plan;
  // A rehearsal may be held at any time.
  if (window === undefined || plan.rehearsal) return;
  const outside = (t: string) =>
    Date.parse(t) < Date.parse(window.from) || Date.parse(t) > Date.parse(window.to);
  const said = `the window is ${window.from} to ${window.to}`;
  if (outside(start.t))
    report.add('window.outside', placeOf(start), `the run started at ${start.t}; ${said}`);
  for (const record of recordsOf(reading.records, 'step.start')) {
    if (!outside(record.t)) continue;
    report.add('window.outside', placeOf(record), `${record.d.step} was started at ${record.t}; ${said}`);
  }
}

export function checkPolicy({ plan, runbook, report }: Context): void {
  if (runbook?.policy === undefined || plan.rehearsal) return;
  const demanded = effectivePolicy({}, runbook.policy, { rehearsal: false, inRehearsals: false });
  const { signatures } = plan.policy;
  if (covers(plan.policy, { ...demanded, signatures })) return;
  report.add('policy.weakened', PLAN, 'its policy asks for less than the policy of the runbook');
}
