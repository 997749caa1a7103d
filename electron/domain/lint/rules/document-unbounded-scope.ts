/** Rule document.unbounded-scope. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { hitsOf } from '../text/outline.ts';

export const documentUnboundedScope: DocumentRule = {
  id: 'document.unbounded-scope',
  scope: 'document',
  severity: 'warning',
  title: 'A change of everything at once has no bounds',
  why: 'When the first namespace fails, all the others have been changed already.',
  remedy: 'Go one by one, with a check after the first, and stop at the first failure.',
  bad: `# Rotation

- Service account tokens (all namespaces)`,
  good: `# Rotation

- Service account tokens, namespace by namespace`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return hitsOf(
    doc,
    /\ball (?:namespaces|clusters|hosts|nodes|tenants|servers|regions)\b/i,
    (match) => `“${match[0]}” at once: nothing stops after the first failure.`,
    ['item', 'task', 'row'],
  );
}
