/** Rule runbook.window. */
import { formatDuration } from '../../runbook/duration.ts';
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { bookOf, fieldsOf, hitIn, isChange, millisecondsOf, stepsOf, textOf } from '../steps.ts';

export const runbookWindow: RunbookRule = {
  id: 'runbook.window',
  scope: 'runbook',
  severity: 'error',
  title: 'The window must hold the change and its rollback',
  why: 'When all goes as planned and the last step fails, there is no time left to go back within the window.',
  remedy: 'Ask for a longer window, or split the change.',
  bad: `downtime: 5 minutes
objectives: { rollback: 15m }`,
  good: `downtime: 30 minutes
objectives: { rollback: 15m }`,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  const fields = bookOf(book);
  const stated = /^\D*(\d+)\s*(min(?:utes?)?|h(?:ours?)?)\s*\.?$/i.exec(textOf(fields['downtime']) ?? '');
  const rollback = millisecondsOf(fieldsOf(fields['objectives'])['rollback']);
  if (stated === null || rollback === undefined) return [];
  const window = Number(stated[1]) * (/^h/i.test(stated[2] ?? '') ? 3_600_000 : 60_000);
  const planned = stepsOf(book)
    .filter((step) => isChange(step) || 'observe' in step.fields)
    .reduce((sum, step) => sum + (millisecondsOf(step.fields['planned']) ?? 0), 0);
  if (window >= planned + rollback) return [];
  const message = `${formatDuration(window)} cannot hold ${formatDuration(planned)} of changes and ${formatDuration(rollback)} of rollback.`;
  return [hitIn(book, ['downtime'], message)];
}
