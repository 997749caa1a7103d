/** Rows of cells of a screen, the alternate ones too. A row that was handed out is copied before it is written to. */
import { PLAIN } from './style.ts';

/** A cell's text: a character with its marks; '' is the right half of the wide one before it. */
export interface Row {
  readonly text: readonly string[];
  readonly style: readonly number[];
}
export interface Line {
  text: string[];
  style: number[];
}

/** Largest screen that is drawn; a recording that says more gets this. */
export const MAX_COLS = 400;
export const MAX_ROWS = 200;

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export function clampSize(cols: number, rows: number): Size {
  const within = (n: number, low: number, high: number): number =>
    Number.isFinite(n) ? Math.min(high, Math.max(low, Math.floor(n))) : low;
  return { cols: within(cols, 2, MAX_COLS), rows: within(rows, 1, MAX_ROWS) };
}

export interface GridState {
  readonly lines: readonly Row[];
  /** The normal screen while the alternate one is shown. */
  readonly other: readonly Row[] | null;
}

export interface Grid {
  readonly size: () => Size;
  /** The row, for writing. */
  row(at: number): Line;
  /** Blanks cells in the background of `style`. */
  erase(at: number, from: number, to: number, style: number): void;
  /** Takes `count` rows out at `from` and adds as many blank ones at `to`: scrolling, inserting, deleting. */
  roll(from: number, to: number, count: number, style: number): void;
  insert(at: number, x: number, count: number): void;
  remove(at: number, x: number, count: number): void;
  /** False when it is that screen already. */
  alternate(on: boolean): boolean;
  /** `off` rows leave at the top. */
  refit(size: Size, off: number): void;
  /** The rows as they are: one that has not changed is the same object as before. */
  lines(): readonly Row[];
  save(): GridState;
}

const BACKGROUND = 0x1ff << 9;

/** A grid of clamped size, blank or as it was saved. */
export function createGrid(begun: Size, from: GridState | null): Grid {
  let { cols, rows } = begun;
  /** Rows that somebody else holds. */
  const shared = new WeakSet<Line>();
  const blank = (style = PLAIN): Line => ({
    text: new Array<string>(cols).fill(' '),
    style: new Array<number>(cols).fill(style & BACKGROUND),
  });
  const adopt = (all: readonly Row[]): Line[] =>
    all.map((row) => {
      // Never written to: a shared row is copied first.
      const line = row as Line;
      shared.add(line);
      return line;
    });
  let lines = from === null ? Array.from({ length: rows }, () => blank()) : adopt(from.lines);
  let other = from === null || from.other === null ? null : adopt(from.other);

  const row = (at: number): Line => {
    const line = lines[at] ?? blank();
    if (!shared.has(line)) return line;
    const copy: Line = { text: [...line.text], style: [...line.style] };
    lines[at] = copy;
    return copy;
  };
  const hand = (all: readonly Line[]): readonly Row[] => {
    for (const line of all) shared.add(line);
    return [...all];
  };
  return {
    size: () => ({ cols, rows }),
    row,
    erase(at, start, end, style) {
      const line = row(at);
      line.text.fill(' ', start, end);
      line.style.fill(style & BACKGROUND, start, end);
    },
    roll(start, end, count, style) {
      const n = Math.min(count, Math.abs(end - start) + 1);
      const fresh = Array.from({ length: n }, () => blank(style));
      if (start <= end) {
        lines.splice(start, n);
        lines.splice(end - n + 1, 0, ...fresh);
      } else {
        lines.splice(start - n + 1, n);
        lines.splice(end, 0, ...fresh);
      }
    },
    insert(at, x, count) {
      const n = Math.min(count, cols - x);
      const line = row(at);
      line.text.splice(cols - n, n);
      line.text.splice(x, 0, ...new Array<string>(n).fill(' '));
      line.style.splice(cols - n, n);
      line.style.splice(x, 0, ...new Array<number>(n).fill(PLAIN));
    },
    remove(at, x, count) {
      const n = Math.min(count, cols - x);
      const line = row(at);
      line.text.splice(x, n);
      line.text.push(...new Array<string>(n).fill(' '));
      line.style.splice(x, n);
      line.style.push(...new Array<number>(n).fill(PLAIN));
    },
    alternate(on) {
      if (on === (other !== null)) return false;
      if (on) {
        other = lines;
        lines = Array.from({ length: rows }, () => blank());
      } else {
        lines = other ?? lines;
        other = null;
      }
      return true;
    },
    refit(size, off) {
      ({ cols, rows } = size);
      const fit = (all: readonly Line[]): Line[] =>
        Array.from({ length: rows }, (_, at) => {
          const line = all[at + off];
          if (line === undefined) return blank();
          return {
            text: Array.from({ length: cols }, (__, x) => line.text[x] ?? ' '),
            style: Array.from({ length: cols }, (__, x) => line.style[x] ?? PLAIN),
          };
        });
      lines = fit(lines);
      other = other === null ? null : fit(other);
    },
    lines: () => hand(lines),
    save: () => ({ lines: hand(lines), other: other === null ? null : hand(other) }),
  };
}
