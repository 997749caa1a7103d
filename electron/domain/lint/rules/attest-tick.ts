/** Rule attest.tick. */
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { fieldsOf, hitIn, listOf, stepsOf, textOf } from '../steps.ts';

export const attestTick: RunbookRule = {
  id: 'attest.tick',
  scope: 'runbook',
  severity: 'warning',
  title: 'An attestation asks for what was seen',
  why: 'A tick at “verify” says that somebody ticked. Two people mean two things by it, and an auditor can check neither.',
  remedy: 'Ask for the value (`text`, `number` with limits), or say the state that is seen as a fact.',
  bad: `- id: look
  title: Look at the service
  attest: { checklist: [Verify the service] }
  planned: 1m`,
  good: `- id: look
  title: Look at the service
  attest: { number: { label: Errors in the last ten minutes, min: 0, max: 5 } }
  planned: 1m`,
  badLine: 3,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  return stepsOf(book).flatMap(({ path, fields }) => {
    const attest = fieldsOf(fields['attest']);
    const items = listOf(attest['checklist']).flatMap((item, i) => {
      const text = textOf(item) ?? '';
      return /^(?:verify|check|ensure|make sure|confirm|validate|test)\b/i.test(text)
        ? [
            hitIn(
              book,
              [...path, 'attest', 'checklist', i],
              `“${text.slice(0, 60)}” is ticked without a value.`,
            ),
          ]
        : [];
    });
    const options = listOf(fieldsOf(attest['choice'])['options']).map((option) =>
      (textOf(option) ?? '').toLowerCase(),
    );
    const bare =
      options.length > 0 &&
      options.every((option) => ['ok', 'yes', 'no', 'done', 'not ok', 'true', 'false'].includes(option));
    return bare
      ? [...items, hitIn(book, [...path, 'attest', 'choice', 'options'], 'Yes or no is no value.')]
      : items;
  });
}
