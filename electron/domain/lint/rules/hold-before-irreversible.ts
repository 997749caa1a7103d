/** Rule hold.before-irreversible. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { fieldsOf, hitIn, riskOf, stepsOf, textOf } from '../steps.ts';

export const holdBeforeIrreversible: RunbookRule = {
  id: 'hold.before-irreversible',
  scope: 'runbook',
  severity: 'error',
  title: 'An irreversible step needs a point of no return before it',
  why: 'Nobody was asked whether to go on while it was still possible to go back.',
  remedy: 'Put `hold: { kind: point-of-no-return, signers: [verifier] }` before it.',
  bad: `- id: backup
  title: Take a snapshot
  run: /opt/snap create
  expect: { exit: 0 }
  risk: read
  timeout: 1m
  planned: 5s
- id: migrate
  title: Migrate the data
  run: /opt/migrate
  expect: { exit: 0 }
  risk: irreversible
  rerun: safe
  timeout: 1m
  planned: 5s`,
  good: `- id: backup
  title: Take a snapshot
  run: /opt/snap create
  expect: { exit: 0 }
  risk: read
  timeout: 1m
  planned: 5s
- id: no-return
  title: Confirm target and command
  hold: { kind: point-of-no-return, signers: [verifier] }
  planned: 1m
- id: migrate
  title: Migrate the data
  run: /opt/migrate
  expect: { exit: 0 }
  risk: irreversible
  rerun: safe
  timeout: 1m
  planned: 5s`,
  badLine: 12,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  const steps = stepsOf(book);
  const hold = steps.findIndex(
    ({ fields }) => textOf(fieldsOf(fields['hold'])['kind']) === 'point-of-no-return',
  );
  return steps
    .filter((step, i) => riskOf(step) === 'irreversible' && (hold === -1 || i < hold))
    .map((step) =>
      hitIn(book, [...step.path, 'risk'], `No point of no return stands before step "${step.id}".`),
    );
}
