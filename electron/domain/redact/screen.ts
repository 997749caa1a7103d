/**
 * What a terminal would show of a recording, as far as it takes to read text that was drawn out of order: cursor moves,
 * erasing, inserting, wrapping, scrolling. Not a terminal: colours and modes are passed over. Pure.
 */

export interface Screen {
  write(text: string): void;
  resize(cols: number, rows: number): void;
  /** Reports what is on the screen now. */
  end(): void;
}

/** More than this is no screen of a person, and would only cost memory. */
const MOST_COLS = 1000;
const MOST_ROWS = 500;
/** Rows above and below that are read together: text wraps. */
const AROUND = 4;

interface Row {
  cells: string[];
  /** Drawn by moving the cursor: what it shows is not what came one after the other. */
  odd: boolean;
  /** Changed since it was read last. */
  fresh: boolean;
}

/**
 * @param onText gets the text of a few rows, joined as a terminal wraps them, whenever drawing on one of them paused
 */
export function createScreen(
  size: { readonly cols: number; readonly rows: number },
  onText: (text: string) => void,
): Screen {
  let cols = clamp(size.cols, 2, MOST_COLS);
  let height = clamp(size.rows, 1, MOST_ROWS);
  let rows: Row[] = Array.from({ length: height }, blank);
  let x = 0;
  let y = 0;
  let moved = false;
  let kept = { x: 0, y: 0 };
  let last = ' ';
  let unfinished = '';

  function row(n: number): Row {
    return rows[n] ?? blank();
  }

  /** Reads the rows around one, when it was drawn on out of order. */
  function read(n: number): void {
    const from = Math.max(0, n - AROUND);
    const near = rows.slice(from, n + AROUND + 1);
    const drawn = row(n);
    if (!drawn.fresh) return;
    drawn.fresh = false;
    if (near.some(({ odd }) => odd)) onText(near.map(textOf).join(''));
  }

  function scroll(): void {
    read(0);
    rows.shift();
    rows.push(blank());
  }

  function down(): void {
    read(y);
    if (y < height - 1) y += 1;
    else scroll();
  }

  function put(character: string): void {
    if (x >= cols) {
      x = 0;
      down();
    }
    const at = row(y);
    while (at.cells.length < x) at.cells.push(' ');
    if (moved || x < at.cells.length) at.odd = true;
    at.cells[x] = character;
    at.fresh = true;
    last = character;
    x += 1;
    moved = false;
  }

  function move(toX: number, toY: number): void {
    read(y);
    x = clamp(toX, 0, cols - 1);
    y = clamp(toY, 0, height - 1);
    moved = true;
  }

  function edit(n: number, change: (cells: string[]) => void): void {
    read(n);
    const at = row(n);
    change(at.cells);
    at.odd = true;
    at.fresh = true;
  }

  function clear(from: number, to: number): void {
    for (let n = Math.max(0, from); n < Math.min(height, to); n++) {
      read(n);
      rows[n] = blank();
    }
  }

  function control(code: number): void {
    if (code === 0x08) move(x - 1, y);
    else if (code === 0x0d) {
      read(y);
      x = 0;
    } else if (code === 0x0a || code === 0x0b || code === 0x0c) down();
    else if (code === 0x09) move((Math.floor(x / 8) + 1) * 8, y);
  }

  function sequence(parameters: string, final: string): void {
    if (!/^[0-9;]*$/.test(parameters)) return;
    const [first = 0, second = 0] = parameters.split(';').map(Number);
    const n = Math.max(1, Math.min(first, MOST_COLS));
    switch (final) {
      case 'A':
        return move(x, y - n);
      case 'B':
      case 'e':
        return move(x, y + n);
      case 'C':
      case 'a':
        return move(x + n, y);
      case 'D':
        return move(x - n, y);
      case 'E':
        return move(0, y + n);
      case 'F':
        return move(0, y - n);
      case 'G':
      case '`':
        return move(n - 1, y);
      case 'd':
        return move(x, n - 1);
      case 'H':
      case 'f':
        return move(Math.max(1, second) - 1, n - 1);
      case 'J':
        if (first === 0 || first >= 2) clear(first === 0 ? y + 1 : 0, height);
        if (first === 1) clear(0, y);
        return first >= 2 ? undefined : erase(first);
      case 'K':
        return erase(first);
      case 'P':
        return edit(y, (cells) => cells.splice(x, n));
      case 'X':
        return edit(y, (cells) => {
          for (let i = x; i < Math.min(cells.length, x + n); i++) cells[i] = ' ';
        });
      case '@':
        return edit(y, (cells) => cells.splice(x, 0, ...Array.from({ length: n }, () => ' ')));
      case 'L':
        read(y);
        rows.splice(y, 0, ...Array.from({ length: Math.min(n, height) }, blank));
        rows = rows.slice(0, height);
        return;
      case 'M':
        for (let i = y; i < Math.min(height, y + n); i++) read(i);
        rows.splice(y, n);
        while (rows.length < height) rows.push(blank());
        return;
      case 'b':
        for (let i = 0; i < n; i++) put(last);
        return;
      case 's':
        kept = { x, y };
        return;
      case 'u':
        return move(kept.x, kept.y);
      default:
    }
  }

  function erase(how: number): void {
    edit(y, (cells) => {
      if (how === 0) cells.length = Math.min(cells.length, x);
      else if (how === 1) for (let i = 0; i <= Math.min(x, cells.length - 1); i++) cells[i] = ' ';
      else cells.length = 0;
    });
  }

  function escape(final: string): void {
    if (final === '7') kept = { x, y };
    else if (final === '8') move(kept.x, kept.y);
    else if (final === 'D') down();
    else if (final === 'E') {
      x = 0;
      down();
    } else if (final === 'M') move(x, y - 1);
    else if (final === 'c') clear(0, height);
  }

  return {
    write(text) {
      const all =
        unfinished +
        text.replace(C1, (control) => `\u001b${String.fromCharCode(control.charCodeAt(0) - 0x40)}`);
      unfinished = '';
      TOKEN.lastIndex = 0;
      for (let match = TOKEN.exec(all); match !== null; match = TOKEN.exec(all)) {
        const [whole, parameters, final, short, begun, code] = match;
        if (final !== undefined) sequence(parameters ?? '', final);
        else if (short !== undefined) escape(short);
        else if (begun !== undefined) {
          // A control string that goes on for too long is none.
          if (begun.length < 4096) unfinished = begun;
        } else if (code !== undefined) control(code.charCodeAt(0));
        else if (!whole.startsWith('\u001b')) for (const character of whole) put(character);
      }
    },
    resize(toCols, toRows) {
      rows.forEach((_row, n) => {
        read(n);
      });
      cols = clamp(toCols, 2, MOST_COLS);
      height = clamp(toRows, 1, MOST_ROWS);
      rows = rows.slice(-height);
      while (rows.length < height) rows.push(blank());
      y = Math.min(y, height - 1);
      x = Math.min(x, cols - 1);
    },
    end() {
      rows.forEach((_row, n) => {
        read(n);
      });
    },
  };
}

/** Controls of 8 bits are an escape and a letter in one (ECMA-48, 5.3). */
const C1 = /[\u0080-\u009f]/g;

/** A control sequence; a control string; a short escape; the beginning of one of these; a control; text. */
const TOKEN =
  /\u001b\[([0-?]*)[ -/]*([@-~])|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]+[0-~]|\u001b([0-OQ-WYZ\\`-~])|(\u001b(?:\[[0-?]*[ -/]*|[\]PX^_][^\u0007\u001b]*\u001b?|[ -/]*)$)|([\u0000-\u001f\u007f])|[^\u0000-\u001f\u007f]+/gu;

function blank(): Row {
  return { cells: [], odd: false, fresh: false };
}

function textOf({ cells }: Row): string {
  return cells.join('').trimEnd();
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Number.isFinite(value) ? Math.floor(value) : least));
}
