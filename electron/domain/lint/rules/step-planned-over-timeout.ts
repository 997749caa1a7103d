/** Rule step.planned-over-timeout. */
import { formatDuration } from '../../runbook/duration.ts';
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { hitIn, millisecondsOf, stepsOf } from '../steps.ts';

export const stepPlannedOverTimeout: RunbookRule = {
  id: 'step.planned-over-timeout',
  scope: 'runbook',
  severity: 'error',
  title: 'A step must fit into its limit',
  why: 'It is planned to take longer than it may, so it fails when all goes well.',
  remedy: 'Raise `timeout:`, or mend `planned:`.',
  bad: `- id: check
  title: Check the name of the host
  run: hostname -f
  mode: exec
  expect: { stdout: { equals: db1 } }
  risk: read
  timeout: 30s
  planned: 1m`,
  good: `- id: check
  title: Check the name of the host
  run: hostname -f
  mode: exec
  expect: { stdout: { equals: db1 } }
  risk: read
  timeout: 90s
  planned: 1m`,
  badLine: 8,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  return stepsOf(book).flatMap(({ path, fields }) => {
    const planned = millisecondsOf(fields['planned']);
    const limit = millisecondsOf('observe' in fields ? fields['for'] : fields['timeout']);
    if (planned === undefined || limit === undefined || planned <= limit) return [];
    const message = `Planned are ${formatDuration(planned)}, allowed ${formatDuration(limit)}.`;
    return [hitIn(book, [...path, 'planned'], message)];
  });
}
