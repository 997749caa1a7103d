/** Rule expect.missing. */
import type { ReaderRule } from '../rule.ts';

export const expectMissing: ReaderRule = {
  id: 'expect.missing',
  scope: 'reader',
  severity: 'error',
  title: 'A step says what must be seen',
  why: 'Nothing that is not looked at can be said to hold.',
  remedy: 'Add `expect:`, at least `{ exit: 0 }`, better something of the output.',
  bad: `- id: check
  title: Check the name of the host
  run: hostname -f
  risk: read
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
