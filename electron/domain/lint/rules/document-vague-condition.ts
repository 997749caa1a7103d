/** Rule document.vague-condition. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { hitsOf } from '../text/outline.ts';

export const documentVagueCondition: DocumentRule = {
  id: 'document.vague-condition',
  scope: 'document',
  severity: 'warning',
  title: 'A condition needs a criterion',
  why: '“If needed” is decided by whoever is awake, each time another way.',
  remedy: 'Say the value at which it is done, and who decides.',
  bad: `# Bloat

1. Rebuild the index with \`reindex.sh\` if needed`,
  good: `# Bloat

1. Rebuild the index with \`reindex.sh\` when its bloat is above 30 %`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return hitsOf(
    doc,
    /\b(?:if|when|as) (?:needed|required|necessary|appropriate|applicable|possible)\b/i,
    (match) => `“${match[0]}”: by what value, and who decides?`,
  );
}
