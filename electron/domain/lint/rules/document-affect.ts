/** Rule document.affect. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { hitsOf } from '../text/outline.ts';

export const documentAffect: DocumentRule = {
  id: 'document.affect',
  scope: 'document',
  severity: 'warning',
  title: 'An effect is not an affect',
  why: 'It goes out to every user as it stands.',
  remedy: 'Write “Effect”.',
  bad: `# Notice

- Affect: nothing can be read`,
  good: `# Notice

- Effect: nothing can be read`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return hitsOf(doc, /^\W*Affects?\s*:/, () => '“Affect” is a verb; what is meant is the effect.');
}
