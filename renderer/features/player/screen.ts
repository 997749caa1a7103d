/**
 * A screen that only draws: rows of cells, a cursor, a scroll region, an alternate screen. It takes what the filter let
 * through, has no input, answers nothing and keeps no history. Every operation is bounded by its own size.
 */
import { clampSize, createGrid, type GridState, type Row, type Size } from './grid.ts';
import { PLAIN, sgr } from './style.ts';
import { columnsOf } from './width.ts';

interface Cursor {
  readonly x: number;
  readonly y: number;
  readonly style: number;
}
const home: Cursor = { x: 0, y: 0, style: PLAIN };

/** What a screen can be taken up again from. */
export interface ScreenState extends Size, GridState {
  readonly cursor: Cursor;
  readonly saved: Cursor;
  /** Where the cursor of the normal screen was when the alternate one was entered. */
  readonly main: Cursor;
  readonly top: number;
  readonly bottom: number;
  readonly wrap: boolean;
  readonly shown: boolean;
  readonly lineDrawing: boolean;
  /** The last column is filled: the next character begins a new line. */
  readonly full: boolean;
  /** What a repetition repeats. */
  readonly last: string;
}

export interface Screen {
  readonly size: () => Size;
  /** Takes text from the filter; sequences are whole within one piece. */
  write(text: string): void;
  resize(cols: number, rows: number): void;
  /** The rows as they are now: one that has not changed is the same object as before. */
  lines(): readonly Row[];
  readonly cursor: () => { readonly x: number; readonly y: number; readonly shown: boolean };
  save(): ScreenState;
  /** The screen as text, a line each, spaces at the end left out. */
  text(): string;
}

/** UTF-16 units in one cell, marks included; more marks are left out. */
const MAX_CELL = 8;
/** DEC special graphics (VT100), from ` to ~. */
const LINE_DRAWING = '◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·';
const SEQUENCE = /\u001b(?:\[(\??[\d;:]*)([@-~])|\(([0B])|([78DEM]))/y;

/** A blank screen of this size (clamped), or the one that was saved. */
export function createScreen(from: ScreenState | Size): Screen {
  const begun = 'lines' in from ? from : null;
  let { cols, rows } = clampSize(from.cols, from.rows);
  const grid = createGrid({ cols, rows }, begun);
  let { x, y, style } = begun?.cursor ?? home;
  let saved = begun?.saved ?? home;
  let main = begun?.main ?? home;
  let top = begun?.top ?? 0;
  let bottom = begun?.bottom ?? rows - 1;
  let wrap = begun?.wrap ?? true;
  let shown = begun?.shown ?? true;
  let lineDrawing = begun?.lineDrawing ?? false;
  let full = begun?.full ?? false;
  let last = begun?.last ?? ' ';

  const moveTo = (toX: number, toY: number): void => {
    x = Math.min(cols - 1, Math.max(0, toX));
    y = Math.min(rows - 1, Math.max(0, toY));
    full = false;
  };
  const index = (): void => {
    full = false;
    if (y === bottom) grid.roll(top, bottom, 1, style);
    else if (y < rows - 1) y += 1;
  };
  const reverseIndex = (): void => {
    if (y === top) grid.roll(bottom, top, 1, style);
    else moveTo(x, y - 1);
  };
  const keep = (): void => {
    saved = { x, y, style };
  };
  const restore = (): void => {
    style = saved.style;
    moveTo(saved.x, saved.y);
  };
  const newLine = (): void => {
    x = 0;
    index();
  };

  const mark = (c: string): void => {
    const line = grid.row(y);
    const at = full ? x : Math.max(0, x - 1);
    const cell = line.text[at] ?? ' ';
    if (cell !== '' && cell.length + c.length <= MAX_CELL) line.text[at] = cell + c;
  };
  const put = (c: string): void => {
    const width = columnsOf(c);
    if (width === 0) {
      mark(c);
      return;
    }
    if (full && wrap) newLine();
    full = false;
    if (width === 2 && x === cols - 1) {
      if (!wrap) return;
      newLine();
    }
    const line = grid.row(y);
    const end = x + width;
    // Half of a wide character cannot stand alone.
    if (line.text[x] === '' && x > 0) line.text[x - 1] = ' ';
    if (line.text[end] === '') line.text[end] = ' ';
    line.text[x] = c;
    line.style[x] = style;
    if (width === 2) {
      line.text[x + 1] = '';
      line.style[x + 1] = style;
    }
    last = c;
    full = end >= cols;
    x = Math.min(cols - 1, end);
  };

  const control = (c: string): void => {
    if (c === '\n') index();
    else if (c === '\r') moveTo(0, y);
    else if (c === '\b') moveTo(x - 1, y);
    else if (c === '\t') moveTo((Math.floor(x / 8) + 1) * 8, y);
  };
  const short = (c: string): void => {
    if (c === '7') keep();
    else if (c === '8') restore();
    else if (c === 'M') reverseIndex();
    else if (c === 'E') newLine();
    else index();
  };

  const alternate = (on: boolean, withCursor: boolean): void => {
    if (!grid.alternate(on) || !withCursor) return;
    if (on) main = { x, y, style };
    else {
      style = main.style;
      moveTo(main.x, main.y);
    }
  };
  const mode = (which: string, on: boolean): void => {
    if (which === '7') wrap = on;
    else if (which === '25') shown = on;
    else if (which === '1048') {
      if (on) keep();
      else restore();
    } else alternate(on, which === '1049');
  };
  const eraseScreen = (what: number): void => {
    if (what > 2) return;
    for (let row = what === 0 ? y + 1 : 0; row < (what === 1 ? y : rows); row++) {
      grid.erase(row, 0, cols, style);
    }
    if (what < 2) eraseLine(what);
  };
  const eraseLine = (what: number): void => {
    if (what <= 2) grid.erase(y, what === 0 ? x : 0, what === 1 ? x + 1 : cols, style);
  };
  const region = (from: number, to: number): void => {
    const end = to === 0 ? rows : Math.min(rows, to);
    if (from >= end) return;
    top = from - 1;
    bottom = end - 1;
    moveTo(0, 0);
  };
  const inRegion = (): boolean => y >= top && y <= bottom;

  const vertical = (final: string, n: number): void => {
    if (final === 'A') moveTo(x, Math.max(y >= top ? top : 0, y - n));
    else if (final === 'B' || final === 'e') moveTo(x, Math.min(y <= bottom ? bottom : rows - 1, y + n));
    else if (final === 'E') moveTo(0, y + n);
    else if (final === 'F') moveTo(0, y - n);
    else if (final === 'd') moveTo(x, n - 1);
  };
  const horizontal = (final: string, n: number): void => {
    if (final === 'C' || final === 'a') moveTo(x + n, y);
    else if (final === 'D') moveTo(x - n, y);
    else if (final === 'G' || final === '`') moveTo(n - 1, y);
    else if (final === 'I') moveTo((Math.floor(x / 8) + n) * 8, y);
    else if (final === 'Z') moveTo((Math.ceil(x / 8) - n) * 8, y);
  };
  const change = (final: string, first: number, n: number): void => {
    if (final === 'J') eraseScreen(first);
    else if (final === 'K') eraseLine(first);
    else if (final === 'X') grid.erase(y, x, Math.min(cols, x + n), style);
    else if (final === '@') grid.insert(y, x, n);
    else if (final === 'P') grid.remove(y, x, n);
    else if (final === 'S') grid.roll(top, bottom, n, style);
    else if (final === 'T') grid.roll(bottom, top, n, style);
    else if (final === 'L' && inRegion()) grid.roll(bottom, y, n, style);
    else if (final === 'M' && inRegion()) grid.roll(y, bottom, n, style);
    else if (final === 'b') for (let k = 0; k < n; k++) put(last);
  };

  const csi = (parameters: string, final: string): void => {
    if (final === 'm') {
      style = sgr(style, parameters);
      return;
    }
    if (final === 'h' || final === 'l') {
      for (const which of parameters.slice(1).split(';')) mode(which, final === 'h');
      return;
    }
    const [first = 0, second = 0] = parameters.split(';').map(Number);
    const n = Math.max(1, first);
    if ('ABEFed'.includes(final)) vertical(final, n);
    else if ('CDGIZa`'.includes(final)) horizontal(final, n);
    else if (final === 'H' || final === 'f') moveTo(Math.max(1, second) - 1, n - 1);
    else if (final === 'r') region(n, second);
    else if (final === 's') keep();
    else if (final === 'u') restore();
    else change(final, first, n);
  };

  /** Plain ASCII that fits on the line, in one go: by far the most of what programs print. Gives where it ends. */
  const run = (text: string, from: number): number => {
    const end = Math.min(text.length, from + (cols - 1 - x));
    const first = text.charCodeAt(from);
    if (full || lineDrawing || end <= from || first < 0x20 || first > 0x7e) return from;
    const line = grid.row(y);
    if (line.text[x] === '' && x > 0) line.text[x - 1] = ' ';
    let at = from;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code < 0x20 || code > 0x7e) break;
      line.text[x] = text.charAt(at);
      line.style[x] = style;
      x += 1;
    }
    if (line.text[x] === '') line.text[x] = ' ';
    last = text.charAt(at - 1);
    return at;
  };
  const escape = (text: string, at: number): number => {
    SEQUENCE.lastIndex = at;
    const found = SEQUENCE.exec(text);
    if (found === null) return at + 1;
    const [whole, parameters, final, charset, one] = found;
    if (final !== undefined) csi(parameters ?? '', final);
    else if (charset !== undefined) lineDrawing = charset === '0';
    else if (one !== undefined) short(one);
    return at + whole.length;
  };

  return {
    size: () => ({ cols, rows }),
    write(text) {
      let at = 0;
      while (at < text.length) {
        at = run(text, at);
        const code = text.codePointAt(at);
        if (code === undefined) return;
        if (code === 0x1b) at = escape(text, at);
        else if (code < 0x20) {
          control(text.charAt(at));
          at += 1;
        } else {
          const c = String.fromCodePoint(code);
          at += c.length;
          put(lineDrawing && code >= 0x60 && code <= 0x7e ? (LINE_DRAWING[code - 0x60] ?? c) : c);
        }
      }
    },
    resize(toCols, toRows) {
      const size = clampSize(toCols, toRows);
      // As terminals do: lines leave at the top when the cursor would fall off the bottom.
      const off = Math.max(0, y + 1 - size.rows);
      grid.refit(size, off);
      ({ cols, rows } = size);
      top = 0;
      bottom = rows - 1;
      moveTo(x, y - off);
    },
    lines: () => grid.lines(),
    cursor: () => ({ x, y, shown }),
    save: () => ({
      cols,
      rows,
      ...grid.save(),
      cursor: { x, y, style },
      saved,
      main,
      top,
      bottom,
      wrap,
      shown,
      lineDrawing,
      full,
      last,
    }),
    text: () =>
      grid
        .lines()
        .map((line) => line.text.join('').trimEnd())
        .join('\n')
        .trimEnd(),
  };
}
