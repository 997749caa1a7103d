/** A folder of its own for a test, and a clock that can be set. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../../electron/host/ports.ts';

export async function temporary(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'holdpoint-run-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

export interface SetClock extends Clock {
  /** Moves both clocks. */
  pass(ms: number): void;
  /** Moves the wall clock alone. */
  jump(ms: number): void;
}

export function setClock(): SetClock {
  let wall = Date.UTC(2026, 10, 21, 2, 0, 0);
  let mono = 1_000_000;
  return {
    now: () => new Date(wall),
    mono: () => mono,
    pass(ms) {
      wall += ms;
      mono += ms * 1000;
    },
    jump(ms) {
      wall += ms;
    },
  };
}
