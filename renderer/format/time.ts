/** Dates and durations as people read them in a maintenance window: weekday and UTC first, local time beside it. */
import { t } from '../i18n/t.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const weekdays = [
  'time.sun',
  'time.mon',
  'time.tue',
  'time.wed',
  'time.thu',
  'time.fri',
  'time.sat',
] as const;

function two(n: number): string {
  return String(n).padStart(2, '0');
}

/** `02:41:07` in UTC. */
export function utcTime(at: Date): string {
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

/** `Sat 2026-11-21` in UTC. */
export function utcDay(at: Date): string {
  const weekday = t(weekdays[at.getUTCDay() as 0 | 1 | 2 | 3 | 4 | 5 | 6]);
  return t('time.day', { weekday, date: at.toISOString().slice(0, 10) });
}

/** `Sat 2026-11-21 02:41:07 UTC` from an RFC 3339 instant; the text itself when it is none. */
export function stamp(instant: string): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return instant;
  return t('time.stamp', { day: utcDay(at), time: utcTime(at) });
}

/** The same to the millisecond, `Sat 2026-11-21 02:41:07.5 UTC`: for instants between which a time is taken. */
export function exactStamp(instant: string): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return instant;
  const ms = String(at.getUTCMilliseconds()).padStart(3, '0').replace(/0+$/, '');
  return t('time.stamp', { day: utcDay(at), time: ms === '' ? utcTime(at) : `${utcTime(at)}.${ms}` });
}

/** `02:41:07` from an RFC 3339 instant. */
export function timeOf(instant: string): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime()) ? instant : utcTime(at);
}

/** The zone that is shown beside UTC: the chosen one, else the machine's. */
export function zoneOrLocal(zone: string): string {
  return zone === '' || !isTimeZone(zone) ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone;
}

/** True when the platform knows the IANA zone. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** True when a clock of the zone would only repeat the UTC one. */
export function isUtc(zone: string): boolean {
  return ['UTC', 'Etc/UTC', 'Etc/GMT', 'GMT', 'Etc/UCT', 'UCT', 'Zulu'].includes(zone);
}

/** `03:41 Prague · Sat`: local time, the city of the zone, and the weekday there. */
export function localClock(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    weekday: 'short',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  const city = zone.split('/').at(-1)?.replaceAll('_', ' ') ?? zone;
  return t('time.local', { hour: part('hour'), minute: part('minute'), city, weekday: part('weekday') });
}

/** Measured time, `0:09`, `11:48`, `2:03:10`. Input in milliseconds. */
export function clockSpan(ms: number): string {
  if (ms >= 0 && ms < second) return t('time.under');
  const s = Math.max(0, Math.floor(ms / second));
  const tail = two(s % 60);
  const m = Math.floor(s / 60);
  return m < 60 ? `${String(m)}:${tail}` : `${String(Math.floor(m / 60))}:${two(m % 60)}:${tail}`;
}

/** Planned time in words, `30 s`, `10 min`, `1 h 30 min`. Input in milliseconds. */
export function wordSpan(ms: number): string {
  if (ms < minute) return t('time.s', { s: Math.round(ms / second) });
  const minutes = Math.round(ms / minute);
  if (minutes < 60) return t('time.min', { min: minutes });
  const rest = minutes % 60;
  const hours = Math.floor((minutes * minute) / hour);
  return rest === 0 ? t('time.h', { h: hours }) : t('time.h-min', { h: hours, min: rest });
}

/** A time that is judged, to the millisecond and in words: `14 min 59.5 s`. Input in milliseconds. */
export function exactSpan(ms: number): string {
  const parts = [
    [Math.floor(ms / hour), 'time.part.h'],
    [Math.floor(ms / minute) % 60, 'time.part.min'],
    [String((ms % minute) / second), 'time.part.s'],
  ] as const;
  const said = parts.filter(([n]) => Number(n) > 0).map(([n, key]) => t(key, { n }));
  return said.length === 0 ? t('time.part.s', { n: '0' }) : said.join(' ');
}
