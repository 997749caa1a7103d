/** Rule document.no-evidence. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { emergencyLists } from '../text/outline.ts';

export const documentNoEvidence: DocumentRule = {
  id: 'document.no-evidence',
  scope: 'document',
  severity: 'warning',
  title: 'Evidence is kept before a system is changed',
  why: 'After the patch nobody can tell what was taken, or since when.',
  remedy: 'Take snapshots and logs first, with checksums.',
  bad: `# Emergency

Critical Security Issue:

1. Isolate the host with \`fence\` within 5 minutes`,
  good: `# Emergency

Critical Security Issue:

1. Save evidence: a snapshot with \`snap\` within 5 minutes`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return emergencyLists(doc)
    .filter(({ label }) => /\bsecurity\b/i.test(label?.text ?? ''))
    .filter(
      ({ items }) =>
        !items.some(({ text }) => /\b(?:evidence|forensic|snapshot|preserve|logs?)\b/i.test(text)),
    )
    .flatMap(({ label, items }) => {
      const block = label ?? items[0];
      return block === undefined ? [] : [{ at: block.at, message: 'Nothing is kept for the inquiry.' }];
    });
}
