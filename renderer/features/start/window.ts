/** The change window as it is typed, in UTC, and what that is on the desk's second clock. Pure. */
import type { Instant } from '../../../electron/contract/ids.ts';
import { localClock } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';

export interface WindowFields {
  readonly on: boolean;
  /** `2026-11-22 02:00`, in UTC. */
  readonly from: string;
  readonly to: string;
}
export const noWindow: WindowFields = { on: false, from: '', to: '' };

const shape = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})$/;

/** The instant that is meant; null when the text is none (also 2026-02-30 or 24:10). */
export function parseUtc(text: string): Instant | null {
  const parts = shape.exec(text.trim());
  if (parts === null) return null;
  const [, y, mo, d, h, mi] = parts;
  const iso = `${y ?? ''}-${mo ?? ''}-${d ?? ''}T${h ?? ''}:${mi ?? ''}:00.000Z`;
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) || at.toISOString() !== iso ? null : (iso as Instant);
}

/** `03:00 Prague · Sun` beside what was typed; empty while it is no time. */
export function besideUtc(text: string, zone: string): string {
  const at = parseUtc(text);
  return at === null ? '' : localClock(new Date(at), zone);
}

/** What is wrong with the window, by field; nothing when it is off. */
export function windowProblems(
  fields: WindowFields,
): readonly { readonly field: string; readonly message: string }[] {
  if (!fields.on) return [];
  const from = parseUtc(fields.from);
  const to = parseUtc(fields.to);
  const out: { field: string; message: string }[] = [];
  if (from === null) out.push({ field: 'window.from', message: t('start.window.bad') });
  if (to === null) out.push({ field: 'window.to', message: t('start.window.bad') });
  else if (from !== null && to <= from) out.push({ field: 'window.to', message: t('start.window.order') });
  return out;
}
