/** Rule document.mixed-time-zones. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { allText, hitsOf } from '../text/outline.ts';

export const documentMixedTimeZones: DocumentRule = {
  id: 'document.mixed-time-zones',
  scope: 'document',
  severity: 'warning',
  title: 'Times are in several zones',
  why: 'Twice a year they move against each other, and at 02:00 nobody adds an hour.',
  remedy: 'Give UTC, and the local time beside it.',
  bad: `# Jobs

Backups run at 02:00 UTC.

Reports run every Monday at 7:00 AM (Europe/Prague).`,
  good: `# Jobs

Backups run at 02:00 UTC.

Reports run every Monday at 06:00 UTC.`,
  badLine: 5,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  if (!/\butc\b/.test(allText(doc))) return [];
  return hitsOf(
    doc,
    /\b(?:Europe|America|Asia|Africa|Australia|Pacific)\/\w+|\b(?:CES?T|E[SD]T|P[SD]T|BST|IST)\b/,
    (match) => `${match[0]} here, UTC elsewhere.`,
  );
}
