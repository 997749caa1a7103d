/** Rule document.backup-without-quiesce. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { labelledLists } from '../text/outline.ts';

export const documentBackupWithoutQuiesce: DocumentRule = {
  id: 'document.backup-without-quiesce',
  scope: 'document',
  severity: 'warning',
  title: 'Writes go on after the backup',
  why: 'What users and jobs write between the backup and the upgrade is lost when the backup is restored.',
  remedy: 'Stop writers and pause jobs first, or say how many minutes are lost.',
  bad: `# Checklist

1. Create full database backup with \`dump.sh\` in 10 min`,
  good: `# Checklist

1. Stop the writers with \`stop.sh\` in 1 min
2. Create full database backup with \`dump.sh\` in 10 min`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return labelledLists(doc).flatMap(({ items }) => {
    if (items.some(({ text }) => /\b(?:stop|pause|suspend|quiesce|read-only|freeze)\b/i.test(text)))
      return [];
    return items
      .filter(({ text }) => /\b(?:create|take|make)\b[^.\n]*\bbackup\b/i.test(text))
      .map(({ at }) => ({ at, message: 'Nothing stops users and jobs from writing after it.' }));
  });
}
