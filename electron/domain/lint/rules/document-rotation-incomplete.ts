/** Rule document.rotation-incomplete. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { labelledLists } from '../text/outline.ts';

export const documentRotationIncomplete: DocumentRule = {
  id: 'document.rotation-incomplete',
  scope: 'document',
  severity: 'warning',
  title: 'A rotation needs overlap, proof, removal and a way back',
  why: 'Without overlap something stops at once; without removal the old key goes on working; without a way back the first consumer that fails is an outage.',
  remedy:
    'Create, distribute, prove every consumer, disable the old one, wait, delete; say at each how it is taken back.',
  bad: `# Key rotation

Procedure:

1. Create keys with \`rotate\` 1.4 within 5 minutes`,
  good: `# Key rotation

Procedure:

1. Create keys with \`rotate\` 1.4 within 5 minutes; overlap of 24 hours; revoke the old; rollback: enable it again`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  return labelledLists(doc).flatMap(({ label, section, items }) => {
    if (label === null || !/\bprocedure\b/i.test(label.text)) return [];
    const all = items.map(({ text }) => text.toLowerCase()).join('\n');
    const about = [section.title, ...(section.heading?.under ?? [])].join(' ');
    if (!/rotat/i.test(about)) return [];
    const missing = [
      ...(/overlap|both keys|dual|grace/.test(all) ? [] : ['overlap']),
      ...(/revoke|remove|disable|delete|retire/.test(all) ? [] : ['removal of the old one']),
      ...(/roll ?back|re-enable|enable it again|undo|way back/.test(all) ? [] : ['way back']),
    ];
    return missing.length === 0 ? [] : [{ at: label.at, message: `Missing: ${missing.join(', ')}.` }];
  });
}
