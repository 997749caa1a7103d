/**
 * Makes recorded text harmless to whatever shows it: escape sequences go, other control characters and bidirectional
 * controls become visible as `<U+XXXX>`. Nothing here may let a byte of a host steer a page, a terminal or a printer.
 */
import { escapeText, unescapeLines } from '../evidence/jcs.ts';
import { foldOverwrites } from '../terminal/plainText.ts';
import type { OutputPreview } from './model.ts';
import { count, plural } from './words.ts';

/** More that a reader cannot see: format characters, line and paragraph separators, joiners and fillers of no width. */
const INVISIBLE = /\p{Cf}|\p{Zl}|\p{Zp}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0/gu;

function visible(text: string): string {
  return escapeText(text).replace(
    INVISIBLE,
    (c) => `<U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}

/** Text of several lines, such as an output or a command: line feeds and tabs stay. */
export function visibleLines(text: string): string {
  return foldOverwrites(text)
    .split('\n')
    .map((line) => line.split('\t').map(visible).join('\t'))
    .join('\n');
}

/** Text that people or the journal wrote; line breaks that the journal marked come back. */
export function visibleProse(text: string): string {
  return visibleLines(unescapeLines(text));
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visibleProse(text)
    .replace(/[\n\t]+/g, ' ')
    .trim();
}

/** Lines shown of the beginning and of the end of an output. */
const HEAD_LINES = 150;
const TAIL_LINES = 50;
/** Characters of a line: a longer one is cut. */
const LINE_CHARS = 4000;

export interface ShownOutput {
  readonly path: string;
  readonly head: string;
  readonly tail?: string;
  /** What is not shown and where it is; absent when everything is here. */
  readonly note?: string;
}

/** An output as it is shown: harmless, cut to a readable length, with a plain note of what is left out. */
export function shownOutput(preview: OutputPreview): ShownOutput {
  const head = cutLines(visibleLines(preview.head).replace(/\n$/, '').split('\n'));
  const tail =
    preview.tail === undefined
      ? NO_LINES
      : cutLines(visibleLines(preview.tail).replace(/\n$/, '').split('\n'));
  const { path } = preview;
  const all = [...head.lines, ...tail.lines];
  const cut = head.cut || tail.cut;
  if (preview.tail === undefined && head.lines.length <= HEAD_LINES + TAIL_LINES) {
    const note = cut ? `Long lines are cut here. The whole output is in ${path}.` : undefined;
    return { path, head: head.lines.join('\n'), ...(note === undefined ? {} : { note }) };
  }
  const last = preview.tail === undefined ? all.slice(-TAIL_LINES) : tail.lines.slice(-TAIL_LINES);
  const left = preview.tail === undefined ? plural(all.length - HEAD_LINES - TAIL_LINES, 'line') : 'A part';
  return {
    path,
    head: head.lines.slice(0, HEAD_LINES).join('\n'),
    tail: last.join('\n'),
    note: `${left} left out here. The whole output, ${count(preview.bytes)} bytes, is in ${path}.`,
  };
}

interface CutLines {
  readonly lines: readonly string[];
  readonly cut: boolean;
}
const NO_LINES: CutLines = { lines: [], cut: false };

function cutLines(lines: readonly string[]): CutLines {
  const cut = lines.some((line) => line.length > LINE_CHARS);
  return {
    cut,
    lines: lines.map((line) =>
      line.length > LINE_CHARS ? `${line.slice(0, LINE_CHARS).replace(/[\ud800-\udbff]$/, '')}…` : line,
    ),
  };
}
