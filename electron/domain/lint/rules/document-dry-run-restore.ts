/** Rule document.dry-run-restore. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { hitsOf } from '../text/outline.ts';

export const documentDryRunRestore: DocumentRule = {
  id: 'document.dry-run-restore',
  scope: 'document',
  severity: 'error',
  title: 'A dry run does not test a restore',
  why: 'It shows that the command line is right. Whether the data comes back, and how long it takes, it does not show.',
  remedy: 'Restore on a host of its own, count, start the application on it, and measure the time.',
  bad: `# Monthly

- Restore procedure dry run`,
  good: `# Monthly

- Restore of last night's backup on the test host`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return hitsOf(
    doc,
    /\brestore\b[^.\n]*\bdry[- ]?run\b|\bdry[- ]?run\b[^.\n]*\brestore\b/i,
    () => 'Nothing is restored by a dry run.',
  );
}
