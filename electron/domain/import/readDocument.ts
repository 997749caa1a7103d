/** Reads a document as Markdown, or as text that has lost its Markdown, whichever it is. */
import type { Block, ReadDocument } from './blocks.ts';
import { isCommandLine } from './commandLines.ts';
import { readFlat } from './flatText.ts';
import { readMarkdown } from './markdownText.ts';

/** The blocks of a document, in order; each line that is not empty stands in the span of one of them. */
export function readDocument(lines: readonly string[]): ReadDocument {
  const all = lines.map((text, i) => ({ text, line: i + 1, column: 1 }));
  const flattened = isFlattened(lines);
  const blocks = flattened ? readFlat(all, 'document') : readMarkdown(lines);
  return { blocks: withTheRest(blocks, lines), flattened };
}

/** Adds the lines that no block holds: as prose, or, where nothing but marks stands on them, as a line that separates. */
function withTheRest(blocks: readonly Block[], lines: readonly string[]): readonly Block[] {
  const held = new Set<number>();
  for (const { span } of blocks) for (let n = span.from; n <= span.to; n++) held.add(n);
  const rest = lines.flatMap((text, i): readonly Block[] => {
    const line = i + 1;
    if (text.trim() === '' || held.has(line)) return [];
    const span = { from: line, to: line };
    if (!/[\p{L}\p{N}]/u.test(text)) return [{ kind: 'rule', span }];
    return [{ kind: 'prose', lines: [{ text, line, column: 1 }], span }];
  });
  if (rest.length === 0) return blocks;
  // Stable: a block that begins on the same line as another stays behind it.
  return [...blocks, ...rest].toSorted((a, b) => a.span.from - b.span.from);
}

/**
 * Whether a document was Markdown once: no fence, no rule under a table head, no deeper headings and hardly an empty line,
 * but single table cells or bare commands.
 */
function isFlattened(lines: readonly string[]): boolean {
  const some = (pattern: RegExp) => lines.some((line) => pattern.test(line));
  if (some(/^\s*(?:```|~~~)/) || some(/^\s*\|?\s*:?-{3,}:?\s*\|/) || some(/^#{2,6}\s+\S/)) return false;
  const empty = lines.filter((line) => line.trim() === '').length;
  if (empty > lines.length / 10) return false;
  const cells = lines.filter((line) => /^\s*\|[^|]+\|\s*$/.test(line)).length;
  return cells > 0 || lines.filter((line) => isCommandLine(line)).length >= 2;
}
