/** Rule document.date-rule. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';
import { dateIn, dayText, monthlyWindows, weekdayOf } from '../text/dates.ts';
import { placeOfText } from '../text/outline.ts';

export const documentDateRule: DocumentRule = {
  id: 'document.date-rule',
  scope: 'document',
  severity: 'error',
  title: 'A date does not follow its own rule',
  why: 'The window is on another day than the rule says. Half the people come on the wrong one.',
  remedy: 'Keep the rule and compute the date, with its weekday.',
  bad: `# Windows

Schedule: First Saturday of each month, 02:00-05:00 UTC, save in a freeze

Next Window: November 2, 2025`,
  good: `# Windows

Schedule: First Saturday of each month, 02:00-05:00 UTC, save in a freeze

Next Window: November 1, 2025`,
  badLine: 5,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  const windows = monthlyWindows(doc).flatMap((window) =>
    window.section.blocks.flatMap((block) => {
      const date = /\bnext (?:window|date|maintenance)\b/i.test(block.text) ? dateIn(block.text) : null;
      const right = date === null ? null : window.inMonthOf(date.day);
      if (date === null || right === date.day) return [];
      const message = `${date.text} is a ${weekdayOf(date.day)}; the ${window.words} is ${dayText(right ?? 0)}.`;
      return [{ at: placeOfText(doc, block, date.text), message }];
    }),
  );
  const weekdays = doc.blocks.flatMap((block) => {
    const said =
      /\b((?:sun|mon|tues|wednes|thurs|fri|satur)day),?\s+(?=\w+ \d{1,2},? \d{4}|\d{4}-\d{2}-\d{2})/i.exec(
        block.text,
      );
    const date = said === null ? null : dateIn(block.text.slice(said.index));
    if (said === null || date === null || weekdayOf(date.day).toLowerCase() === (said[1] ?? '').toLowerCase())
      return [];
    return [{ at: placeOfText(doc, block, date.text), message: `${date.text} is a ${weekdayOf(date.day)}.` }];
  });
  return [...windows, ...weekdays];
}
