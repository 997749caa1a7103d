/** Rule document.undefined-term. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { hitsOf, plainText } from '../text/outline.ts';

export const documentUndefinedTerm: DocumentRule = {
  id: 'document.undefined-term',
  scope: 'document',
  severity: 'warning',
  title: 'A case needs a definition',
  why: '“Extended” is after ten minutes for one, after two hours for the other.',
  remedy: 'Say the time, or the share of users, from which it counts.',
  bad: `# Escalation

Extended Downtime:

- Immediate: Incident Commander, phone 555 010 2030`,
  good: `# Escalation

Downtime of more than 30 minutes:

- Immediate: Incident Commander, phone 555 010 2030`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return hitsOf(
    doc,
    /^\W*(?:extended|prolonged|major|serious|significant|long) (?:downtime|outage|incident|failure)\s*:?\s*$/i,
    (match) => `“${plainText(match[0])}”: from when on?`,
    ['paragraph'],
  );
}
