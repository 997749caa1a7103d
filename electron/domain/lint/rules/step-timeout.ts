/** Rule step.timeout. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { hitIn, stepsOf } from '../steps.ts';

export const stepTimeout: RunbookRule = {
  id: 'step.timeout',
  scope: 'runbook',
  severity: 'warning',
  title: 'Commands need a limit of time',
  why: 'Without one the step gives up after five minutes, whether that is far too early or far too late.',
  remedy: 'Add `timeout:`, a little above the longest that was ever seen.',
  bad: `- id: check
  title: Check the name of the host
  run: hostname -f
  mode: exec
  expect: { stdout: { equals: db1 } }
  risk: read
  planned: 5s`,
  good: `- id: check
  title: Check the name of the host
  run: hostname -f
  mode: exec
  expect: { stdout: { equals: db1 } }
  risk: read
  timeout: 30s
  planned: 5s`,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  return stepsOf(book)
    .filter(({ fields }) => 'run' in fields && !('timeout' in fields))
    .map((step) => hitIn(book, step.path, `Step "${step.id}" does not say how long it may take.`));
}
