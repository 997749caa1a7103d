/** Rule document.due-outside-window. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { dayText, dueDates, monthlyWindows, plusMonths } from '../text/dates.ts';
import { placeOfText } from '../text/outline.ts';

export const documentDueOutsideWindow: DocumentRule = {
  id: 'document.due-outside-window',
  scope: 'document',
  severity: 'warning',
  title: 'A due date misses the window',
  why: 'Between the last window and the due date nothing may be changed, so it is either late or done outside of a window.',
  remedy: 'Do it in the last window before it is due, and show that date.',
  bad: `# Windows

Schedule: First Saturday of each month, 02:00-05:00 UTC, save in a freeze

# Keys

Next Due: January 23, 2026`,
  good: `# Windows

Schedule: First Saturday of each month, 02:00-05:00 UTC, save in a freeze

# Keys

Next Due: January 3, 2026`,
  badLine: 7,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  const [window] = monthlyWindows(doc);
  if (window === undefined) return [];
  return dueDates(doc).flatMap(({ block, date }) => {
    const own = window.inMonthOf(date.day);
    if (own === date.day) return [];
    const last = own < date.day ? own : window.inMonthOf(plusMonths(date.day, -1));
    return [
      {
        at: placeOfText(doc, block, date.text),
        message: `The last window before ${dayText(date.day)} is ${dayText(last)}.`,
      },
    ];
  });
}
