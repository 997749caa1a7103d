/** What a document is made of once it was read: blocks with the lines they stand on. Types only. */

/** Lines of the document, counted from 1, both ends included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A line of the document, or what is left of it without the marks around it. `column` is that of its first character. */
export interface SourceLine {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export interface ListItem {
  readonly kind: 'task' | 'bullet' | 'numbered';
  /** The author's words on one line; a number stays, another mark goes. */
  readonly text: string;
  readonly span: Span;
  readonly column: number;
}

export interface TableRow {
  readonly cells: readonly string[];
  readonly span: Span;
  readonly column: number;
}

export type Block =
  | {
      readonly kind: 'heading';
      readonly level: number;
      readonly text: string;
      readonly span: Span;
      readonly column: number;
    }
  | { readonly kind: 'prose'; readonly lines: readonly SourceLine[]; readonly span: Span }
  | { readonly kind: 'list'; readonly items: readonly ListItem[]; readonly span: Span }
  /** The first row is the heading of the table. */
  | { readonly kind: 'table'; readonly rows: readonly TableRow[]; readonly span: Span }
  /** Shell commands, to the letter. The span includes the fence. */
  | { readonly kind: 'commands'; readonly lines: readonly SourceLine[]; readonly span: Span }
  /** A code block that is no shell command, or that cannot be told apart from one. */
  | {
      readonly kind: 'literal';
      readonly lines: readonly SourceLine[];
      readonly span: Span;
      readonly why: 'language' | 'mixed' | 'front-matter';
    }
  /** Lines that only say where a code block begins or ends. */
  | { readonly kind: 'mark'; readonly span: Span }
  /** A line that only separates. */
  | { readonly kind: 'rule'; readonly span: Span };

export interface ReadDocument {
  readonly blocks: readonly Block[];
  /** Headings and tables were recognised by their look, because the Markdown is gone. */
  readonly flattened: boolean;
}

/** Text of several lines, as they stand in the document. */
export function textOf(lines: readonly SourceLine[]): string {
  return lines.map((line) => line.text).join('\n');
}

/** From the first line to the last; the lines must not be none. */
export function spanOf(lines: readonly { readonly line: number }[]): Span {
  return { from: lines[0]?.line ?? 1, to: lines.at(-1)?.line ?? 1 };
}
