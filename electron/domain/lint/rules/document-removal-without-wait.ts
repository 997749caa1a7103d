/** Rule document.removal-without-wait. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { hitsOf } from '../text/outline.ts';

export const documentRemovalWithoutWait: DocumentRule = {
  id: 'document.removal-without-wait',
  scope: 'document',
  severity: 'error',
  title: 'Old credentials are removed after a time, not after a look',
  why: 'Tokens that are still valid, and caches of public keys, know only the old one. They fail when it goes.',
  remedy: 'Wait for the longest life of a token plus the caches plus the skew of clocks, then remove.',
  bad: `# Tokens

1. Remove old credentials with \`revoke\` after validation`,
  good: `# Tokens

1. Remove old credentials after 24 hours, the longest life of a token plus the caches, \`revoke\``,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return hitsOf(
    doc,
    /\b(?:remove|revoke|delete|disable|drop)\b[^.\n]*\bold\b[^.\n]*/i,
    (match) =>
      /\b(?:after|wait)\b[^.\n]*\b\d+\s*(?:s|m|h|min|hours?|minutes?|days?)\b|\bTTL\b|\blongest life\b|\bexpir/i.test(
        match[0],
      ) || !/\b(?:after|once|when)\b/i.test(match[0])
        ? null
        : 'How long do tokens and caches still know the old one?',
    ['item', 'task'],
  );
}
