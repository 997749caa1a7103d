/** A difference of two texts as `diff -u` writes it, with three lines of context. Pure. */
import { type DiffLine, diffLines } from './diffLines.ts';

const CONTEXT = 3;
/** Two files that are longer together are compared by their digests alone. */
export const MAX_DIFF_BYTES = 2 * 1024 * 1024;

export interface UnifiedDiff {
  readonly text: string;
  /** Lines. */
  readonly added: number;
  readonly removed: number;
}

/** Null when the texts are too different, or too long, for a difference that anybody would read. */
export function unifiedDiff(before: string, after: string, from: string, to: string): UnifiedDiff | null {
  const diff = diffLines(before, after);
  if (diff.kind === 'too-different') return null;
  if (diff.kind === 'same') return { text: '', added: 0, removed: 0 };
  const { lines } = diff;
  const hunks = hunksOf(lines).map(([start, end]) => hunkText(lines, start, end));
  return {
    text: `--- ${from}\n+++ ${to}\n${hunks.join('')}`,
    added: lines.filter((line) => line.kind === 'added').length,
    removed: lines.filter((line) => line.kind === 'removed').length,
  };
}

/** Ranges of lines that belong together: changes no further apart than twice the context. */
function hunksOf(lines: readonly DiffLine[]): readonly (readonly [number, number])[] {
  const hunks: [number, number][] = [];
  for (const [i, line] of lines.entries()) {
    if (line.kind === 'same') continue;
    const start = Math.max(0, i - CONTEXT);
    const end = Math.min(lines.length, i + CONTEXT + 1);
    const last = hunks.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = end;
    else hunks.push([start, end]);
  }
  return hunks;
}

const signs = { same: ' ', removed: '-', added: '+' } as const;

function hunkText(lines: readonly DiffLine[], start: number, end: number): string {
  const part = lines.slice(start, end);
  const before = lines.slice(0, start);
  const count = (of: readonly DiffLine[], other: 'removed' | 'added') =>
    of.filter((line) => line.kind !== other).length;
  const range = (skip: 'removed' | 'added') => {
    const length = count(part, skip);
    const first = count(before, skip) + (length === 0 ? 0 : 1);
    return `${String(first)},${String(length)}`;
  };
  const body = part.map((line) => `${signs[line.kind]}${line.text}\n`).join('');
  return `@@ -${range('added')} +${range('removed')} @@\n${body}`;
}
