/** Rule runbook.rollback-missing. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { bookOf, hitIn, riskOf, stepsOf, textOf } from '../steps.ts';

export const runbookRollbackMissing: RunbookRule = {
  id: 'runbook.rollback-missing',
  scope: 'runbook',
  severity: 'error',
  title: 'A change needs a way back',
  why: 'When it fails, the way back is made up at 02:00.',
  remedy:
    'Name the runbook that goes back (`rollback:`), or give the steps that change something a `rollback:` of their own.',
  bad: `kind: upgrade
rollback:
phases:
  - id: work
    title: Work
    budget: 5m
    steps:
      - id: restart
        title: Restart the backend
        run: systemctl restart mazevault-backend
        expect: { exit: 0 }
        risk: disruptive
        rerun: safe
        timeout: 1m
        planned: 5s`,
  good: `kind: upgrade
rollback: roll-back
phases:
  - id: work
    title: Work
    budget: 5m
    steps:
      - id: restart
        title: Restart the backend
        run: systemctl restart mazevault-backend
        expect: { exit: 0 }
        risk: disruptive
        rerun: safe
        timeout: 1m
        planned: 5s`,
  badLine: 12,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  const fields = bookOf(book);
  if ((fields['rollback'] ?? null) !== null || textOf(fields['kind']) === 'rollback') return [];
  const open = stepsOf(book).filter(
    (step) => ['disruptive', 'irreversible'].includes(riskOf(step)) && !('rollback' in step.fields),
  );
  return open
    .slice(0, 1)
    .map((step) =>
      hitIn(book, [...step.path, 'risk'], `Neither step "${step.id}" nor the runbook says how to go back.`),
    );
}
