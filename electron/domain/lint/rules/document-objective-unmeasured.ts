/** Rule document.objective-unmeasured. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { allText, hitsOf } from '../text/outline.ts';

export const documentObjectiveUnmeasured: DocumentRule = {
  id: 'document.objective-unmeasured',
  scope: 'document',
  severity: 'warning',
  title: 'An objective needs a way to measure it',
  why: 'From when until when? Without markers and probes from outside the number is a guess.',
  remedy:
    'Say the start (the failure, not its declaration), the end (the third good write from outside) and the data it is computed from.',
  bad: `# Criteria

- RTO < 15 minutes`,
  good: `# Criteria

- RTO < 15 minutes, measured from the injected failure to the third good write of the outside probe`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  if (/\b(?:marker|probe|timestamps?|measured (?:from|by|with))\b/.test(allText(doc))) return [];
  return hitsOf(
    doc,
    /\b(RTO|RPO)\s*[<≤:]\s*=?\s*\d+/,
    (match) => `${match[1] ?? ''} has a limit, and nothing says how it is measured.`,
  );
}
