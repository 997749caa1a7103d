/** Rule document.due-coincide. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { dayText, dueDates } from '../text/dates.ts';
import { placeOfText } from '../text/outline.ts';

export const documentDueCoincide: DocumentRule = {
  id: 'document.due-coincide',
  scope: 'document',
  severity: 'warning',
  title: 'Several things are due on one day',
  why: 'Keys are rotated and the drill is run on one day. When something fails, nobody knows which of them did it.',
  remedy: 'Spread them over several windows.',
  bad: `# Keys

Next Due: January 23, 2026

# Drill

Next Due: January 23, 2026`,
  good: `# Keys

Next Due: January 23, 2026

# Drill

Next Due: February 20, 2026`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  const dues = dueDates(doc);
  return dues.flatMap(({ block, date }) => {
    const same = dues.filter((other) => other.date.day === date.day);
    if (same.length < 2) return [];
    const others = same.filter((other) => other.block !== block).map((other) => String(other.block.at.line));
    return [
      {
        at: placeOfText(doc, block, date.text),
        message: `Due on ${dayText(date.day)} too: line ${others.join(', ')}.`,
      },
    ];
  });
}
