/** What the targets of a run last proved to be. The state of a run forgets it when a connection closes; the journal does not. */
import type { JournalRecord } from '../../contract/records.ts';
import { wrongChecks } from './wrongChecks.ts';

export type Identity = 'proven' | 'refuted';

/** By name of the target; one that was never asked is not in it. */
export function identitiesOf(records: readonly JournalRecord[]): ReadonlyMap<string, Identity> {
  return new Map(
    records.flatMap((record): readonly [string, Identity][] =>
      record.type === 'host.identity' ? [[record.d.target, record.d.ok ? 'proven' : 'refuted']] : [],
    ),
  );
}

/** What did not hold when the identity of a target was looked at last, in words; nothing when all of it held. */
export function failedProof(records: readonly JournalRecord[], target: string): string {
  const proofs = records.flatMap((record) =>
    record.type === 'host.identity' && record.d.target === target ? [record.d.checks] : [],
  );
  return wrongChecks(proofs.at(-1) ?? []).join('; ');
}
