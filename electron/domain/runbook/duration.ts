/** Durations as authors write them (`10s`, `1h30m`) and as people read them. Pure arithmetic; knows no clock. */
import { err, ok, type Result } from '../../contract/result.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Longest duration that is accepted: 366 days. */
export const MAX_DURATION_MS = 366 * DAY;

export const durationPattern =
  /^(?=\d)(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/;

/** Milliseconds of `2d`, `1h30m`, `10s`, `500ms`. Units in this order, each at most once; more than zero. */
export function parseDuration(text: string): Result<number, string> {
  const match = durationPattern.exec(text);
  if (match === null) return err(`"${text.slice(0, 40)}" is not a duration; write 30s, 15m, 2h or 1h30m`);
  const [days, hours, minutes, seconds, millis] = match
    .slice(1)
    .map((digits: string | undefined) => Number(digits ?? 0));
  const ms =
    (days ?? 0) * DAY +
    (hours ?? 0) * HOUR +
    (minutes ?? 0) * MINUTE +
    (seconds ?? 0) * SECOND +
    (millis ?? 0);
  if (ms === 0) return err('a duration must be more than zero');
  if (ms > MAX_DURATION_MS) return err('a duration must not be above 366 days');
  return ok(ms);
}

/**
 * A duration for people: `45 s`, `10 min`, `1 h 30 min`, `2 d 4 h`. At most the two largest units, rounded to the
 * smaller one; below a second in `ms`.
 */
export function formatDuration(ms: number): string {
  const units = [
    ['d', DAY],
    ['h', HOUR],
    ['min', MINUTE],
    ['s', SECOND],
  ] as const;
  if (ms < SECOND) return `${String(Math.max(0, Math.round(ms)))} ms`;
  for (const [i, [name, size]] of units.entries()) {
    if (ms < size) continue;
    const [smallName, smallSize] = units[i + 1] ?? ['s', SECOND];
    const rounded = Math.round(ms / smallSize) * smallSize;
    const whole = Math.floor(rounded / size);
    const larger = units[i - 1];
    if (larger !== undefined && rounded >= larger[1]) return `1 ${larger[0]}`;
    const rest = smallSize === size ? 0 : Math.round((rounded % size) / smallSize);
    return rest === 0 ? `${String(whole)} ${name}` : `${String(whole)} ${name} ${String(rest)} ${smallName}`;
  }
  return '0 ms';
}
