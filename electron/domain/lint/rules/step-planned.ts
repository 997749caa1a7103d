/** Rule step.planned. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { hitIn, stepsOf } from '../steps.ts';

export const stepPlanned: RunbookRule = {
  id: 'step.planned',
  scope: 'runbook',
  severity: 'warning',
  title: 'Steps need a planned time',
  why: 'Without it nobody can tell whether the change fits into its window, or when the rollback must begin at the latest.',
  remedy: 'Add `planned:`, as measured in the last run or rehearsal.',
  bad: `- id: check
  title: Check the name of the host
  run: hostname -f
  mode: exec
  expect: { stdout: { equals: db1 } }
  risk: read
  timeout: 30s`,
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

const KINDS = ['run', 'observe', 'transfer', 'attest', 'decide', 'hold'];

function check(book: RunbookUnderLint): readonly Hit[] {
  return stepsOf(book)
    .filter(({ fields }) => !('planned' in fields) && KINDS.some((kind) => kind in fields))
    .map((step) => hitIn(book, step.path, `Step "${step.id}" has no planned time.`));
}
