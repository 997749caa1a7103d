/** Rule caution.after-action. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { hitIn, isChange, stepsOf, textOf } from '../steps.ts';

export const cautionAfterAction: RunbookRule = {
  id: 'caution.after-action',
  scope: 'runbook',
  severity: 'warning',
  title: 'A warning stands before the action',
  why: 'A note is read when the step is done. What must not be done is known too late.',
  remedy: 'Move it to `caution:`, which is shown before the command can be sent.',
  bad: `- id: restart
  title: Restart the backend
  run: systemctl restart mazevault-backend
  note: "Warning: users are logged out."
  expect: { exit: 0 }
  risk: reversible
  rerun: safe
  timeout: 1m
  planned: 5s`,
  good: `- id: restart
  title: Restart the backend
  caution: Users are logged out.
  run: systemctl restart mazevault-backend
  expect: { exit: 0 }
  risk: reversible
  rerun: safe
  timeout: 1m
  planned: 5s`,
  badLine: 4,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  return stepsOf(book)
    .filter(
      (step) =>
        isChange(step) &&
        /^\W*(?:warning|caution|danger|attention|important|beware|do not|don't|never|before you)\b/i.test(
          textOf(step.fields['note']) ?? '',
        ),
    )
    .map((step) =>
      hitIn(book, [...step.path, 'note'], `The warning of step "${step.id}" stands in its note.`),
    );
}
