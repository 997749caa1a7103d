/** Rule document.date-incomplete. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { hitsOf } from '../text/outline.ts';

export const documentDateIncomplete: DocumentRule = {
  id: 'document.date-incomplete',
  scope: 'document',
  severity: 'warning',
  title: 'A due date has no day',
  why: 'Nobody can be reminded of a month, and nobody is late before it is over.',
  remedy: 'Give the rule and compute the day.',
  bad: `# Updates

Next Due: January 2026`,
  good: `# Updates

Next Due: January 23, 2026`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return hitsOf(
    doc,
    /\bnext (?:due|window|date|run):?\s*\**\s*((?:january|february|march|april|may|june|july|august|september|october|november|december)\s+\d{4}|Q[1-4] \d{4}|\d{4})\b/i,
    (match) => `${match[1] ?? ''} is no day.`,
  );
}
