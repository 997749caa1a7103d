/** A time limit that stands still while a person is asked. */

export interface Deadline {
  /** Runs `work` with the clock stopped. */
  outside<T>(work: () => Promise<T>): Promise<T>;
  stop(): void;
}

/** Calls `expired` once `timeoutMs` milliseconds have been counted. */
export function startDeadline(timeoutMs: number, expired: () => void): Deadline {
  let left = timeoutMs;
  let since = performance.now();
  let pauses = 0;
  let stopped = false;
  let timer = setTimeout(expired, left);
  const pause = (): void => {
    pauses += 1;
    if (pauses > 1 || stopped) return;
    clearTimeout(timer);
    left -= performance.now() - since;
  };
  const resume = (): void => {
    pauses -= 1;
    if (pauses > 0 || stopped) return;
    since = performance.now();
    timer = setTimeout(expired, Math.max(0, left));
  };
  return {
    outside: async (work) => {
      pause();
      try {
        return await work();
      } finally {
        resume();
      }
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
