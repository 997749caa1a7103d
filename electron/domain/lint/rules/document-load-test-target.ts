/** Rule document.load-test-target. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { hitsOf } from '../text/outline.ts';

export const documentLoadTestTarget: DocumentRule = {
  id: 'document.load-test-target',
  scope: 'document',
  severity: 'warning',
  title: 'A load test needs a place',
  why: 'Nothing says that it is not run on production, during the window, beside a drill.',
  remedy: 'Name the environment, the load, and what stops it.',
  bad: `# Monthly

- Load testing of critical endpoints`,
  good: `# Monthly

- Load testing of critical endpoints in staging`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return hitsOf(
    doc,
    /\b(?:load|stress|performance) test(?:s|ing)?\b[^.\n]*/i,
    (match) =>
      /\b(?:staging|test env|sandbox|not in production|pre-?prod|isolated)/i.test(match[0])
        ? null
        : 'On which system?',
    ['item', 'task', 'row'],
  );
}
