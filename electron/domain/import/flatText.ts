/**
 * Reads text that is not Markdown (any more): one table cell a line, commands without fences, headings without marks. Goes
 * through the lines once and loses none of them; what is not recognised is prose.
 */
import { type Block, type ListItem, type SourceLine, spanOf } from './blocks.ts';
import { commandLength, isCommandLine, isCommentLine } from './commandLines.ts';
import { readFlatTable } from './flatTable.ts';

/** `document`: headings are looked for. `block`: the text of a fence or a paragraph, where there are none. */
export type FlatMode = 'document' | 'block';

interface Taken {
  readonly block: Block;
  /** Lines it is made of. */
  readonly count: number;
}

const BULLET = /^\s*(?:[-*+•‣▪◦]|[├└]─+)\s+(?=\S)/;
const NUMBER = /^\s*(\d{1,3})[.)]\s+(?=\S)/;
const TASK = /^\[[ xX]\]\s+(?=\S)/;
const RULE = /^\s*([-*_=─—])(?:\s*\1){2,}\s*$/;

/** The blocks of these lines, in order. */
export function readFlat(lines: readonly SourceLine[], mode: FlatMode): readonly Block[] {
  const blocks: Block[] = [];
  const subsections = new Subsections();
  for (let i = 0; i < lines.length;) {
    const line = lines[i];
    if (line === undefined || line.text.trim() === '') {
      i++;
      continue;
    }
    const taken = take(lines, i, line, mode, subsections);
    push(blocks, taken.block);
    i += taken.count;
  }
  return blocks;
}

function take(
  lines: readonly SourceLine[],
  i: number,
  line: SourceLine,
  mode: FlatMode,
  subsections: Subsections,
): Taken {
  if (RULE.test(line.text)) return { block: { kind: 'rule', span: spanOf([line]) }, count: 1 };
  const table = readFlatTable(lines, i);
  if (table !== null) return table;
  const commands = takeCommands(lines, i);
  if (commands !== null) return commands;
  if (mode === 'document' && isHeading(lines, i)) {
    const text = line.text.trim().replace(/^#{1,6}\s+/, '');
    const followed = isHeading(lines, i + 1) && takeCommands(lines, i + 1) === null;
    const level = subsections.level(text, followed, i === 0);
    return { block: { kind: 'heading', level, text, span: spanOf([line]), column: line.column }, count: 1 };
  }
  if (itemOf(line) !== null) return takeList(lines, i, mode);
  return { block: { kind: 'prose', lines: [line], span: spanOf([line]) }, count: 1 };
}

/** Prose that follows prose is one block. */
function push(blocks: Block[], block: Block): void {
  const last = blocks.at(-1);
  if (last?.kind === 'prose' && block.kind === 'prose' && last.span.to + 1 === block.span.from) {
    const lines = [...last.lines, ...block.lines];
    blocks[blocks.length - 1] = { kind: 'prose', lines, span: spanOf(lines) };
    return;
  }
  blocks.push(block);
}

/** Commands and the comments between, before and after them, up to an empty line. */
function takeCommands(lines: readonly SourceLine[], start: number): Taken | null {
  let i = start;
  let commands = 0;
  for (let line = lines[i]; line !== undefined; line = lines[i]) {
    const length = commandLength(lines, i);
    if (length > 0) commands++;
    else if (!isCommentLine(line.text)) break;
    i += Math.max(1, length);
  }
  if (commands === 0) return null;
  const taken = lines.slice(start, i);
  return { block: { kind: 'commands', lines: taken, span: spanOf(taken) }, count: taken.length };
}

function takeList(lines: readonly SourceLine[], start: number, mode: FlatMode): Taken {
  const items: ListItem[] = [];
  let i = start;
  for (let line = lines[i]; line !== undefined; line = lines[i]) {
    const item = itemOf(line);
    const last = items.at(-1);
    if (item !== null && !(mode === 'document' && i > start && isHeading(lines, i))) items.push(item);
    else if (last !== undefined && continues(last.text, lines, i, mode)) {
      const text = `${last.text} ${line.text.trim()}`;
      items[items.length - 1] = { ...last, text, span: { from: last.span.from, to: line.line } };
    } else break;
    i++;
  }
  const span = { from: items[0]?.span.from ?? 1, to: items.at(-1)?.span.to ?? 1 };
  return { block: { kind: 'list', items, span }, count: i - start };
}

function itemOf(line: SourceLine): ListItem | null {
  const bullet = BULLET.exec(line.text);
  const span = spanOf([line]);
  if (bullet !== null) {
    const rest = line.text.slice(bullet[0].length).trimEnd();
    const task = TASK.exec(rest);
    const kind = task === null ? 'bullet' : 'task';
    return { kind, text: rest.slice(task?.[0].length ?? 0), span, column: line.column };
  }
  if (!NUMBER.test(line.text)) return null;
  return { kind: 'numbered', text: line.text.trim(), span, column: line.column };
}

/** Whether a line goes on with the item above it: a word that was set on a line of its own, or the rest of a sentence. */
function continues(item: string, lines: readonly SourceLine[], i: number, mode: FlatMode): boolean {
  const text = lines[i]?.text ?? '';
  if (text.trim() === '' || RULE.test(text) || /^\s*\|/.test(text)) return false;
  if (isCommentLine(text) || isCommandLine(text)) return false;
  if (/[—–,(:]$/.test(item) && mode === 'document') return true;
  return /^\s{2,}\S/.test(text) || /^[a-z]/.test(text);
}

/** Whether a line of a flattened document is a heading, by its look and by what stands around it. */
function isHeading(lines: readonly SourceLine[], i: number): boolean {
  const text = lines[i]?.text.trim() ?? '';
  if (/^#{1,6}\s+\S/.test(text)) return true;
  const number = NUMBER.exec(text);
  if (number !== null)
    return !isNumberedRun(lines, i, Number(number[1])) && looksLikeTitle(text.slice(number[0].length));
  return !BULLET.test(text) && looksLikeTitle(text);
}

function isNumberedRun(lines: readonly SourceLine[], i: number, n: number): boolean {
  const number = (at: number) => Number(NUMBER.exec(lines[at]?.text ?? '')?.[1] ?? Number.NaN);
  return number(i + 1) === n + 1 || number(i - 1) === n - 1;
}

function looksLikeTitle(text: string): boolean {
  if (text.length > 80 || !/^[\p{Lu}\p{Extended_Pictographic}\d]/u.test(text)) return false;
  if (/[.:;,!?|>]$|: |→|@|:\/\/|=/.test(text) || isCommandLine(text)) return false;
  return text.split(/\s+/).length <= 9;
}

/**
 * Levels of headings without marks. The first line is the title when another heading follows. A number makes a chapter. A heading directly above another holds it and those after it,
 * until one that ends in the same word (`Backend Jobs`, `Agent Jobs`).
 */
class Subsections {
  private holder: string | null = null;

  level(text: string, headingFollows: boolean, isFirst: boolean): number {
    if (isFirst && headingFollows) return 0;
    if (/^\d{1,3}[.)]\s/.test(text)) {
      this.holder = null;
      return 1;
    }
    if (this.holder !== null && lastWord(this.holder) !== lastWord(text)) return 3;
    this.holder = headingFollows ? text : null;
    return 2;
  }
}

function lastWord(text: string): string {
  return text.split(/\s+/).at(-1)?.toLowerCase() ?? '';
}
