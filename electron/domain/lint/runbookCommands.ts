/** The shell commands of a runbook file, each with its place. Reads the file's values as they are, so new step kinds pass. */
import type { Path } from '../runbook/yamlSource.ts';
import type { Place, RunbookUnderLint, ShellText } from './rule.ts';
import { bookOf, fieldsOf, listOf, placeIn, type RawStep, stepsOf, textOf } from './steps.ts';

type Role = ShellText['role'];

/** All commands in the order of the file, those of the targets first. */
export function runbookCommands(book: RunbookUnderLint): readonly ShellText[] {
  const identities = Object.entries(fieldsOf(bookOf(book)['targets'])).flatMap(([name, target]) =>
    listOf(fieldsOf(target)['identity']).flatMap((proof, i) =>
      shellText(book, 'identity', fieldsOf(proof)['run'], ['targets', name, 'identity', i, 'run'], true),
    ),
  );
  return [...identities, ...stepsOf(book).flatMap((step) => stepCommands(book, step))];
}

/** The commands of one step. */
export function stepCommands(book: RunbookUnderLint, { path, fields }: RawStep): readonly ShellText[] {
  const interactive = fields['mode'] === undefined || fields['mode'] === 'pty';
  const asserted = assertsOutput(fields['expect']);
  return [
    ...shellText(book, 'run', fields['run'], [...path, 'run'], asserted, interactive),
    ...shellText(book, 'observe', fields['observe'], [...path, 'observe'], asserted),
    ...twin(book, 'probe', fields['probe'], [...path, 'probe']),
    ...twin(book, 'dry-run', fields['dry-run'], [...path, 'dry-run']),
    ...twin(book, 'rollback', fields['rollback'], [...path, 'rollback']),
  ];
}

/** A command beside that of the step: an object with `run`. A bare text of `rollback` is the id of a runbook. */
function twin(book: RunbookUnderLint, role: Role, value: unknown, path: Path): readonly ShellText[] {
  if (typeof value === 'string') return role === 'rollback' ? [] : shellText(book, role, value, path, false);
  const fields = fieldsOf(value);
  return shellText(book, role, fields['run'], [...path, 'run'], assertsOutput(fields['expect']));
}

/** Whether something is expected of the output, and not only of the exit status. */
function assertsOutput(expect: unknown): boolean {
  const fields = fieldsOf(expect);
  return 'stdout' in fields || 'stderr' in fields;
}

function shellText(
  book: RunbookUnderLint,
  role: Role,
  value: unknown,
  path: Path,
  asserted: boolean,
  interactive = false,
): readonly ShellText[] {
  const text = textOf(value);
  if (text === undefined) return [];
  return [{ text, role, asserted, interactive, place: (offset) => placeOfOffset(book, path, text, offset) }];
}

const TOKEN = /[^\s'"]{1,40}/y;

/**
 * A YAML scalar loses its indentation and folding when it is read, so the place of an offset is found by the text that
 * stands there and by how often the same text stands before it.
 */
function placeOfOffset(book: RunbookUnderLint, path: Path, text: string, offset: number): Place {
  let from = offset;
  while (from < text.length && /[\s'"]/.test(text.charAt(from))) from++;
  TOKEN.lastIndex = from;
  const token = TOKEN.exec(text)?.[0];
  if (token === undefined) return placeIn(book, path);
  let n = 0;
  for (let at = text.indexOf(token); at !== -1 && at < from; at = text.indexOf(token, at + 1)) n++;
  return placeIn(book, path, { find: { text: token, n } });
}
