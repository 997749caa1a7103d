/**
 * Notices when this computer (or this app) was not running for a while: asleep, stopped, or a virtual machine on hold.
 * A clock that somebody sets is no such gap: the time since the boot is read, not the time of day.
 */
import { uptime } from 'node:os';

const LOOK_EVERY_MS = 5_000;
/** Shorter pauses do not end connections. */
const GAP_MS = 20_000;

export interface GapClocks {
  /** Milliseconds of a clock that may stand still while the computer sleeps (CLOCK_MONOTONIC on Linux). */
  readonly mono: () => number;
  /** Milliseconds since the boot, with the time asleep. */
  readonly boot: () => number;
}

const systemClocks: GapClocks = {
  mono: () => performance.now(),
  boot: () => uptime() * 1000,
};

export interface GapOptions {
  /** `ms`: how long nothing ran, beyond the usual wait between two looks. */
  readonly onGap: (ms: number) => void;
  readonly clocks?: GapClocks;
  readonly everyMs?: number;
  readonly gapMs?: number;
}

export interface GapWatch {
  close(): void;
}

/** Watches until it is closed. Does not keep the process alive. */
export function watchGaps(options: GapOptions): GapWatch {
  const { mono, boot } = options.clocks ?? systemClocks;
  const everyMs = options.everyMs ?? LOOK_EVERY_MS;
  const gapMs = options.gapMs ?? GAP_MS;
  let lastMono = mono();
  let lastBoot = boot();
  const timer = setInterval(() => {
    const nowMono = mono();
    const nowBoot = boot();
    const missed = Math.max(nowMono - lastMono, nowBoot - lastBoot) - everyMs;
    lastMono = nowMono;
    lastBoot = nowBoot;
    if (missed > gapMs) options.onGap(Math.round(missed));
  }, everyMs);
  timer.unref();
  return {
    close() {
      clearInterval(timer);
    },
  };
}
