/** Rule step.two-actions. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { stepCommands } from '../runbookCommands.ts';
import { changesOf } from '../shell/changes.ts';
import { hitAt } from '../shell/invocations.ts';
import { stepsOf } from '../steps.ts';

export const stepTwoActions: RunbookRule = {
  id: 'step.two-actions',
  scope: 'runbook',
  severity: 'warning',
  title: 'One action in one step',
  why: 'When it fails nobody knows how far it came, and repeating it repeats the first action too.',
  remedy: 'Make two steps, each with what it must show.',
  bad: `- id: both
  title: Restart both services
  run: |
    systemctl restart mazevault-backend &&
      systemctl restart mazevault-ocsp
  expect: { exit: 0 }
  risk: reversible
  rerun: safe
  timeout: 1m
  planned: 5s`,
  good: `- id: one
  title: Restart the backend
  run: systemctl restart mazevault-backend
  expect: { exit: 0 }
  risk: reversible
  rerun: safe
  timeout: 1m
  planned: 5s`,
  badLine: 5,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  return stepsOf(book).flatMap((step) =>
    stepCommands(book, step)
      .filter(({ role }) => role === 'run')
      .flatMap((command) => {
        const [first, second] = changesOf(command).filter(
          (change, i, all) => all.findIndex(({ call }) => call.command === change.call.command) === i,
        );
        if (first === undefined || second === undefined) return [];
        return [hitAt(command, second.call, `${first.name} and ${second.name} in one step.`)];
      }),
  );
}
