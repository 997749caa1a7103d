/**
 * Reads Markdown by its blocks only. Links, images, HTML, entities and reference definitions are never interpreted: they
 * stay the text they are, so nothing in a document can act, load or grow.
 */
import type { BlockContent, Code, DefinitionContent, List, ListItem as ListNode, Nodes, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Block, ListItem, SourceLine, Span, TableRow } from './blocks.ts';
import { isCommentLine, onlyCommands } from './commandLines.ts';
import { readFlat } from './flatText.ts';
import { hasHidden } from './guard.ts';

/** All that works within a line, and what reaches beyond its place in the document. */
const TEXT_AS_IT_IS = {
  disable: {
    null: [
      'attention',
      'autolink',
      'characterEscape',
      'characterReference',
      'codeText',
      'definition',
      'hardBreakEscape',
      'htmlFlow',
      'htmlText',
      'labelEnd',
      'labelStartImage',
      'labelStartLink',
    ],
  },
};
const SHELLS = new Set([
  'sh',
  'bash',
  'shell',
  'console',
  'shell-session',
  'zsh',
  'ksh',
  'ash',
  'dash',
  'terminal',
]);
const MAX_FRONT_MATTER = 60;

/** The blocks of a Markdown document, in order. */
export function readMarkdown(lines: readonly string[]): readonly Block[] {
  const front = frontMatter(lines);
  const body = lines.map((line, i) => (i < front ? '' : line));
  const tree = fromMarkdown(body.join('\n'), {
    extensions: [gfmTable(), TEXT_AS_IT_IS],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
  const reader = new Reader(lines);
  if (front > 0) reader.literal({ from: 1, to: front }, reader.source(1, front), 'front-matter');
  reader.all(tree.children);
  return reader.blocks;
}

/** Number of lines of a `---` block of metadata at the top. */
function frontMatter(lines: readonly string[]): number {
  if (lines[0]?.trimEnd() !== '---') return 0;
  const end = lines.slice(1, MAX_FRONT_MATTER).findIndex((line) => line.trimEnd() === '---');
  const inner = lines.slice(1, end + 1);
  return end > 0 && inner.every((line) => /^(?:[\w-]+:|\s|#|$|- )/.test(line)) ? end + 2 : 0;
}

class Reader {
  readonly blocks: Block[] = [];
  private readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }

  all(nodes: readonly Nodes[]): void {
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i];
      if (node === undefined) continue;
      const next = nodes[i + 1];
      const commands = next === undefined ? null : this.commented(node, next);
      if (commands === null) this.one(node);
      else {
        this.blocks.push(...readFlat(commands, 'block'));
        i++;
      }
    }
  }

  source(from: number, to: number): readonly SourceLine[] {
    return this.lines.slice(from - 1, to).map((text, i) => ({ text, line: from + i, column: 1 }));
  }

  literal(span: Span, lines: readonly SourceLine[], why: 'language' | 'mixed' | 'front-matter'): void {
    this.blocks.push({ kind: 'literal', lines, span, why });
  }

  private one(node: Nodes): void {
    const span = spanAt(node);
    if (node.type === 'heading') {
      const text = plain(node).replaceAll('\n', ' ').trim();
      const column = node.position?.start.column ?? 1;
      this.blocks.push({ kind: 'heading', level: node.depth, text, span, column });
    } else if (node.type === 'code') this.code(node, span);
    else if (node.type === 'list') this.list(node);
    else if (node.type === 'table') this.blocks.push({ kind: 'table', rows: rowsOf(node), span });
    else if (node.type === 'blockquote') this.all(node.children);
    else if (node.type === 'thematicBreak') this.blocks.push({ kind: 'rule', span });
    else this.paragraph(node);
  }

  private paragraph(node: Nodes): void {
    const lines = this.textLines(node);
    if (onlyCommands(lines) || lines.some((line) => /^\s*\|/.test(line.text))) {
      this.blocks.push(...readFlat(lines, 'block'));
    } else this.blocks.push({ kind: 'prose', lines, span: spanAt(node) });
  }

  /** The lines of a text, without the marks of the quotes and lists it stands in. */
  private textLines(node: Nodes): readonly SourceLine[] {
    return plain(node)
      .split('\n')
      .map((text, i) => this.placed(text, spanAt(node).from + i));
  }

  /** `# Update the repo` with commands directly below is a comment that lost its fence, not the title of a chapter. */
  private commented(node: Nodes, next: Nodes): readonly SourceLine[] | null {
    if (node.type !== 'heading' || node.depth !== 1 || next.type !== 'paragraph') return null;
    const at = spanAt(node);
    const column = node.position?.start.column ?? 1;
    const text = (this.lines[at.from - 1] ?? '').slice(column - 1);
    const below = this.textLines(next);
    if (at.to !== at.from || at.to + 1 !== spanAt(next).from) return null;
    if (!isCommentLine(text) || !onlyCommands(below)) return null;
    return [{ text, line: at.from, column }, ...below];
  }

  private code(node: Code, span: Span): void {
    const first = this.lines[span.from - 1] ?? '';
    const fenced = /^[`~]{3}/.test(first.slice((node.position?.start.column ?? 1) - 1));
    const lines =
      node.value === ''
        ? []
        : node.value.split('\n').map((text, i) => this.placed(text, span.from + i + (fenced ? 1 : 0)));
    const language = node.lang?.toLowerCase() ?? null;
    const hidden = lines.some((line) => hasHidden(line.text));
    if (language !== null && !SHELLS.has(language)) {
      this.literal(span, lines, 'language');
    } else if (!hidden && lines.length > 0 && (language !== null || onlyCommands(lines))) {
      this.blocks.push({ kind: 'commands', lines, span });
    } else {
      const inner = readFlat(lines, 'block');
      const mixed = language !== null || inner.some((block) => block.kind === 'commands');
      if (mixed || inner.length === 0) this.literal(span, lines, 'mixed');
      else {
        this.blocks.push(...inner);
        if (fenced)
          for (const at of [span.from, span.to])
            this.blocks.push({ kind: 'mark', span: { from: at, to: at } });
      }
    }
  }

  /** The text has lost its indentation; what is left is the end of the line. */
  private placed(text: string, line: number): SourceLine {
    const source = (this.lines[line - 1] ?? '').trimEnd();
    const column = source.length - text.trimEnd().length + 1;
    return { text, line, column: source.endsWith(text.trimEnd()) ? column : 1 };
  }

  private list(node: List): void {
    let items: ListItem[] = [];
    const close = () => {
      const [first, last] = [items[0], items.at(-1)];
      if (first !== undefined && last !== undefined) {
        this.blocks.push({ kind: 'list', items, span: { from: first.span.from, to: last.span.to } });
      }
      items = [];
    };
    const walk = (item: ListNode): void => {
      const [first, ...rest] = item.children;
      const lead = first?.type === 'paragraph' ? first : null;
      const one = this.item(item, lead);
      // A mark without words says nothing; a number without words does.
      if (one.text !== '' || first === undefined) items.push(one);
      for (const child of lead === null ? item.children : rest) {
        if (child.type === 'list') for (const inner of child.children) walk(inner);
        else {
          close();
          this.all([child]);
        }
      }
    };
    for (const item of node.children) walk(item);
    close();
  }

  private item(item: ListNode, lead: BlockContent | DefinitionContent | null): ListItem {
    const at = spanAt(item);
    const column = item.position?.start.column ?? 1;
    const mark = /^(?:\d{1,9}[.)]|[-*+])/.exec((this.lines[at.from - 1] ?? '').slice(column - 1))?.[0] ?? '-';
    const text =
      lead === null
        ? ''
        : plain(lead)
            .replace(/\s*\n\s*/g, ' ')
            .trim();
    const task = /^\[[ xX]\]\s+(?=\S)/.exec(text);
    const span = { from: at.from, to: lead === null ? at.from : spanAt(lead).to };
    if (task !== null) return { kind: 'task', text: text.slice(task[0].length), span, column };
    const numbered = /^\d/.test(mark);
    return {
      kind: numbered ? 'numbered' : 'bullet',
      text: numbered ? `${mark} ${text}`.trimEnd() : text,
      span,
      column,
    };
  }
}

function rowsOf(table: Table): readonly TableRow[] {
  return table.children.map((row) => ({
    cells: row.children.map((cell) => plain(cell).replaceAll('\n', ' ').trim()),
    span: spanAt(row),
    column: row.position?.start.column ?? 1,
  }));
}

/** Text of a node whose parts are only text and line breaks. */
function plain(node: Nodes): string {
  if ('value' in node) return node.value;
  if (node.type === 'break') return '\n';
  return 'children' in node ? node.children.map((child) => plain(child)).join('') : '';
}

function spanAt(node: Nodes): Span {
  return { from: node.position?.start.line ?? 1, to: node.position?.end.line ?? 1 };
}
