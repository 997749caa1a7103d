/** Rule document.one-procedure-many. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { labelledLists } from '../text/outline.ts';

export const documentOneProcedureMany: DocumentRule = {
  id: 'document.one-procedure-many',
  scope: 'document',
  severity: 'warning',
  title: 'One procedure for unlike things',
  why: 'Unseal keys, passwords and signing keys have different holders, consumers and ways back. What is true for one breaks another.',
  remedy: 'Write a runbook for each of them.',
  bad: `# Rotation

Credentials to Rotate:

- Cosign signing keys
- Vault unseal keys
- Database passwords

Procedure:

1. Generate new keys with \`rotate\` 1.4 within 5 minutes, overlap of 24 hours, then revoke the old ones or roll back`,
  good: `# Rotation

Credentials to Rotate:

- Cosign signing keys

Procedure:

1. Generate new keys with \`rotate\` 1.4 within 5 minutes, overlap of 24 hours, then revoke the old ones or roll back`,
  badLine: 9,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  const lists = labelledLists(doc);
  return lists.flatMap(({ label, section }) => {
    if (label === null || !/\bprocedure\b/i.test(label.text)) return [];
    const subjects = lists.find(
      (other) =>
        other.section.heading === section.heading &&
        other.label !== null &&
        /\bto rotate\b|\bcredentials\b|\bsystems\b/i.test(other.label.text),
    );
    if (subjects === undefined || subjects.items.length < 3) return [];
    return [{ at: label.at, message: `One procedure for ${String(subjects.items.length)} kinds of things.` }];
  });
}
