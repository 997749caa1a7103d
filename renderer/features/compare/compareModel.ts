/** The comparison of two opened runs as the page shows it: rows of the domain, with the files behind them. Pure. */
import type { BundleView, RunSnapshot } from '../../../electron/contract/views.ts';
import { ok, type Result } from '../../../electron/contract/result.ts';
import { compareRuns, type CompareRow, type CompareSide } from '../../../electron/domain/report/compare.ts';

export type Difference = 'missing' | 'state' | 'attempts' | 'checks' | 'captures' | 'command' | 'output';
type File = BundleView['files'][number];

/** Files of the last attempt on one side. */
export interface SideFiles {
  readonly command: File | null;
  readonly outputs: readonly File[];
}

export interface StepPair {
  readonly row: CompareRow;
  readonly left: SideFiles;
  readonly right: SideFiles;
  readonly differences: readonly Difference[];
}

export interface Pair {
  readonly name: string;
  readonly left: string | null;
  readonly right: string | null;
}

export interface Comparison {
  readonly steps: readonly StepPair[];
  /** The longest step on either side, in ms: bars are drawn against it. */
  readonly longestMs: number;
  /** Parameters that differ. */
  readonly parameters: readonly Pair[];
}

/** A bundle whose story can be told. */
export interface Told {
  readonly bundle: BundleView;
  readonly snapshot: RunSnapshot;
}

/** Refused when they are runs of two runbooks. */
export function comparisonOf(left: Told, right: Told): Result<Comparison> {
  const rows = compareRuns(left.snapshot, right.snapshot);
  if (!rows.ok) return rows;
  const steps = rows.value.map((row) => {
    const sides = { left: filesOf(left.bundle, row.a), right: filesOf(right.bundle, row.b) };
    return { row, ...sides, differences: differencesOf(row, sides.left, sides.right) };
  });
  const times = rows.value.flatMap((row) => [timeOf(row.a) ?? 0, timeOf(row.b) ?? 0]);
  return ok({
    steps,
    longestMs: Math.max(1, ...times),
    parameters: parametersOf(left.snapshot, right.snapshot),
  });
}

/** How long a step took on a side, in ms; null when it had no turn. */
export function timeOf(side: CompareSide | undefined): number | null {
  return side?.tookMs ?? side?.workedMs ?? null;
}

function filesOf(bundle: BundleView, side: CompareSide | undefined): SideFiles {
  return {
    command:
      bundle.files.find((file) => file.path.endsWith('.cmd') && file.sha256 === side?.commandSha256) ?? null,
    outputs: bundle.files.filter((file) => side?.outputs.includes(file.path) === true),
  };
}

function differencesOf(row: CompareRow, left: SideFiles, right: SideFiles): readonly Difference[] {
  if (row.a === undefined || row.b === undefined) return ['missing'];
  const digests = (files: readonly File[]): string => files.map((file) => file.sha256).join(' ');
  const found: readonly (readonly [Difference, boolean])[] = [
    ['state', row.a.state !== row.b.state || row.a.end !== row.b.end],
    ['attempts', row.a.attempts !== row.b.attempts],
    ['checks', row.checks.length > 0],
    ['captures', row.captures.length > 0],
    ['command', row.commandDiffers],
    ['output', digests(left.outputs) !== digests(right.outputs)],
  ];
  return found.flatMap(([difference, differs]) => (differs ? [difference] : []));
}

function parametersOf(left: RunSnapshot, right: RunSnapshot): readonly Pair[] {
  const [a, b] = [left.plan.parameters, right.plan.parameters] as readonly Readonly<Record<string, string>>[];
  return [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])]
    .map((name) => ({ name, left: a?.[name] ?? null, right: b?.[name] ?? null }))
    .filter((pair) => pair.left !== pair.right);
}

/** Index of the next (1) or previous (-1) step that differs; the same index when there is none. */
export function nextDifference(
  steps: readonly { readonly differences: readonly unknown[] }[],
  at: number,
  by: 1 | -1,
): number {
  for (let k = at + by; k >= 0 && k < steps.length; k += by) {
    if ((steps[k]?.differences.length ?? 0) > 0) return k;
  }
  return at;
}
