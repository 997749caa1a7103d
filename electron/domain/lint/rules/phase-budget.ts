/** Rule phase.budget. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { hitIn, phasesOf, textOf } from '../steps.ts';

export const phaseBudget: RunbookRule = {
  id: 'phase.budget',
  scope: 'runbook',
  severity: 'warning',
  title: 'Phases need a budget',
  why: 'It is the first sign that a change runs late, while there is still time to go back.',
  remedy: 'Add `budget:`, at least the planned time of its steps.',
  bad: `phases:
  - id: look
    title: Look
    steps:
      - id: check
        title: Check the name of the host
        run: hostname -f
        mode: exec
        expect: { stdout: { equals: db1 } }
        risk: read
        timeout: 30s
        planned: 5s`,
  good: `phases:
  - id: look
    title: Look
    budget: 5m
    steps:
      - id: check
        title: Check the name of the host
        run: hostname -f
        mode: exec
        expect: { stdout: { equals: db1 } }
        risk: read
        timeout: 30s
        planned: 5s`,
  badLine: 2,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  return phasesOf(book)
    .filter(({ fields }) => !('budget' in fields))
    .map(({ path, fields }) => hitIn(book, path, `Phase "${textOf(fields['id']) ?? ''}" has no budget.`));
}
