/** Rule document.escalation-order. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { hitsOf } from '../text/outline.ts';

export const documentEscalationOrder: DocumentRule = {
  id: 'document.escalation-order',
  scope: 'document',
  severity: 'warning',
  title: 'The emergency team comes first',
  why: 'The people whose work it is are called when everybody else has been.',
  remedy: 'Call them when the emergency is declared.',
  bad: `# Escalation

- +1hr: Director, phone 555 010 2030
- +2hrs: Emergency Response Team, phone 555 010 2040`,
  good: `# Escalation

- Immediate: Emergency Response Team, phone 555 010 2040`,
  badLine: 4,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return hitsOf(
    doc,
    /\+\s*\d+\s*h(?:r|our)?s?\s*:[^\n]*\b(?:emergency|incident) response\b/i,
    (match) => `“${match[0]}” is called last.`,
  );
}
