/** Rule document.no-freeze. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { monthlyWindows } from '../text/dates.ts';
import { allText } from '../text/outline.ts';

export const documentNoFreeze: DocumentRule = {
  id: 'document.no-freeze',
  scope: 'document',
  severity: 'warning',
  title: 'The windows know no freeze',
  why: 'At the end of a quarter, or of a year, nothing may be changed. The rule gives a window all the same.',
  remedy: 'Name the freeze calendar, and what happens to a window that falls into it.',
  bad: `# Windows

Schedule: First Saturday of each month, 02:00-05:00 UTC`,
  good: `# Windows

Schedule: First Saturday of each month, 02:00-05:00 UTC, save in a freeze (calendar of the change board)`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  if (/freeze|blackout|moratorium/.test(allText(doc))) return [];
  return monthlyWindows(doc)
    .slice(0, 1)
    .map(({ block }) => ({
      at: block.at,
      message: 'Nothing says what happens when a window falls into a freeze.',
    }));
}
