/** Hands a document over to the linter: its blocks with the headings above them, and its commands with their places. */
import type { DocumentBlock, DocumentUnderLint, Place, ShellText } from '../lint/rule.ts';
import { type Block, type SourceLine, textOf } from './blocks.ts';

/** What the rules for documents look at. */
export function documentUnderLint(blocks: readonly Block[], lines: readonly string[]): DocumentUnderLint {
  const above = new Headings();
  const out: DocumentBlock[] = [];
  for (const block of blocks) {
    const under = above.path();
    if (block.kind === 'heading') {
      above.enter(block.level, block.text);
      const at = { line: block.span.from, column: block.column };
      out.push({ kind: 'heading', text: block.text, at, under: above.path().slice(0, -1) });
    } else out.push(...partsOf(block, under));
  }
  return { blocks: out, lines };
}

/** The blocks of commands, as they stand in the document. */
export function shellTexts(blocks: readonly Block[]): readonly ShellText[] {
  return blocks.flatMap((block) => (block.kind === 'commands' ? [shellText(block.lines)] : []));
}

function shellText(lines: readonly SourceLine[]): ShellText {
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.text.length + 1;
  }
  const place = (offset: number): Place => {
    const i = Math.max(
      0,
      starts.findLastIndex((start) => start <= offset),
    );
    const line = lines[i];
    const column = (line?.column ?? 1) + Math.max(0, offset - (starts[i] ?? 0));
    return { line: line?.line ?? 1, column };
  };
  return { text: textOf(lines), place, role: 'document' };
}

function partsOf(
  block: Exclude<Block, { kind: 'heading' }>,
  under: readonly string[],
): readonly DocumentBlock[] {
  switch (block.kind) {
    case 'prose':
      return block.lines
        .filter((line) => line.text.trim() !== '')
        .map((line) => ({ kind: 'paragraph', text: line.text.trim(), at: placeOf(line), under }));
    case 'list':
      return block.items.map((item) => ({
        kind: item.kind === 'task' ? 'task' : 'item',
        text: item.text,
        at: { line: item.span.from, column: item.column },
        under,
      }));
    case 'table':
      return block.rows.map((row) => ({
        kind: 'row',
        text: row.cells.join(' | '),
        at: { line: row.span.from, column: row.column },
        under,
      }));
    case 'commands':
    case 'literal': {
      const first = block.lines[0];
      const at = first === undefined ? { line: block.span.from, column: 1 } : placeOf(first);
      return [{ kind: 'code', text: textOf(block.lines), at, under }];
    }
    case 'mark':
    case 'rule':
      return [];
  }
}

function placeOf(line: SourceLine): Place {
  return { line: line.line, column: line.column };
}

/** The headings that a block stands under, outermost first. */
export class Headings {
  private readonly open: { readonly level: number; readonly text: string }[] = [];

  enter(level: number, text: string): void {
    while ((this.open.at(-1)?.level ?? -1) >= level) this.open.pop();
    this.open.push({ level, text });
  }

  path(): readonly string[] {
    return this.open.map((heading) => heading.text);
  }
}
