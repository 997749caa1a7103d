/** Appends to the journal on behalf of a run: intents fail at once when the disk does, facts wait until they are kept. */
import { setTimeout as delay } from 'node:timers/promises';
import type { JournalRecord, RecordBody } from '../../contract/records.ts';
import { type Failure, ok, type Result } from '../../contract/result.ts';
import type { RunSecrets } from '../secrets/runSecrets.ts';
import type { Journal } from './journal.ts';

const RETRY_MS = 500;

export interface Appender {
  /** Nothing has happened yet: when it cannot be recorded, it does not happen. */
  intent(bodies: readonly RecordBody[]): Promise<Result<null>>;
  /** It has happened: tried again until it is recorded, or until the run is let go of. */
  fact(bodies: readonly RecordBody[]): Promise<Result<null>>;
  /** Has a clock that was set go on record now, not with the next record. */
  clock(): Promise<Result<null>>;
}

export function createAppender(options: {
  readonly journal: Journal;
  /** The last line of defence: no string that holds a secret of the run is hashed and written. */
  readonly secrets: Pick<RunSecrets, 'records'>;
  readonly onRecords: (records: readonly JournalRecord[]) => void;
  readonly onTrouble: (failure: Failure | null) => void;
  readonly isClosed: () => boolean;
}): Appender {
  async function append(bodies: readonly RecordBody[], kind: 'intent' | 'fact'): Promise<Result<null>> {
    return bodies.length === 0 ? ok(null) : write(options.secrets.records(bodies), kind);
  }

  async function write(bodies: readonly RecordBody[], kind: 'intent' | 'fact'): Promise<Result<null>> {
    const kept = await options.journal.append(bodies, kind);
    if (!kept.ok) return kept;
    if (kept.value.length > 0) options.onRecords(kept.value);
    return ok(null);
  }

  return {
    intent: (bodies) => append(bodies, 'intent'),
    clock: () => write([], 'intent'),
    async fact(bodies) {
      let troubled = false;
      for (;;) {
        const kept = await append(bodies, 'fact');
        if (kept.ok) {
          if (troubled) options.onTrouble(null);
          return kept;
        }
        // Only a disk can come right by itself; anything else is a mistake of ours and would be tried for ever.
        if (kept.error.code !== 'storage') return kept;
        troubled = true;
        options.onTrouble(kept.error);
        if (options.isClosed()) return kept;
        await delay(RETRY_MS);
      }
    },
  };
}
