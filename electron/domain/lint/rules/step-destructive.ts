/** Rule step.destructive. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { stepCommands } from '../runbookCommands.ts';
import { changesOf } from '../shell/changes.ts';
import { hitAt } from '../shell/invocations.ts';
import { phasesOf } from '../steps.ts';

export const stepDestructive: RunbookRule = {
  id: 'step.destructive',
  scope: 'runbook',
  severity: 'error',
  title: 'What destroys something needs a stop before it',
  why: 'One key, and it is gone. Nobody looked at the target a second time, and there is no way back.',
  remedy: 'Add `confirm:` with the name of the target, a hold before it, or a `rollback:`.',
  bad: `- id: clean
  title: Remove the old files
  run: rm -rf /srv/mazevault/old
  expect: { exit: 0 }
  risk: reversible
  rerun: safe
  timeout: 1m
  planned: 5s`,
  good: `- id: clean
  title: Remove the old files
  run: rm -rf /srv/mazevault/old
  expect: { exit: 0 }
  risk: reversible
  rerun: safe
  confirm: { type: db1 old }
  timeout: 1m
  planned: 5s`,
  badLine: 3,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  return phasesOf(book).flatMap(({ steps }) =>
    steps.flatMap((step, i) => {
      const guarded =
        'confirm' in step.fields ||
        'rollback' in step.fields ||
        steps.slice(0, i).some(({ fields }) => 'hold' in fields);
      if (guarded) return [];
      return stepCommands(book, step)
        .filter(({ role }) => role === 'run')
        .flatMap((command) =>
          changesOf(command)
            .filter(({ destructive }) => destructive)
            .map((change) =>
              hitAt(
                command,
                change.call,
                `${change.name} stands here without a confirmation, a hold or a rollback.`,
              ),
            ),
        );
    }),
  );
}
