/** Points in time as commands print them. A time without an offset is refused: it would mean a different instant on each host. */
import { parseDuration } from './duration.ts';

const DAY_ONLY = /^(\d{4})-(\d{2})-(\d{2})$/;
const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)? ?(?:([Zz])|(?:UTC|GMT)|([+-])(\d{2})(?::?(\d{2}))?)$/;
const OPENSSL =
  /^(?:not(?:After|Before)=)?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4}) GMT$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Milliseconds since 1970 of `2026-11-21` (00:00 UTC), RFC 3339 (a space for `T` and `+00` are accepted, as PostgreSQL
 * and GNU date print them) or `notAfter=Nov 21 10:00:00 2026 GMT` (openssl x509). Undefined for anything else.
 */
export function parseDate(text: string): number | undefined {
  const day = DAY_ONLY.exec(text);
  if (day !== null) return utc(Number(day[1]), Number(day[2]), Number(day[3]), 0, 0, 0, 0);
  const full = RFC3339.exec(text);
  if (full !== null) {
    const [, y, mo, d, h, mi, s = '0', fraction = '0', , sign, oh = '0', om = '0'] = full;
    const at = utc(
      Number(y),
      Number(mo),
      Number(d),
      Number(h),
      Number(mi),
      Number(s),
      Math.trunc(Number(`0.${fraction}`) * 1000),
    );
    const offset = (Number(oh) * 60 + Number(om)) * 60_000;
    if (Number(oh) > 23 || Number(om) > 59) return undefined;
    return at === undefined ? undefined : sign === '-' ? at + offset : at - offset;
  }
  const ssl = OPENSSL.exec(text);
  if (ssl === null) return undefined;
  const month = MONTHS.indexOf(ssl[1] ?? '') + 1;
  return utc(Number(ssl[6]), month, Number(ssl[2]), Number(ssl[3]), Number(ssl[4]), Number(ssl[5]), 0);
}

/** A date, `now`, or `now+30d` / `now-1h`. */
export function parseMoment(text: string, now: Date): number | undefined {
  const relative = /^now(?:([+-])(.+))?$/.exec(text);
  if (relative === null) return parseDate(text);
  if (relative[1] === undefined) return now.getTime();
  const shift = parseDuration(relative[2] ?? '');
  if (!shift.ok) return undefined;
  return now.getTime() + (relative[1] === '-' ? -shift.value : shift.value);
}

function utc(
  y: number,
  mo: number,
  d: number,
  h: number,
  mi: number,
  s: number,
  ms: number,
): number | undefined {
  const leap = s === 60 ? 59 : s;
  if (h > 23 || mi > 59 || leap > 59) return undefined;
  const at = new Date(Date.UTC(y, mo - 1, d, h, mi, leap, ms));
  const real = at.getUTCFullYear() === y && at.getUTCMonth() === mo - 1 && at.getUTCDate() === d;
  return real ? at.getTime() : undefined;
}
