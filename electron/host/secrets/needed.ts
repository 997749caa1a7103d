/** Which secrets a run has had, by its plan and its records: their values must be known to search its files. Pure. */
import type { VarName } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import type { JournalRecord } from '../../contract/records.ts';

export function neededSecrets(
  plan: Pick<Plan, 'secrets'>,
  records: readonly JournalRecord[],
): readonly VarName[] {
  const fed = records.flatMap((record) => (record.type === 'step.start' ? (record.d.fed ?? []) : []));
  return [...new Set([...(plan.secrets ?? []), ...fed])];
}
