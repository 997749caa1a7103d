/** What is refused before a document is read, and what is made visible in it. Bounds the time and memory of everything after. */
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Diagnostic } from '../../contract/runbook.ts';

export const MAX_BYTES = 256 * 1024;
export const MAX_LINES = 5000;
/** Quotes and list marks before the text of one line. */
const MAX_MARKS = 16;
/** Indentation before a mark; a list within lists costs the reader its depth on every line. */
const MAX_INDENT = 80;
/** Cells of tables; a wide table costs the reader the square of its width. */
const MAX_PIPES = 20_000;
const MAX_HIDDEN_FINDINGS = 20;

export interface GuardedText {
  readonly lines: readonly string[];
  readonly findings: readonly Diagnostic[];
}

/** Characters that change what is seen and cannot be seen themselves. Joiners of emoji are left alone. */
const HIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffd\uffff\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;
const MARKS = /^(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))+/;
const MARK = />|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])/g;

/**
 * The lines of a document, with hidden characters written out as `⟨U+202E⟩` and a finding for each.
 *
 * @returns a failure with the place when the document is binary, too large or too deep to be read in bounded time
 */
export function guardDocument(text: string, file: string): Result<GuardedText> {
  const refuse = (message: string, hint: string) => fail('unsupported', `${file}: ${message}`, { hint });
  if (utf8Length(text) > MAX_BYTES) {
    return refuse('the document is larger than 256 KiB.', 'Import it in parts.');
  }
  const zero = text.indexOf('\u0000');
  if (zero !== -1) {
    const line = text.slice(0, zero).split(/\r\n|[\n\r]/).length;
    return refuse(`line ${String(line)} holds a NUL character; this is not text.`, 'Save it as UTF-8 text.');
  }
  const raw = text.replace(/^\ufeff/, '').split(/\r\n|[\n\r]/);
  if (raw.at(-1) === '') raw.pop();
  if (raw.length > MAX_LINES) {
    return refuse(`the document has more than ${String(MAX_LINES)} lines.`, 'Import it in parts.');
  }
  const deep = raw.findIndex((line) => isTooDeep(line));
  if (deep !== -1) {
    return refuse(
      `line ${String(deep + 1)} is nested deeper than ${String(MAX_MARKS)} levels.`,
      'Make its lists and quotes flatter.',
    );
  }
  if (countOf(text, '|') > MAX_PIPES) {
    return refuse('its tables have more than 20,000 cells.', 'Import it in parts.');
  }
  return ok(showHidden(raw, file));
}

/** A line that must not be sent to a shell: it holds, or held, something that cannot be seen. */
export function hasHidden(text: string): boolean {
  return /⟨U\+[0-9A-F]{4,6}⟩|[\u200c\u200d]/.test(text);
}

function isTooDeep(line: string): boolean {
  const marks = MARKS.exec(line)?.[0];
  if (marks === undefined) return false;
  const indent = /^[ \t]*/.exec(marks)?.[0].replaceAll('\t', '    ').length ?? 0;
  return indent > MAX_INDENT || (marks.match(MARK)?.length ?? 0) > MAX_MARKS;
}

function showHidden(raw: readonly string[], file: string): GuardedText {
  const findings: Diagnostic[] = [];
  const lines = raw.map((line, i) =>
    line.replace(HIDDEN, (character: string, offset: number) => {
      const shown = `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
      if (findings.length < MAX_HIDDEN_FINDINGS) findings.push(hiddenFinding(file, i + 1, offset + 1, shown));
      return shown;
    }),
  );
  return { lines, findings };
}

function hiddenFinding(file: string, line: number, column: number, shown: string): Diagnostic {
  return {
    severity: 'error',
    rule: 'import.hidden-character',
    message: `There is a character here that cannot be seen; it is written out as ${shown}.`,
    file,
    line,
    column,
    hint: 'Remove it from the document; a command with it is not taken as a command.',
  };
}

function countOf(text: string, wanted: string): number {
  let n = 0;
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) n++;
  return n;
}

/** Bytes of a text in UTF-8; of one that is longer than `enough` characters, some number above that. */
export function utf8Length(text: string, enough = MAX_BYTES): number {
  if (text.length > enough) return text.length;
  let bytes = 0;
  for (const c of text) {
    const point = c.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
