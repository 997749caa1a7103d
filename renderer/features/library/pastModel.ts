/** What earlier runs of a runbook tell: how long they took, when one last succeeded, whether the next is due. Pure. */
import type { ReferenceEntry, ReferencePage } from '../../../electron/contract/reference.ts';
import type { RunSummary } from '../../../electron/contract/views.ts';

export interface Past {
  /** Real runs that came to their end with success, newest first. */
  readonly successes: readonly RunSummary[];
  readonly rehearsals: readonly RunSummary[];
  /** Middle one of their durations, of real runs where there are any, else of rehearsals; in ms. */
  readonly duration: {
    readonly ms: number;
    readonly shortest: number;
    readonly longest: number;
    readonly of: number;
    readonly rehearsal: boolean;
  } | null;
}

export function pastOf(runbook: string, runs: readonly RunSummary[]): Past {
  const good = runs
    .filter((run) => run.runbook === runbook && isSuccess(run))
    .sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  const successes = good.filter((run) => !run.rehearsal);
  const rehearsals = good.filter((run) => run.rehearsal);
  const basis = successes.length > 0 ? successes : rehearsals;
  const times = basis
    .slice(0, 20)
    .map((run) => Date.parse(run.endedAt ?? '') - Date.parse(run.startedAt))
    .filter((ms) => Number.isFinite(ms) && ms >= 0)
    .sort((a, b) => a - b);
  const middle = times[Math.floor((times.length - 1) / 2)];
  const [shortest] = times;
  const longest = times.at(-1);
  return {
    successes,
    rehearsals,
    duration:
      middle === undefined || shortest === undefined || longest === undefined
        ? null
        : { ms: middle, shortest, longest, of: times.length, rehearsal: successes.length === 0 },
  };
}

function isSuccess(run: RunSummary): boolean {
  return run.result === 'success' || run.result === 'success-with-deviations';
}

/** How often something is due: a fixed time, or calendar months. */
export type Every =
  { readonly unit: 'ms'; readonly ms: number } | { readonly unit: 'months'; readonly months: number };

export interface Due {
  readonly every: Every;
  readonly entry: ReferenceEntry;
  readonly page: string;
  /** Start of the last real run that succeeded on this desk; null when there was none. */
  readonly last: string | null;
  readonly isDue: boolean;
}

/** Names under which a schedule says how often something is done. */
const INTERVALS = ['interval', 'frequency', 'frequency-days', 'rotation'];
const DAY = 86_400_000;
/** Days of a month in the mean, to compare only. */
const MONTH = 30.44 * DAY;

/** By runbook: how often the reference pages say that it is due, the shortest where several do. */
export function dueByRunbook(
  pages: readonly ReferencePage[],
  runs: readonly RunSummary[],
  now: number,
): ReadonlyMap<string, Due> {
  const due = new Map<string, Due>();
  for (const page of pages) {
    for (const entry of page.entries) {
      const every = intervalOf(entry);
      if (every === null) continue;
      for (const runbook of entry.runbooks) {
        const known = due.get(runbook);
        if (known !== undefined && length(known.every) <= length(every)) continue;
        const last = pastOf(runbook, runs).successes[0]?.startedAt ?? null;
        const isDue = last === null || now >= nextAfter(Date.parse(last), every);
        due.set(runbook, { every, entry, page: page.id, last, isDue });
      }
    }
  }
  return due;
}

/** What a part of the product does by itself has a scope: a runbook may need its interval, and is not due by it. */
function intervalOf(entry: ReferenceEntry): Every | null {
  if (entry.scope !== undefined) return null;
  for (const value of entry.values) {
    if (!INTERVALS.includes(value.name)) continue;
    if (value.kind === 'duration') return { unit: 'ms', ms: value.ms };
    if (value.kind !== 'number') continue;
    if (value.unit === 'months') return { unit: 'months', months: value.number };
    if (value.unit === 'days') return { unit: 'ms', ms: value.number * DAY };
  }
  return null;
}

function length(every: Every): number {
  return every.unit === 'ms' ? every.ms : every.months * MONTH;
}

/** The same day of a later month, or its last one: a month after 31 January is 28 February. */
function nextAfter(last: number, every: Every): number {
  if (every.unit === 'ms') return last + every.ms;
  const at = new Date(last);
  const day = at.getUTCDate();
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() + every.months);
  const days = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  return at.setUTCDate(Math.min(day, days));
}
