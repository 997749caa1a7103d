/** Ways into the linter for tests: shell texts, Markdown and examples of rules. */
import type { Diagnostic } from '../../../../electron/contract/runbook.ts';
import { documentUnderLint, shellTexts } from '../../../../electron/domain/import/lintInput.ts';
import { readDocument } from '../../../../electron/domain/import/readDocument.ts';
import { lintDocument } from '../../../../electron/domain/lint/lint.ts';
import type { Place, ShellText } from '../../../../electron/domain/lint/rule.ts';

/** A shell text that begins in line 1 of its file. */
export function shellText(
  text: string,
  role: ShellText['role'] = 'run',
  more: Partial<ShellText> = {},
): ShellText {
  return { text, role, place: (offset) => placeAt(text, offset), ...more };
}

export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
}

/** What the linter finds in a document that is read as the import reads it. */
export function lintMarkdown(text: string, file = 'document.md'): readonly Diagnostic[] {
  const lines = text.split('\n');
  const { blocks } = readDocument(lines);
  return lintDocument(documentUnderLint(blocks, lines), shellTexts(blocks), file);
}
