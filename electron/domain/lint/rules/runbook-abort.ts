/** Rule runbook.abort. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { bookOf, hitIn, isChange, listOf, stepsOf } from '../steps.ts';

export const runbookAbort: RunbookRule = {
  id: 'runbook.abort',
  scope: 'runbook',
  severity: 'warning',
  title: 'A change needs reasons to stop',
  why: 'Without a list, work goes on until somebody dares to say stop.',
  remedy: 'Add `abort:` with what is seen when it must not go on.',
  bad: `abort: []
phases:
  - id: work
    title: Work
    budget: 5m
    steps:
      - id: restart
        title: Restart the backend
        run: systemctl restart mazevault-backend
        expect: { exit: 0 }
        risk: reversible
        rerun: safe
        timeout: 1m
        planned: 5s`,
  good: `abort: [The backend does not come back within a minute]
phases:
  - id: work
    title: Work
    budget: 5m
    steps:
      - id: restart
        title: Restart the backend
        run: systemctl restart mazevault-backend
        expect: { exit: 0 }
        risk: reversible
        rerun: safe
        timeout: 1m
        planned: 5s`,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  const changes = stepsOf(book).some(isChange);
  if (!changes || listOf(bookOf(book)['abort']).length > 0) return [];
  return [hitIn(book, ['abort'], 'Nothing says when to stop.')];
}
