/** Rule document.notice-incomplete. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { docSections } from '../text/outline.ts';

export const documentNoticeIncomplete: DocumentRule = {
  id: 'document.notice-incomplete',
  scope: 'document',
  severity: 'warning',
  title: 'A notice needs weekday, change id and way back',
  why: 'People mix up the day, cannot name the change when they call, and are not told what happens when it fails.',
  remedy:
    'Add the weekday, the UTC and local time, the change id, the contact during the window and what is said when it is rolled back.',
  bad: `# Communication

Subject: Maintenance on 2026-11-07

The service is down from 02:00 to 03:00 UTC.`,
  good: `# Communication

Subject: Maintenance on Saturday 2026-11-07, CHG-4711

The service is down from 02:00 to 03:00 UTC. If it fails, the rollback takes 15 minutes. Phone 555 010 2030.`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return docSections(doc).flatMap(({ blocks }) => {
    const subject = blocks.find(({ text }) => /^\W*subject:/i.test(text));
    if (subject === undefined) return [];
    const all = blocks.map(({ text }) => text).join('\n');
    const missing = [
      ...(/weekday|(?:sun|mon|tues|wednes|thurs|fri|satur)day/i.test(all) ? [] : ['weekday']),
      ...(/\bchange\s*(?:id|no|number|:|\[)|\bCHG/i.test(all) ? [] : ['change id']),
      ...(/roll(?:ed)? ?back/i.test(all) ? [] : ['what happens on a rollback']),
      ...(/\bphone\b|\+?\d[\d ]{6,}\d/i.test(all) ? [] : ['phone number during the window']),
    ];
    return missing.length === 0 ? [] : [{ at: subject.at, message: `Missing: ${missing.join(', ')}.` }];
  });
}
