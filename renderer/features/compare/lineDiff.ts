/**
 * What differs between two texts, line by line (E. W. Myers, "An O(ND) Difference Algorithm", 1986), with its work
 * bounded: texts that have too little in common are shown as one replacing the other. Pure.
 */

export interface DiffLine {
  readonly kind: 'same' | 'left' | 'right';
  readonly text: string;
}

/** Changes after which two texts count as different altogether. */
const MOST_CHANGES = 600;

export function lineDiff(left: readonly string[], right: readonly string[]): readonly DiffLine[] {
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head++;
  let tail = 0;
  while (
    tail < left.length - head &&
    tail < right.length - head &&
    left[left.length - 1 - tail] === right[right.length - 1 - tail]
  ) {
    tail++;
  }
  const same = (text: string): DiffLine => ({ kind: 'same', text });
  return [
    ...left.slice(0, head).map(same),
    ...middle(left.slice(head, left.length - tail), right.slice(head, right.length - tail)),
    ...left.slice(left.length - tail).map(same),
  ];
}

function middle(left: readonly string[], right: readonly string[]): readonly DiffLine[] {
  const replaced = (): readonly DiffLine[] => [
    ...left.map((text): DiffLine => ({ kind: 'left', text })),
    ...right.map((text): DiffLine => ({ kind: 'right', text })),
  ];
  if (left.length === 0 || right.length === 0) return replaced();
  const trace = search(left, right);
  return trace === null ? replaced() : walk(left, right, trace);
}

type Reach = ReadonlyMap<number, number>;

/** How far each diagonal gets with each number of changes; null when that takes too many. */
function search(left: readonly string[], right: readonly string[]): readonly Reach[] | null {
  const trace: Reach[] = [];
  let reach: Reach = new Map([[1, 0]]);
  for (let d = 0; d <= Math.min(MOST_CHANGES, left.length + right.length); d++) {
    const next = new Map<number, number>();
    for (let k = -d; k <= d; k += 2) {
      let x = down(reach, k, d) ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      while (x < left.length && x - k < right.length && left[x] === right[x - k]) x++;
      next.set(k, x);
      if (x >= left.length && x - k >= right.length) return [...trace, reach];
    }
    trace.push(reach);
    reach = next;
  }
  return null;
}

function down(reach: Reach, k: number, d: number): boolean {
  return k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
}

/** The way back through the trace. */
function walk(
  left: readonly string[],
  right: readonly string[],
  trace: readonly Reach[],
): readonly DiffLine[] {
  const out: DiffLine[] = [];
  let x = left.length;
  let y = right.length;
  for (let d = trace.length - 1; d >= 0; d--) {
    const reach = trace[d] ?? new Map<number, number>();
    const k = x - y;
    const from = down(reach, k, d) ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : (reach.get(from) ?? 0);
    const fromY = d === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY && left[x - 1] === right[y - 1]) {
      out.push({ kind: 'same', text: left[x - 1] ?? '' });
      x--;
      y--;
    }
    if (d === 0) break;
    if (x === fromX) out.push({ kind: 'right', text: right[fromY] ?? '' });
    else out.push({ kind: 'left', text: left[fromX] ?? '' });
    x = fromX;
    y = fromY;
  }
  return out.reverse();
}

export type DiffRow =
  | { readonly kind: 'same' | 'left' | 'right'; readonly text: string }
  | { readonly kind: 'hidden'; readonly lines: number };

const CONTEXT = 2;

/** At most `most` rows to show: what differs with a little of what is the same around it. */
export function diffRows(
  lines: readonly DiffLine[],
  most: number,
): { readonly rows: readonly DiffRow[]; readonly more: boolean } {
  const near = new Set<number>();
  lines.forEach((line, at) => {
    if (line.kind === 'same') return;
    for (let k = at - CONTEXT; k <= at + CONTEXT; k++) near.add(k);
  });
  const rows: DiffRow[] = [];
  let hidden = 0;
  const flush = (): void => {
    if (hidden > 0) rows.push({ kind: 'hidden', lines: hidden });
    hidden = 0;
  };
  for (const [at, line] of lines.entries()) {
    if (!near.has(at)) {
      hidden++;
      continue;
    }
    flush();
    if (rows.length >= most) return { rows, more: true };
    rows.push(line);
  }
  flush();
  return { rows, more: false };
}
