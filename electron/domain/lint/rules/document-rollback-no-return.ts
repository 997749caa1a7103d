/** Rule document.rollback-no-return. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { allText, hitsOf } from '../text/outline.ts';

export const documentRollbackNoReturn: DocumentRule = {
  id: 'document.rollback-no-return',
  scope: 'document',
  severity: 'error',
  title: 'Not everything can be rolled back at once',
  why: 'Behind the point of no return “immediate rollback” destroys what could have been saved.',
  remedy: 'Say the point of no return, and what is done behind it.',
  bad: `# Failed change

1. Immediate rollback to the previous state with \`undo\` in 5 min`,
  good: `# Failed change

1. Rollback with \`undo\` in 5 min before the point of no return; behind it the owner decides`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  if (allText(doc).includes('point of no return')) return [];
  return hitsOf(
    doc,
    /\b(?:immediate(?:ly)?|instant(?:ly)?)\b[^.\n]*\broll(?:ed)? ?back\b|\broll ?back\b[^.\n]*\bimmediately\b/i,
    (match) => `“${match[0]}”: and behind the point of no return?`,
  );
}
