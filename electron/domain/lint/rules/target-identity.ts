/** Rule target.identity. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { bookOf, fieldsOf, hitIn, isChange, listOf, stepsOf, textOf } from '../steps.ts';

export const targetIdentity: RunbookRule = {
  id: 'target.identity',
  scope: 'runbook',
  severity: 'error',
  title: 'A target that is changed must prove what it is',
  why: 'A name in a list does not say which system answers. The change then runs on the wrong one.',
  remedy: 'Add `identity:` with a read-only command and what it must print, from the inventory.',
  bad: `targets:
  ops: { title: Host with systemctl }
phases:
  - id: work
    title: Work
    budget: 5m
    steps:
      - id: restart
        title: Restart the backend
        on: ops
        run: systemctl restart mazevault-backend
        expect: { exit: 0 }
        risk: reversible
        rerun: safe
        timeout: 1m
        planned: 5s`,
  good: `targets:
  ops: { title: Host with systemctl, identity: [{ run: hostname -f, equals: db1 }] }
phases:
  - id: work
    title: Work
    budget: 5m
    steps:
      - id: restart
        title: Restart the backend
        on: ops
        run: systemctl restart mazevault-backend
        expect: { exit: 0 }
        risk: reversible
        rerun: safe
        timeout: 1m
        planned: 5s`,
  badLine: 2,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  const targets = Object.entries(fieldsOf(bookOf(book)['targets']));
  const [only] = targets.length === 1 ? targets : [];
  const changed = new Set(
    stepsOf(book)
      .filter(isChange)
      .map(({ fields }) => textOf(fields['on']) ?? only?.[0]),
  );
  return targets
    .filter(([name, target]) => changed.has(name) && listOf(fieldsOf(target)['identity']).length === 0)
    .map(([name]) =>
      hitIn(book, ['targets', name], `"${name}" is changed, and nothing proves that it is the right one.`, {
        key: true,
      }),
    );
}
