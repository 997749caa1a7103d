/** What can be made to go wrong on the rehearsal platform. A fault is on while its file exists; nothing else knows. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RehearsalFault } from '../../contract/views.ts';
import { fail, ok, type Result } from '../../contract/result.ts';

export const faultTitles = {
  'dump-fails': 'Database dump dies half-way',
  'health-degraded': 'Health stays degraded after the upgrade',
  'migration-error': 'Database migration fails during the upgrade',
  'slow-pull': 'Images are pulled slowly (about 25 s)',
  'drop-connection': 'Connection drops during the next upgrade (once)',
} as const;
export type FaultId = keyof typeof faultTitles;

const faultIds = Object.keys(faultTitles) as readonly FaultId[];

export interface Faults {
  /** Every fault with its state, in a fixed order. */
  list(): readonly RehearsalFault[];
  /** Switches one. `not-found` for an unknown id, `storage` when its file cannot be written. */
  set(id: string, on: boolean): Promise<Result<readonly RehearsalFault[]>>;
  /** All off; for a platform whose files were made anew. */
  forget(): void;
}

/** The faults whose files are in `directory`, which starts empty. */
export function createFaults(directory: string): Faults {
  const on = new Set<string>();
  const list = (): readonly RehearsalFault[] =>
    faultIds.map((id) => ({ id, title: faultTitles[id], on: on.has(id) }));
  return {
    list,
    async set(id, wanted) {
      if (!faultIds.some((known) => known === id)) {
        return fail('not-found', `The rehearsal host has no fault “${id}”.`, {
          hint: `Known: ${faultIds.join(', ')}.`,
        });
      }
      const file = join(directory, id);
      try {
        if (wanted) await writeFile(file, '', { mode: 0o600 });
        else await rm(file, { force: true });
      } catch (error) {
        return fail('storage', `The fault “${id}” could not be switched: ${String(error)}.`, {
          kept: 'The rehearsal goes on as it was.',
        });
      }
      if (wanted) on.add(id);
      else on.delete(id);
      return ok(list());
    },
    forget() {
      on.clear();
    },
  };
}
