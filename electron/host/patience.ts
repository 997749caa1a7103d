/**
 * Waiting that counts only while this process runs. One that was stopped, or had no processor, finds its timers over
 * and what came meanwhile unread: it must not take that for silence.
 */
import { setTimeout as delay } from 'node:timers/promises';

const SLICE_MS = 50;

/** Resolves once this process has run for so many ms, or as soon as `over` says that waiting has no sense any more. */
export async function ranFor(ms: number, over: () => boolean): Promise<void> {
  await silence(ms, () => 0, over);
}

/**
 * Resolves once nothing has come for so many ms in which this process ran, or as soon as `over` says that waiting has
 * no sense any more. `arrived` counts what has come, in any unit; it is looked at about 20 times a second.
 */
export async function silence(ms: number, arrived: () => number, over: () => boolean): Promise<void> {
  let last = arrived();
  let quiet = 0;
  while (quiet < ms && !over()) {
    // Between two timers the event loop reads what is there.
    await delay(Math.min(SLICE_MS, ms));
    const now = arrived();
    quiet = now === last ? quiet + SLICE_MS : 0;
    last = now;
  }
}
