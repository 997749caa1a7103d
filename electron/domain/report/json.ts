/** The report as canonical JSON (RFC 8785): the model as it is, each string without a character that could do harm. */
import { canonicalize, escapeText, type Json } from '../evidence/jcs.ts';
import type { Report } from './model.ts';

export function renderJson(report: Report): string {
  return `${canonicalize(clean(report))}\n`;
}

/** Plain data of the same shape; fields without a value are left out. */
function clean(value: unknown): Json {
  if (value === null || typeof value === 'boolean') return value;
  // Canonical JSON here knows whole numbers only.
  if (typeof value === 'number') return Math.round(value);
  if (typeof value === 'string') return escapeText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object') throw new TypeError('a report holds data only');
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries.map(([key, field]) => [escapeKey(key), clean(field)]));
}

function escapeKey(key: string): string {
  return escapeText(key).replace(/[^\x20-\x7e]/g, '?');
}
