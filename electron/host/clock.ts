/** The clocks of this computer. */
import type { Clock } from './ports.ts';

/** Wall clock and CLOCK_MONOTONIC. */
export const systemClock: Clock = {
  now: () => new Date(),
  mono: () => Number(process.hrtime.bigint() / 1000n),
};
