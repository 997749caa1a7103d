/** Prose of a document as the note of a step: word for word, and inert however it is rendered. */
import type { Diagnostic } from '../../contract/runbook.ts';
import type { Content } from './sections.ts';
import { type SourceLine, textOf } from './blocks.ts';

/** Longest note of a step, with room for the findings. */
export const NOTE_LENGTH = 5000;
/** Longest note a step may have, less what joins its parts. */
export const WHOLE_NOTE = 7900;
/** HTML, links, images, reference definitions and addresses: what a renderer could act on. */
const ACTIVE =
  /<[/!?a-z]|\]\s*[([:]|[a-z][a-z0-9+.-]{1,30}:\/\/|\b(?:javascript|data|vbscript|mailto|file):|www\./i;

/** The text of something that is no step of its own. */
export function noteText(content: Extract<Content, { kind: 'prose' | 'table' | 'literal' }>): string {
  if (content.kind === 'literal') return fenced(textOf(content.lines));
  if (content.kind === 'prose') return proseText(content.lines);
  const rows = content.rows.map((row) => `| ${row.cells.join(' | ')} |`);
  const [head = '', ...body] = rows;
  const delimiter = `|${' --- |'.repeat(content.rows[0]?.cells.length ?? 1)}`;
  const table = [head, delimiter, ...body].join('\n');
  return ACTIVE.test(table) ? fenced(table) : table;
}

/** Parts of a text that is longer than a note; the parts together are the text. */
export function partsOf(text: string, length: number): readonly string[] {
  const parts: string[] = [];
  for (let rest = text; rest.length > 0;) {
    const cut = rest.length <= length ? rest.length : cutAt(rest, length);
    parts.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return parts;
}

/** As it stands, in a code block that nothing in it can close. */
export function fenced(text: string): string {
  let longest = 2;
  for (const run of text.matchAll(/`+/g)) longest = Math.max(longest, run[0].length);
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

function proseText(lines: readonly SourceLine[]): string {
  const text = textOf(lines);
  const looksLikeMore = lines.some((line) =>
    /^\s{4}|^\s*(?:[-+*](?=\s)|[>#|=]|\d+[.)]\s|```|~~~)/.test(line.text),
  );
  return ACTIVE.test(text) || looksLikeMore ? fenced(text) : text;
}

function cutAt(text: string, length: number): number {
  const line = text.lastIndexOf('\n', length - 1);
  if (line > length / 2) return line + 1;
  const code = text.charCodeAt(length - 1);
  return code >= 0xd800 && code <= 0xdbff ? length - 1 : length;
}

/** The findings of a step, for its note: as many as there is room for, and how many there are more. */
export function findingsText(findings: readonly Diagnostic[], room: number): string {
  if (findings.length === 0) return '';
  const lines = findings.map(
    ({ line, rule, message, hint }) =>
      `- Line ${String(line)}, ${rule}: ${message}${hint === undefined ? '' : ` Remedy: ${hint}`}`,
  );
  let shown = 0;
  for (let length = 100; shown < lines.length; shown++) {
    length += (lines[shown]?.length ?? 0) + 1;
    if (length > room) break;
  }
  const more = lines.length - shown;
  const rest = more === 0 ? [] : [`- ${String(more)} findings more; the import lists them all.`];
  const text = [...lines.slice(0, shown), ...rest].join('\n');
  return ACTIVE.test(text) ? fenced(text) : `Findings:\n\n${text}`;
}
