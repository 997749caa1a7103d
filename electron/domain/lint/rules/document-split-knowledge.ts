/** Rule document.split-knowledge. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { docSections } from '../text/outline.ts';

export const documentSplitKnowledge: DocumentRule = {
  id: 'document.split-knowledge',
  scope: 'document',
  severity: 'error',
  title: 'Shares are not for scripts',
  why: 'A script that holds enough shares is one person who can open everything. The shares were split so that nobody can.',
  remedy:
    'Rekey with the holders, each at their own prompt, with `-verify`; keep old shares sealed as long as a snapshot needs them.',
  bad: `# Rotation

- Vault unseal keys (3 shares, 2 threshold)

1. Generate new keys with \`/opt/bin/rotate.sh\` scripts within 5 minutes`,
  good: `# Rotation

- Database passwords

1. Generate new passwords with \`/opt/bin/rotate.sh\` scripts within 5 minutes`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return docSections(doc).flatMap(({ blocks }) => {
    if (!blocks.some(({ text }) => /\bscripts?\b/i.test(text))) return [];
    return blocks
      .filter(
        ({ text }) =>
          /\bunseal keys?\b|\bkey shares?\b|\bmaster keys?\b/i.test(text) && !/\bscripts?\b/i.test(text),
      )
      .map(({ at }) => ({ at, message: 'Shares of several holders are rotated by a script.' }));
  });
}
