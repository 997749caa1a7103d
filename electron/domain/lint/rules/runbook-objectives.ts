/** Rule runbook.objectives. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { bookOf, fieldsOf, hitIn, textOf } from '../steps.ts';

export const runbookObjectives: RunbookRule = {
  id: 'runbook.objectives',
  scope: 'runbook',
  severity: 'error',
  title: 'A drill needs times to keep',
  why: 'Without limits a drill cannot fail, and so it proves nothing.',
  remedy: 'Add `objectives: { rto: 15m, rpo: 5m }`.',
  bad: 'kind: disaster-recovery',
  good: `kind: disaster-recovery
objectives: { rto: 15m, rpo: 5m }`,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  const fields = bookOf(book);
  const objectives = fieldsOf(fields['objectives']);
  if (textOf(fields['kind']) !== 'disaster-recovery' || ('rto' in objectives && 'rpo' in objectives))
    return [];
  return [hitIn(book, ['kind'], 'A runbook for disaster recovery states its RTO and RPO.')];
}
