/** What the targets of a run last proved to be. The state of a run forgets it when a connection closes; the journal does not. */
import type { JournalRecord } from '../../contract/records.ts';

export type Identity = 'proven' | 'refuted';

/** By name of the target; one that was never asked is not in it. */
export function identitiesOf(records: readonly JournalRecord[]): ReadonlyMap<string, Identity> {
  return new Map(
    records.flatMap((record): readonly [string, Identity][] =>
      record.type === 'host.identity' ? [[record.d.target, record.d.ok ? 'proven' : 'refuted']] : [],
    ),
  );
}
