/** The clock of the player as plain arithmetic: speed, the cap on idle time, markers. All times in ms. Pure. */

export const speeds = [0.5, 1, 2, 4, 8, 16] as const;
/** Longest silence that is waited through; null waits through all of it. */
export const idleCaps = [null, 500, 1000, 2000, 5000] as const;

export interface Marker {
  readonly at: number;
  readonly label: string;
}

export interface Tick {
  readonly clock: number;
  /** ms since the last tick on the wall. */
  readonly wall: number;
  readonly speed: number;
  readonly idleCap: number | null;
  /** Time of the last event that was shown, and of the next one where it is known. */
  readonly last: number;
  readonly next: number | null;
  readonly duration: number;
}

/** Where the clock stands after a tick, and how much silence was skipped. It never passes the end. */
export function tick(given: Tick): { readonly clock: number; readonly skipped: number } {
  const clock = Math.min(given.duration, given.clock + given.wall * given.speed);
  if (given.idleCap === null || given.next === null || clock >= given.next) return { clock, skipped: 0 };
  return clock <= given.last + given.idleCap
    ? { clock, skipped: 0 }
    : { clock: given.next, skipped: given.next - clock };
}

/** The next slower (-1) or faster (1) speed. */
export function stepSpeed(speed: number, by: 1 | -1): number {
  const at = speeds.findIndex((one) => one === speed);
  return speeds[Math.min(speeds.length - 1, Math.max(0, at + by))] ?? 1;
}

/** The first marker after the clock; null when there is none. */
export function nextMarker(markers: readonly Marker[], clock: number): Marker | null {
  return markers.find((marker) => marker.at > clock) ?? null;
}

/** The marker before the clock; one that was passed less than a second ago counts as being at it. */
export function previousMarker(markers: readonly Marker[], clock: number): Marker | null {
  return markers.findLast((marker) => marker.at < clock - 1000) ?? null;
}

/** The marker that the clock is at or past. */
export function markerAt(markers: readonly Marker[], clock: number): Marker | null {
  return markers.findLast((marker) => marker.at <= clock) ?? null;
}

/** The nearest frame that is not later than `at`. Frames stand in order. */
export function frameBefore<T extends { readonly at: number; readonly offset: number }>(
  frames: readonly T[],
  at: number,
): T | undefined {
  let low = 0;
  let high = frames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames[middle]?.at ?? Infinity) < at) low = middle + 1;
    else high = middle;
  }
  // Strictly before: events of the very same time may stand on both sides of a frame.
  return frames[Math.max(0, low - 1)];
}
