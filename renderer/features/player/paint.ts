/**
 * Draws rows of a screen as plain elements with text in them: no markup from outside, no links, nothing that reacts.
 * Rows that have not changed are left alone.
 */
import { terminalTheme } from '../terminal/theme.ts';
import type { Row } from './grid.ts';
import {
  backgroundOf,
  BOLD,
  DIM,
  foregroundOf,
  INVERSE,
  ITALIC,
  paletteRgb,
  STRIKE,
  UNDERLINE,
} from './style.ts';

type Rgb = readonly [number, number, number];

export interface Painter {
  paint(
    rows: readonly Row[],
    cursor: { readonly x: number; readonly y: number; readonly shown: boolean },
  ): void;
  /** Takes the colours of the page anew. */
  retheme(): void;
}

/** A painter into `root`, whose children are its own. */
export function createPainter(root: HTMLElement): Painter {
  let colours = readColours();
  let painted: { readonly row: Row | null; readonly cursor: number | null; readonly element: HTMLElement }[] =
    [];
  return {
    paint(rows, cursor) {
      while (painted.length > rows.length) painted.pop()?.element.remove();
      painted = rows.map((row, y) => {
        const at = cursor.shown && cursor.y === y ? cursor.x : null;
        const before = painted[y];
        if (before !== undefined && before.row === row && before.cursor === at) return before;
        const element = before?.element ?? root.appendChild(document.createElement('div'));
        element.className = 'vt__row';
        element.replaceChildren(...spans(row, at, colours));
        return { row, cursor: at, element };
      });
    },
    retheme() {
      colours = readColours();
      painted = painted.map(({ element }) => ({ row: null, cursor: null, element }));
    },
  };
}

function spans(row: Row, cursor: number | null, colours: Colours): readonly Node[] {
  const out: Node[] = [];
  let end = row.text.length;
  // Blank cells at the end need no element; the cursor does.
  while (end > 0 && row.text[end - 1] === ' ' && row.style[end - 1] === 0 && end - 1 !== cursor) end--;
  for (let x = 0; x < end;) {
    const style = row.style[x] ?? 0;
    const wide = row.text[x + 1] === '';
    let to = x + (wide ? 2 : 1);
    if (!wide && x !== cursor) {
      while (to < end && to !== cursor && row.style[to] === style && row.text[to + 1] !== '') to++;
    }
    out.push(span(row.text.slice(x, to).join(''), style, x === cursor, wide, colours));
    x = to;
  }
  if (out.length === 0) out.push(document.createTextNode('\u00a0'));
  return out;
}

function span(text: string, style: number, cursor: boolean, wide: boolean, colours: Colours): Node {
  if (style === 0 && !cursor && !wide) return document.createTextNode(text);
  const element = document.createElement('span');
  element.textContent = text;
  const names = [
    cursor ? 'vt__cursor' : '',
    wide ? 'vt__wide' : '',
    (style & BOLD) !== 0 ? 'vt__bold' : '',
    (style & DIM) !== 0 ? 'vt__dim' : '',
    (style & ITALIC) !== 0 ? 'vt__italic' : '',
    (style & UNDERLINE) !== 0 ? 'vt__underline' : '',
    (style & STRIKE) !== 0 ? 'vt__strike' : '',
  ].filter((name) => name !== '');
  if (names.length > 0) element.className = names.join(' ');
  const { ink, ground } = inks(style, colours);
  if (ink !== null) element.style.color = css(ink);
  if (ground !== null) element.style.backgroundColor = css(ground);
  return element;
}

interface Colours {
  readonly sixteen: readonly Rgb[];
  readonly ink: Rgb;
  readonly ground: Rgb;
}

function inks(style: number, colours: Colours): { readonly ink: Rgb | null; readonly ground: Rgb | null } {
  let fore = pick(foregroundOf(style), colours);
  let back = pick(backgroundOf(style), colours);
  if ((style & INVERSE) !== 0) [fore, back] = [back ?? colours.ground, fore ?? colours.ink];
  if (fore === null && back === null) return { ink: null, ground: null };
  const ground = back ?? colours.ground;
  const ink = fore ?? colours.ink;
  // Text in the colour of its own ground would be hidden: it gets one that reads.
  return { ink: contrast(ink, ground) >= 3 ? ink : readable(ground), ground: back };
}

function pick(index: number | null, colours: Colours): Rgb | null {
  if (index === null) return null;
  return index < 16 ? (colours.sixteen[index] ?? null) : paletteRgb(index);
}

function readable(ground: Rgb): Rgb {
  return contrast([0, 0, 0], ground) > contrast([255, 255, 255], ground) ? [0, 0, 0] : [255, 255, 255];
}

/** WCAG 2.2 contrast ratio. */
export function contrast(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}
function luminance([r, g, b]: Rgb): number {
  const linear = (v: number): number => {
    const c = v / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

function css([r, g, b]: Rgb): string {
  return `rgb(${String(r)} ${String(g)} ${String(b)})`;
}
function rgb(hex: string | undefined): Rgb {
  const value = parseInt((hex ?? '').slice(1, 7), 16);
  return Number.isNaN(value) ? [127, 127, 127] : [value >> 16, (value >> 8) & 255, value & 255];
}

function readColours(): Colours {
  const theme = terminalTheme(document.documentElement.dataset['theme']);
  return {
    sixteen: [
      theme.black, theme.red, theme.green, theme.yellow, theme.blue, theme.magenta, theme.cyan, theme.white,
      theme.brightBlack, theme.brightRed, theme.brightGreen, theme.brightYellow,
      theme.brightBlue, theme.brightMagenta, theme.brightCyan, theme.brightWhite,
    ].map(rgb), // prettier-ignore
    ink: rgb(theme.foreground),
    ground: rgb(theme.background),
  };
}
