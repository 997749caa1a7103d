/** Rule rerun.probe-missing. */
import type { ReaderRule } from '../rule.ts';

export const rerunProbeMissing: ReaderRule = {
  id: 'rerun.probe-missing',
  scope: 'reader',
  severity: 'error',
  title: '`check-first` needs a probe',
  why: 'There is nothing to check with before it is sent again.',
  remedy: 'Add `probe:` with a read-only command and what it must show.',
  bad: `- id: restart
  title: Restart the backend
  run: systemctl restart mazevault-backend
  expect: { exit: 0 }
  risk: reversible
  rerun: check-first
  timeout: 1m
  planned: 5s`,
  good: `- id: restart
  title: Restart the backend
  run: systemctl restart mazevault-backend
  expect: { exit: 0 }
  risk: reversible
  rerun: check-first
  probe: { run: systemctl is-active mazevault-backend, expect: { stdout: { equals: active } } }
  timeout: 1m
  planned: 5s`,
  badLine: 6,
};
