/** The ledger's entries as one row a run, in the order they were opened. What has no opening is shown too. Pure. */
import type { RunId } from '../../../electron/contract/ids.ts';
import type { LedgerEntryView } from '../../../electron/contract/people.ts';

export interface LedgerRow {
  readonly runId: RunId;
  readonly standing: 'open' | 'sealed' | 'abandoned';
  readonly opened: LedgerEntryView | null;
  readonly closed: LedgerEntryView | null;
}

/** Newest first. A run that was closed several times keeps the last word; nothing is left out. */
export function ledgerRows(entries: readonly LedgerEntryView[]): readonly LedgerRow[] {
  const rows = new Map<RunId, LedgerRow>();
  for (const entry of entries) {
    const row = rows.get(entry.runId) ?? { runId: entry.runId, standing: 'open', opened: null, closed: null };
    switch (entry.type) {
      case 'open':
        rows.set(entry.runId, { ...row, opened: row.opened ?? entry });
        break;
      case 'seal':
        rows.set(entry.runId, { ...row, standing: 'sealed', closed: entry });
        break;
      case 'abandon':
        rows.set(entry.runId, { ...row, standing: 'abandoned', closed: entry });
    }
  }
  return [...rows.values()].reverse();
}

export function countStandings(rows: readonly LedgerRow[]): Readonly<Record<LedgerRow['standing'], number>> {
  const count = (standing: LedgerRow['standing']): number =>
    rows.filter((row) => row.standing === standing).length;
  return { open: count('open'), sealed: count('sealed'), abandoned: count('abandoned') };
}
