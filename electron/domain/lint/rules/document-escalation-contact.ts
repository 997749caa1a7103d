/** Rule document.escalation-contact. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { docSections, plainText } from '../text/outline.ts';

export const documentEscalationContact: DocumentRule = {
  id: 'document.escalation-contact',
  scope: 'document',
  severity: 'warning',
  title: 'Somebody must be reachable at 02:00',
  why: 'A role, or a mailbox that nobody reads at night, does not answer.',
  remedy: 'Give a phone number and a deputy for each step.',
  bad: `# Escalation

- +30min: Engineering Manager`,
  good: `# Escalation

- +30min: Engineering Manager, phone +420 555 010 203, deputy: Platform Lead`,
  badLine: 3,
  check,
};

const STEP = /(?:\bimmediate|\+\s*\d+\s*(?:min|h|hr)s?)\b[^:\n]*:/i;

function check(doc: DocumentUnderLint): readonly Hit[] {
  return docSections(doc).flatMap(({ title, heading, blocks }) => {
    if (!/escalation|contacts?|team/i.test([title, heading?.under.at(-1) ?? ''].join(' '))) return [];
    return blocks
      .filter(({ text }) => STEP.test(text) || /[\w.-]+@[\w.-]+\.\w+/.test(text))
      .filter(({ text }) => !/\+?\d[\d ()-]{6,}\d/.test(text))
      .map(({ at, text }) => ({
        at,
        message: `“${plainText(text).slice(0, 60)}” has no phone number and no deputy.`,
      }));
  });
}
