/**
 * Canonical JSON of everything we author (RFC 8785, narrowed: integers only, no control or bidirectional characters in
 * strings). Writing and checking use the same function, so that a file is canonical exactly when it equals its own
 * re-encoding.
 */
import { err, ok, type Result } from '../../contract/result.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** C0, DEL, C1, bidirectional controls and the byte-order mark: never raw in a string of ours. */
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text made safe for a record: each forbidden character becomes `<U+XXXX>`. */
export function escapeText(text: string): string {
  const mark = (c: string) => `<U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`;
  return text.replace(FORBIDDEN, mark).replace(LONE_SURROGATE, mark);
}

/** For people to read: line breaks and tabs that escapeText() marked come back; everything else stays marked. */
export function unescapeLines(text: string): string {
  return text
    .replace(/<U\+000A>/g, '\n')
    .replace(/<U\+0009>/g, '\t')
    .replace(/<U\+000D>/g, '');
}

/**
 * Canonical encoding without a trailing line feed. Throws a TypeError for what the profile forbids (floats, unsafe
 * integers, `undefined`, forbidden characters): that is a bug of the writer, never of the data.
 */
export function canonicalize(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new TypeError(`not a safe integer: ${String(value)}`);
    // Minus zero, which Math.round() makes of -0.3, is written as 0 (RFC 8785, section 3.2.2.3).
    return String(value);
  }
  if (typeof value === 'string') {
    if (value.search(FORBIDDEN) !== -1 || value.search(LONE_SURROGATE) !== -1) {
      throw new TypeError('string holds a forbidden character');
    }
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalize(item)).join(',')}]`;
  const object = value as { readonly [key: string]: Json };
  const keys = Object.keys(object).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${keys.map((key) => `${canonicalizeKey(key)}:${canonicalize(present(object[key]))}`).join(',')}}`;
}

/** Keys are printable ASCII: their order is then the same in every language and look-alikes cannot hide. */
function canonicalizeKey(key: string): string {
  if (!/^[\x20-\x7e]*$/.test(key)) throw new TypeError('a key is not printable ASCII');
  return JSON.stringify(key);
}

function present(value: Json | undefined): Json {
  if (value === undefined) throw new TypeError('a value is undefined');
  return value;
}

/** Parses text that must be canonical: the re-encoding has to equal it. Kills duplicate keys, floats, white space. */
export function parseCanonical(text: string): Result<Json, string> {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return err('not JSON');
  }
  try {
    // Nearly every record is told to be canonical without being written once more.
    if (isPlain(text) && JSON.stringify(value) === text && isOrdered(value)) return ok(value);
    return canonicalize(value) === text ? ok(value) : err('not in canonical form');
  } catch (e) {
    return err(e instanceof TypeError ? e.message : 'not in canonical form');
  }
}

/** Only printable ASCII, and no escape but of quotes and backslashes: then nothing that is forbidden is in the value. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text) && !/\\[^"\\]/.test(text);
}

/** Whether JSON.stringify writes a value of plain text as canonicalize() does. False costs time only. */
function isOrdered(value: Json): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.every(isOrdered);
  const object = value as { readonly [key: string]: Json };
  let before = '';
  for (const key of Object.keys(object)) {
    const item = object[key];
    if (item === undefined || key < before || !isOrdered(item)) return false;
    before = key;
  }
  return true;
}
