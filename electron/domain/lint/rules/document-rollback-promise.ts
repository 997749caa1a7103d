/** Rule document.rollback-promise. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { hitsOf } from '../text/outline.ts';

export const documentRollbackPromise: DocumentRule = {
  id: 'document.rollback-promise',
  scope: 'document',
  severity: 'error',
  title: 'No rollback is quick for everything',
  why: 'A database that is restored, or a control plane that cannot be taken back, needs longer than an image that is put back.',
  remedy: 'Give a time for each kind of change, measured in a drill, and a point of no return.',
  bad: `# Indicators

- Recovery Time: <15 minutes for any rollback`,
  good: `# Indicators

- Recovery Time: <15 minutes for a rollback of images (drill of May)`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return hitsOf(
    doc,
    /<?\s*\d+\s*min(?:utes?)?\s+(?:for|of|in)\s+(?:any|every|all)\s+(?:roll-?backs?|recover(?:y|ies))/i,
    (match) => `“${match[0].trim()}” cannot hold for a migration or a major upgrade.`,
  );
}
