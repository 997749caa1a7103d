/** Rule runbook.unknown. */
import { suggestion } from '../../runbook/suggest.ts';
import type { Path } from '../../runbook/yamlSource.ts';
import type { Hit, RunbookRule, RunbookUnderLint } from '../rule.ts';
import { bookOf, fieldsOf, hitIn, stepsOf, textOf } from '../steps.ts';

export const runbookUnknown: RunbookRule = {
  id: 'runbook.unknown',
  scope: 'runbook',
  severity: 'error',
  title: 'A runbook that is called must exist',
  why: 'The link is followed in the worst moment, and leads nowhere.',
  remedy: 'Give the id of a runbook in the library.',
  bad: 'rollback: roll-bakc',
  good: 'rollback: roll-back',
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  const { library } = book;
  if (library === null) return [];
  const check = (value: unknown, path: Path) => {
    const id = textOf(value);
    if (id === undefined || library.has(id)) return [];
    const near = suggestion(id, [...library]);
    return [
      hitIn(
        book,
        path,
        `There is no runbook "${id}" in the library.`,
        near === undefined ? {} : { hint: near },
      ),
    ];
  };
  const links = (value: unknown, path: Path) =>
    typeof value === 'string' ? check(value, path) : check(fieldsOf(value)['runbook'], [...path, 'runbook']);
  return [
    ...check(bookOf(book)['rollback'], ['rollback']),
    ...stepsOf(book).flatMap(({ path, fields }) => [
      ...links(fields['call'], [...path, 'call']),
      ...links(fields['rollback'], [...path, 'rollback']),
    ]),
  ];
}
