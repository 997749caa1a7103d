/** Rule rerun.never-without-probe. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { hitIn, isChange, stepsOf } from '../steps.ts';

export const rerunNeverWithoutProbe: RunbookRule = {
  id: 'rerun.never-without-probe',
  scope: 'runbook',
  severity: 'warning',
  title: 'A step that must not be repeated needs a probe',
  why: 'When contact is lost its outcome is unknown, and nothing can tell. A person must then guess whether to send it again.',
  remedy: 'Add `probe:` with a read-only command that shows whether it happened.',
  bad: `- id: scale
  title: Scale the workers up
  run: kubectl scale deployment workers -n mazevault --replicas=3
  expect: { stdout: { matches: scaled$ } }
  risk: reversible
  timeout: 1m
  planned: 5s`,
  good: `- id: scale
  title: Scale the workers up
  run: kubectl scale deployment workers -n mazevault --replicas=3
  expect: { stdout: { matches: scaled$ } }
  risk: reversible
  rerun: check-first
  probe:
    run: kubectl get deployment workers -n mazevault -o 'jsonpath={.spec.replicas}'
    expect: { stdout: { equals: 3 } }
  timeout: 1m
  planned: 5s`,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  return stepsOf(book)
    .filter(
      (step) => isChange(step) && !('probe' in step.fields) && (step.fields['rerun'] ?? 'never') === 'never',
    )
    .map((step) => {
      const at = 'rerun' in step.fields ? [...step.path, 'rerun'] : step.path;
      return hitIn(book, at, `Nothing can tell whether step "${step.id}" happened.`);
    });
}
