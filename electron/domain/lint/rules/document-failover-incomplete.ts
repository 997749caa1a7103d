/** Rule document.failover-incomplete. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { allText, labelledLists } from '../text/outline.ts';

export const documentFailoverIncomplete: DocumentRule = {
  id: 'document.failover-incomplete',
  scope: 'document',
  severity: 'error',
  title: 'A failover needs fencing and failback',
  why: 'Two sides that both take writes are worse than one that is down.',
  remedy: 'Say how the old side is fenced, who confirms it, and how the way back goes.',
  bad: `# Outage

1. Failover to the second region with \`promote\` within 5 minutes`,
  good: `# Outage

1. Fence the first region with \`fence\`, then failover to the second within 5 minutes; failback is a change of its own`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  if (/\bfenc(?:e|ed|ing)\b|split-?brain/.test(allText(doc)) && /fail-?back/.test(allText(doc))) return [];
  return labelledLists(doc).flatMap(({ items }) =>
    items
      .filter(({ text }) => /^\d+[.)]\s.*\bfail ?over\b/i.test(text))
      .map(({ at }) => ({ at, message: 'Neither fencing of the old side nor the way back is said.' })),
  );
}
