/** One line a figure: what was measured, the peer in the same run, the ratio and the goal. */

export interface Figure {
  readonly what: string;
  readonly value: string;
  readonly peer: string;
  /** Above 1 is better than the peer; null where the goal is absolute. */
  readonly ratio: number | null;
  readonly goal: string;
  readonly met: boolean;
}

export function show(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.met ? 'met   ' : 'MISSED',
    figure.what,
    figure.value,
    figure.peer,
    figure.ratio === null ? '' : `${figure.ratio.toFixed(2)} x`,
    figure.goal,
  ]);
  const head = ['goal', 'what', 'Holdpoint', 'peer', 'ratio', 'wanted'];
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)].join('\n');
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Nearest rank; NaN of nothing. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export function ms(value: number): string {
  return `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ms`;
}

export function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
