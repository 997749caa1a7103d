/** Rule document.escalation-late. */
import type { DocumentBlock, DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';

export const documentEscalationLate: DocumentRule = {
  id: 'document.escalation-late',
  scope: 'document',
  severity: 'error',
  title: 'The escalation is slower than the target',
  why: 'When the next one is called, the target for unplanned downtime is already missed.',
  remedy: 'Call within half of the time that is allowed.',
  bad: `# Escalation

- +30min: Engineering Manager, phone 555 010 2030

# Indicators

- Unplanned Downtime: <30 minutes/month`,
  good: `# Escalation

- +10min: Engineering Manager, phone 555 010 2030

# Indicators

- Unplanned Downtime: <30 minutes/month`,
  badLine: 3,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  const target = /\bunplanned downtime\W*<\s*(\d+)\s*min/i.exec(
    doc.blocks.map(({ text }) => text).join('\n'),
  )?.[1];
  if (target === undefined) return [];
  let list: DocumentBlock | null = null;
  let reported = false;
  return doc.blocks.flatMap((block) => {
    if (block.kind === 'paragraph' || block.kind === 'heading') [list, reported] = [block, false];
    const minutes = /\+\s*(\d+)\s*min\b/i.exec(block.text)?.[1];
    if (minutes === undefined || reported || list === null || Number(minutes) < Number(target)) return [];
    reported = true;
    return [
      {
        at: block.at,
        message: `After ${minutes} minutes the target of less than ${target} minutes a month is missed.`,
      },
    ];
  });
}
