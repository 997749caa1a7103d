/** Rule document.rollback-unbounded. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { docSections } from '../text/outline.ts';

export const documentRollbackUnbounded: DocumentRule = {
  id: 'document.rollback-unbounded',
  scope: 'document',
  severity: 'warning',
  title: 'A rollback needs a trigger, an owner and a deadline',
  why: 'Nobody knows when it is begun, who says so, until when it can be, and what is lost.',
  remedy: 'Say the trigger, who decides, the latest start, and the minutes of data that are lost.',
  bad: `# Rollback procedure

Put the old tags back.`,
  good: `# Rollback procedure

The owner decides. Put the old tags back.`,
  badLine: 1,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return docSections(doc).flatMap(({ heading, title, blocks }) => {
    if (heading === null || !/\broll ?back\b/i.test(title) || blocks.length === 0) return [];
    const all = blocks.map(({ text }) => text.toLowerCase()).join('\n');
    return /\b(?:owner|decides?|trigger|deadline|latest start|data loss|abort)\b/.test(all)
      ? []
      : [{ at: heading.at, message: 'No trigger, no owner, no deadline, no statement of what is lost.' }];
  });
}
