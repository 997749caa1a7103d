/** Rule document.date-interval. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { dayText, dueDates, effectiveDay, frequencyOf, plusMonths } from '../text/dates.ts';
import { placeOfText } from '../text/outline.ts';

export const documentDateInterval: DocumentRule = {
  id: 'document.date-interval',
  scope: 'document',
  severity: 'error',
  title: 'A due date does not follow from its interval',
  why: 'The credential is overdue before the date comes, or the date means another interval than the heading says.',
  remedy: 'Compute it from the last completion, and say the interval once: 90 days are not a quarter.',
  bad: `# Schedule

Effective Date: October 23, 2025

## Every 90 Days

Next Due: January 23, 2026`,
  good: `# Schedule

Effective Date: October 23, 2025

## Every 90 Days

Next Due: January 21, 2026`,
  badLine: 7,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  const from = effectiveDay(doc);
  if (from === null) return [];
  return dueDates(doc).flatMap(({ section, block, date }) => {
    const frequency = frequencyOf(section.title);
    if (frequency === null || date.day <= from) return [];
    const right = frequency.months === null ? from + frequency.days : plusMonths(from, frequency.months);
    if (right === date.day) return [];
    const message = `${date.text} is ${String(date.day - from)} days after the effective date; ${frequency.words.toLowerCase()} gives ${dayText(right)}.`;
    return [{ at: placeOfText(doc, block, date.text), message }];
  });
}
