/**
 * When a link is tried again by itself: after contact was lost or could not be made, and never after an answer that a
 * server would punish or a person has given. It only says when; what was sent is never sent again.
 */
import type { Failure } from '../../contract/result.ts';

/** Milliseconds before each try; the last one holds for all that follow. */
export const RECONNECT_MS: readonly number[] = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000];

/**
 * Whether a failed attempt may be followed by another without anybody asking for it. `asked`: a person was asked
 * something during the attempt, so another one would ask again, and servers count logins that nobody finishes.
 */
export function mayTryAgain(failure: Failure, asked: boolean): boolean {
  return failure.code === 'network' && !asked;
}

/** Waits of a growing length, one at a time. */
export interface Backoff {
  /** Starts the next wait and returns its length in ms; `act` is called when it is over. */
  start(act: () => void): number;
  /** Ends the wait, if there is one. */
  stop(): void;
  /** Contact is back: the next wait is the shortest again. */
  reset(): void;
}

export function createBackoff(delays: readonly number[] = RECONNECT_MS): Backoff {
  let tries = 0;
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    start(act) {
      stop();
      const ms = delays[Math.min(tries, delays.length - 1)] ?? 30_000;
      tries += 1;
      timer = setTimeout(act, ms);
      return ms;
    },
    stop,
    reset() {
      stop();
      tries = 0;
    },
  };
}
