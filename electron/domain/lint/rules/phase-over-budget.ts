/** Rule phase.over-budget. */
import { formatDuration } from '../../runbook/duration.ts';
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { hitIn, millisecondsOf, phasesOf } from '../steps.ts';

export const phaseOverBudget: RunbookRule = {
  id: 'phase.over-budget',
  scope: 'runbook',
  severity: 'error',
  title: 'A phase must fit into its budget',
  why: 'The planned times of its steps already take longer than the phase may.',
  remedy: 'Give the phase more, or plan less in it.',
  bad: `phases:
  - id: look
    title: Look
    budget: 1m
    steps:
      - id: check
        title: Check the name of the host
        run: hostname -f
        mode: exec
        expect: { stdout: { equals: db1 } }
        risk: read
        timeout: 5m
        planned: 3m`,
  good: `phases:
  - id: look
    title: Look
    budget: 4m
    steps:
      - id: check
        title: Check the name of the host
        run: hostname -f
        mode: exec
        expect: { stdout: { equals: db1 } }
        risk: read
        timeout: 5m
        planned: 3m`,
  badLine: 4,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  return phasesOf(book).flatMap(({ path, fields, steps }) => {
    const budget = millisecondsOf(fields['budget']);
    const planned = steps.reduce((sum, step) => sum + (millisecondsOf(step.fields['planned']) ?? 0), 0);
    if (budget === undefined || planned <= budget) return [];
    const message = `The steps are planned to take ${formatDuration(planned)}, and the phase may take ${formatDuration(budget)}.`;
    return [hitIn(book, [...path, 'budget'], message)];
  });
}
