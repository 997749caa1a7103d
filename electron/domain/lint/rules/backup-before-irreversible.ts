/** Rule backup.before-irreversible. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { type RawStep, hitIn, riskOf, stepsOf, textOf } from '../steps.ts';

export const backupBeforeIrreversible: RunbookRule = {
  id: 'backup.before-irreversible',
  scope: 'runbook',
  severity: 'error',
  title: 'An irreversible step needs a backup before it',
  why: 'There is no way back but a backup, and none is taken.',
  remedy: 'Take one and prove it in steps before it, or call the runbook that does.',
  bad: `- id: no-return
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
  badLine: 9,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  const steps = stepsOf(book);
  const backup = steps.findIndex((step) => speaksOfBackup(step));
  return steps
    .filter((step, i) => riskOf(step) === 'irreversible' && (backup === -1 || i <= backup))
    .slice(0, 1)
    .map((step) => hitIn(book, [...step.path, 'risk'], `No backup is taken before step "${step.id}".`));
}

/** By what it does, or by what it says that it does. */
function speaksOfBackup({ id, fields }: RawStep): boolean {
  const said = [
    id,
    textOf(fields['title']),
    textOf(fields['run']),
    JSON.stringify(fields['call'] ?? ''),
    JSON.stringify(fields['attest'] ?? ''),
  ].join('\n');
  return /back-?up|\bdump\b|pg_dump|snapshot|pg_basebackup|escrow|old (?:key|share|secret)s? (?:is|are) kept|keep the old/i.test(
    said,
  );
}
