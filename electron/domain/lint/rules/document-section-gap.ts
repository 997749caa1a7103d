/** Rule document.section-gap. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { plainText } from '../text/outline.ts';

export const documentSectionGap: DocumentRule = {
  id: 'document.section-gap',
  scope: 'document',
  severity: 'warning',
  title: 'The sections are not numbered without a gap',
  why: 'A number is missing, and with it perhaps a section that others refer to.',
  remedy: 'Find out whether a section was lost, and number them again.',
  bad: `# 1. Schedule

Weekly on Mondays at 07:00 UTC.

# 3. Database

Weekly on Tuesdays at 07:00 UTC.`,
  good: `# 1. Schedule

Weekly on Mondays at 07:00 UTC.

# 2. Database

Weekly on Tuesdays at 07:00 UTC.`,
  badLine: 5,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  let last = 0;
  return doc.blocks.flatMap((block) => {
    const number = block.kind === 'heading' ? /^(\d{1,2})\.\s/.exec(plainText(block.text))?.[1] : undefined;
    if (number === undefined) return [];
    const [n, before] = [Number(number), last];
    last = n;
    if (n === before + 1 || n <= 1) return [];
    const message =
      before === 0
        ? `The first numbered section is ${number}.`
        : `Section ${number} follows section ${String(before)}.`;
    return [{ at: block.at, message }];
  });
}
