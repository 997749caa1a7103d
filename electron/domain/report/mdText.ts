/** Text of others inside Markdown: nothing of it can become markup. */
import { visibleLine, visibleLines } from './safeText.ts';

/**
 * One line of text as it is, without markup: every ASCII punctuation character is escaped (CommonMark 2.4), and what
 * GitHub and GitLab link by themselves (addresses, mentions, issue numbers) is broken up.
 */
export function mdText(text: string): string {
  return visibleLine(text)
    .replace(/[!-/:-@[-`{-~]/g, (c) => (SAFE.has(c) ? c : (ENTITIES.get(c) ?? `\\${c}`)))
    .replace(/(www|https?|ftp|mailto|xmpp)(?=\\?[.:])/gi, (word) => `${word}\u2060`);
}

/** Characters that mean nothing inside a line of ours. */
const SAFE: ReadonlySet<string> = new Set([',', ';', '?', '%', '/', "'"]);
/** As entities, or broken up, because some renderers look for these before or after they look for escapes. */
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['@', '@\u2060'],
  ['#', '#\u2060'],
  ['|', '&#124;'],
]);

/** Text in a code span: the fence is longer than any run of backticks inside; a bar would end the cell of a table. */
export function mdCode(text: string): string {
  const inner = visibleLine(text).replace(/\|/g, '¦');
  if (inner === '') return '';
  const fence = fenceFor(inner, 1);
  const pad = inner.startsWith('`') || inner.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${inner}${pad}${fence}`;
}

/** A fenced block. */
export function mdBlock(text: string): string {
  const inner = visibleLines(text).replace(/\n$/, '');
  const fence = fenceFor(inner, 3);
  return `${fence}text\n${inner}\n${fence}`;
}

function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  return '`'.repeat(Math.max(least, longest + 1));
}

/** A row of a table; its cells are markup already. */
export function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => (cell === '' ? ' ' : cell)).join(' | ')} |`;
}

export function table(heads: readonly string[], rows: readonly string[]): readonly string[] {
  return rows.length === 0 ? [] : [row(...heads), row(...heads.map(() => '---')), ...rows, ''];
}
