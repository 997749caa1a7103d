/** Rule document.downtime-vague. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { placeOfText } from '../text/outline.ts';

export const documentDowntimeVague: DocumentRule = {
  id: 'document.downtime-vague',
  scope: 'document',
  severity: 'warning',
  title: 'Downtime needs a number',
  why: '“Yes (rolling)” is neither yes nor no. Users want to know for how long.',
  remedy: 'Give minutes, and what users notice.',
  bad: `# Schedule

| Work | Downtime Required |
|---|---|
| Platform upgrade | Yes (rolling for K8s) |`,
  good: `# Schedule

| Work | Downtime Required |
|---|---|
| Platform upgrade | 5 min |`,
  badLine: 5,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  let table = false;
  return doc.blocks.flatMap((block, i) => {
    if (block.kind !== 'row') return [];
    if (doc.blocks[i - 1]?.kind !== 'row') table = /\bdowntime\b/i.test(block.text);
    const cell = table
      ? /\bYes \((?![^)]*(?<![A-Za-z\d])\d+\s*(?:s|min|h|hours?|minutes?)\b)[^)]*\)/i.exec(block.text)?.[0]
      : undefined;
    return cell === undefined
      ? []
      : [
          {
            at: placeOfText(doc, block, cell),
            message: `“${cell}”: for how long, and what do users notice?`,
          },
        ];
  });
}
