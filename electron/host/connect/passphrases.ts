/**
 * Passphrases of key files, so that a person is asked once. Held in the memory of this process alone: must never be
 * written, logged, or given to a key file that has been changed since.
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

export interface Passphrases {
  /** The passphrase that unlocked this very file before, or undefined. */
  get(file: string): Promise<string | undefined>;
  /** Keeps a passphrase that has unlocked the file. */
  keep(file: string, passphrase: string): Promise<void>;
  /** Forgets it: it did not unlock the file. */
  drop(file: string): void;
  /**
   * Runs `work` when nobody else has its turn at this file: of many connections that need the same passphrase at once,
   * the first asks and the others find it kept.
   */
  turn<T>(file: string, work: () => Promise<T>): Promise<T>;
}

interface Kept {
  readonly passphrase: string;
  readonly version: string;
}

/** An empty store. The app uses the one instance below; tests make their own. */
export function createPassphrases(): Passphrases {
  const kept = new Map<string, Kept>();
  const turns = new Map<string, Promise<unknown>>();
  return {
    async get(file) {
      const found = kept.get(resolve(file));
      if (found === undefined) return undefined;
      if (found.version === (await versionOf(file))) return found.passphrase;
      kept.delete(resolve(file));
      return undefined;
    },
    async keep(file, passphrase) {
      const version = await versionOf(file);
      if (version !== undefined) kept.set(resolve(file), { passphrase, version });
    },
    drop(file) {
      kept.delete(resolve(file));
    },
    turn(file, work) {
      const before = turns.get(resolve(file)) ?? Promise.resolve();
      const mine = before.then(work, work);
      const settled = mine.catch(() => undefined);
      turns.set(resolve(file), settled);
      void settled.then(() => {
        if (turns.get(resolve(file)) === settled) turns.delete(resolve(file));
      });
      return mine;
    },
  };
}

/** The one store that all engines of this process share. */
export const passphrases: Passphrases = createPassphrases();

async function versionOf(file: string): Promise<string | undefined> {
  try {
    const { mtimeMs, ctimeMs, size, ino } = await stat(file);
    // Whoever changes a file can set its time of change back, but not that of its inode.
    return `${String(mtimeMs)} ${String(ctimeMs)} ${String(size)} ${String(ino)}`;
  } catch {
    // A file that cannot be looked at has no passphrase to keep.
    return undefined;
  }
}
