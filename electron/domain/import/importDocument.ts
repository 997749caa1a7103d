/**
 * Turns a document into a draft of a runbook: every line cited, every doubt a finding. Mends nothing; what it cannot read in
 * bounded time it refuses, and what could act on a reader it keeps as plain text.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Diagnostic } from '../../contract/runbook.ts';
import { lintDocument } from '../lint/lint.ts';
import type { DocumentUnderLint, ShellText } from '../lint/rule.ts';
import { type Block, type Span, textOf } from './blocks.ts';
import type { Citation } from './citations.ts';
import { guardDocument, hasHidden, utf8Length } from './guard.ts';
import { commandProblem, draftOf } from './draft.ts';
import { emitRunbook } from './emit.ts';
import { slug } from './ids.ts';
import { MAX_BYTES as RUNBOOK_BYTES } from '../runbook/yamlSource.ts';
import { documentUnderLint, shellTexts } from './lintInput.ts';
import { readDocument } from './readDocument.ts';
import { sectionsOf } from './sections.ts';
import { importFinding } from './words.ts';

export interface ImportedDocument {
  /** Id of the draft; its file is called `<id>.runbook.yaml`. */
  readonly id: string;
  /** Text of the runbook file. */
  readonly runbook: string;
  /** What the import and the linter found, in the order of the document. */
  readonly findings: readonly Diagnostic[];
  readonly document: DocumentUnderLint;
  readonly commands: readonly ShellText[];
  /** Where each line went. */
  readonly citations: readonly Citation[];
  /** Lines of the document in which nothing stands that the draft could hold. */
  readonly notImported: readonly Span[];
}

/**
 * Imports a document: Markdown, or text that has lost its Markdown.
 *
 * @param text the whole document
 * @param file its path as people know it
 * @param options.id id of the runbook; made from the name of the file when it is left out
 * @returns a failure when the document is not text, too large or too deep
 */
export function importDocument(
  text: string,
  file: string,
  options: { readonly id?: string } = {},
): Result<ImportedDocument> {
  const guarded = guardDocument(text, file);
  if (!guarded.ok) return guarded;
  const { lines } = guarded.value;
  if (lines.every((line) => line.trim() === '')) {
    return fail('unsupported', `${file} is empty.`, { hint: 'Check that it is the right file.' });
  }
  const read = readDocument(lines);
  const blocks = read.blocks.map((block) => withoutHidden(block));
  const document = documentUnderLint(blocks, lines);
  const commands = shellTexts(blocks);
  const own = [
    ...guarded.value.findings,
    ...(read.flattened ? [importFinding('import.flattened', file, 1)] : []),
    ...blocks.flatMap((block) => findingsOf(block, file)),
  ];
  const findings = [...own, ...lintDocument(document, commands, file)].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  );
  const draft = draftOf(sectionsOf(blocks), findings);
  const base = (file.split(/[\\/]/).at(-1) ?? file).replace(/\.(?:md|markdown|mdown|txt)$/i, '');
  const id = options.id ?? slug(base) ?? 'imported-document';
  const title = blocks.find((block) => block.kind === 'heading')?.text ?? base;
  const runbook = emitRunbook(draft, {
    id,
    title: title.slice(0, 200).trim() || id,
    document: visibleName(base),
    file: visibleName(file.split(/[\\/]/).at(-1) ?? file),
  });
  if (utf8Length(runbook, RUNBOOK_BYTES) > RUNBOOK_BYTES) {
    return fail('unsupported', `${file}: its draft would be larger than a runbook may be, 1 MiB.`, {
      hint: 'Import it in parts.',
    });
  }
  const notImported = blocks.filter((block) => block.kind === 'rule').map((block) => block.span);
  return ok({ id, runbook, findings, document, commands, citations: draft.citations, notImported });
}

/** Commands with something in them that cannot be seen are text. */
function withoutHidden(block: Block): Block {
  if (block.kind !== 'commands' || !block.lines.some((line) => hasHidden(line.text))) return block;
  return { kind: 'literal', lines: block.lines, span: block.span, why: 'mixed' };
}

function findingsOf(block: Block, file: string): readonly Diagnostic[] {
  switch (block.kind) {
    case 'commands':
      return commandFindings(block, file);
    case 'literal':
      return block.why === 'front-matter'
        ? [importFinding('import.metadata', file, block.span.from)]
        : [importFinding('import.not-a-command', file, block.span.from)];
    case 'rule':
      return [importFinding('import.not-imported', file, block.span.from)];
    case 'mark':
      return [];
    case 'heading':
      return textFindings(block.text, file, block.span.from, block.column);
    case 'prose':
      return block.lines.flatMap((line) => textFindings(line.text, file, line.line, line.column));
    case 'list':
      return block.items.flatMap((item) => textFindings(item.text, file, item.span.from, item.column));
    case 'table':
      return block.rows.flatMap((row) => textFindings(row.cells.join(' '), file, row.span.from, row.column));
  }
}

function commandFindings(block: Extract<Block, { kind: 'commands' }>, file: string): readonly Diagnostic[] {
  const problem = commandProblem(textOf(block.lines));
  const at = block.lines[0] ?? { line: block.span.from, column: 1 };
  if (problem !== null) return [importFinding(problem, file, at.line, at.column)];
  const found = [importFinding('import.command', file, at.line, at.column)];
  for (const line of block.lines) {
    if (/^\s*[$%]\s/.test(line.text))
      found.push(importFinding('import.prompt', file, line.line, line.column));
  }
  return found;
}

function textFindings(text: string, file: string, line: number, column: number): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  if (/<\/?[a-z][^<>]{0,400}>|<!--|<[a-z]+$/i.test(text))
    found.push(importFinding('import.html', file, line, column));
  if (/\b(?:javascript|vbscript|data|file):\S/i.test(text))
    found.push(importFinding('import.link', file, line, column));
  if (/!\[[^\]]{0,400}\][([]/.test(text)) found.push(importFinding('import.image', file, line, column));
  return found;
}

/** A file name can hold anything but a slash. */
function visibleName(name: string): string {
  return name
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]/g, '?')
    .slice(0, 200);
}
