/**
 * The difference of two texts, line by line: the shortest script of removed and added lines (E. Myers, “An O(ND)
 * Difference Algorithm and Its Variations”, 1986). Bounded in time and memory; what is too different is said to be.
 */

export type DiffLine =
  | { readonly kind: 'same'; readonly text: string; readonly a: number; readonly b: number }
  /** Only in the first text; `a` is its line there, from 1. */
  | { readonly kind: 'removed'; readonly text: string; readonly a: number }
  /** Only in the second text. */
  | { readonly kind: 'added'; readonly text: string; readonly b: number };

export type Diff =
  | { readonly kind: 'same' }
  | { readonly kind: 'lines'; readonly lines: readonly DiffLine[] }
  /** Not shown: more lines, or more differences, than are worth reading. */
  | { readonly kind: 'too-different'; readonly a: number; readonly b: number };

export interface DiffLimits {
  /** Lines of either text. */
  readonly lines: number;
  /** Removed and added lines together. */
  readonly edits: number;
}

export const DIFF_LIMITS: DiffLimits = { lines: 20_000, edits: 1000 };

/** Lines of a text; a line feed at its end begins no further line. */
export function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** The difference from `a` to `b`. */
export function diffLines(a: string, b: string, limits: DiffLimits = DIFF_LIMITS): Diff {
  if (a === b) return { kind: 'same' };
  const left = linesOf(a);
  const right = linesOf(b);
  const tooDifferent = { kind: 'too-different', a: left.length, b: right.length } as const;
  if (left.length > limits.lines || right.length > limits.lines) return tooDifferent;
  const head = commonHead(left, right);
  const tail = commonTail(left, right, head);
  const script = shortestScript(
    left.slice(head, left.length - tail),
    right.slice(head, right.length - tail),
    limits.edits,
  );
  if (script === null) return tooDifferent;
  const moves = [...Array<Move>(head).fill('same'), ...script, ...Array<Move>(tail).fill('same')];
  const lines = place(left, right, moves);
  return lines.every((line) => line.kind === 'same') ? { kind: 'same' } : { kind: 'lines', lines };
}

type Move = DiffLine['kind'];

function commonHead(a: readonly string[], b: readonly string[]): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n += 1;
  return n;
}

function commonTail(a: readonly string[], b: readonly string[], head: number): number {
  let n = 0;
  while (n < a.length - head && n < b.length - head && a[a.length - 1 - n] === b[b.length - 1 - n]) n += 1;
  return n;
}

/** The moves from `a` to `b` in order, or null when they need more than `most` removals and additions. */
function shortestScript(a: readonly string[], b: readonly string[], most: number): readonly Move[] | null {
  const bound = Math.min(most, a.length + b.length);
  // furthest[k + bound + 1]: how far into `a` the best path on diagonal k comes.
  const furthest = new Int32Array(2 * bound + 3);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= bound; d++) {
    trace.push(furthest.slice(bound + 1 - d - 1, bound + 1 + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const at = k + bound + 1;
      const down = k === -d || (k !== d && num(furthest, at - 1) < num(furthest, at + 1));
      let x = down ? num(furthest, at + 1) : num(furthest, at - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      furthest[at] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length);
    }
  }
  return null;
}

/** From the end to the beginning, along the furthest paths of each round. */
function walkBack(trace: readonly Int32Array[], aLength: number, bLength: number): readonly Move[] {
  const moves: Move[] = [];
  let x = aLength;
  let y = bLength;
  for (let d = trace.length - 1; d >= 0; d--) {
    const before = trace[d] ?? new Int32Array();
    // The copy of a round begins at diagonal -d - 1.
    const reach = (diagonal: number) => num(before, diagonal + d + 1);
    const k = x - y;
    const down = k === -d || (k !== d && reach(k - 1) < reach(k + 1));
    const previous = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : reach(previous);
    const fromY = d === 0 ? 0 : fromX - previous;
    while (x > fromX && y > fromY) {
      moves.push('same');
      x -= 1;
      y -= 1;
    }
    if (d === 0) break;
    moves.push(down ? 'added' : 'removed');
    x = fromX;
    y = fromY;
  }
  return moves.reverse();
}

function place(a: readonly string[], b: readonly string[], moves: readonly Move[]): readonly DiffLine[] {
  let x = 0;
  let y = 0;
  return moves.map((kind): DiffLine => {
    if (kind === 'added') {
      y += 1;
      return { kind, text: b[y - 1] ?? '', b: y };
    }
    x += 1;
    if (kind === 'removed') return { kind, text: a[x - 1] ?? '', a: x };
    y += 1;
    return { kind, text: a[x - 1] ?? '', a: x, b: y };
  });
}

function num(values: Int32Array, at: number): number {
  return values[at] ?? 0;
}
