/** Rule risk.missing. */
import type { ReaderRule } from '../rule.ts';

export const riskMissing: ReaderRule = {
  id: 'risk.missing',
  scope: 'reader',
  severity: 'error',
  title: 'A command states its risk',
  why: 'What must be confirmed, what may be repeated and where the point of no return lies all follow from it.',
  remedy: 'Add `risk:` read, reversible, disruptive or irreversible.',
  bad: `- id: check
  title: Check the name of the host
  run: hostname -f
  expect: { exit: 0 }
  rerun: safe
  timeout: 30s
  planned: 5s`,
  good: `- id: check
  title: Check the name of the host
  run: hostname -f
  expect: { exit: 0 }
  risk: read
  timeout: 30s
  planned: 5s`,
};
