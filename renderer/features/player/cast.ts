/**
 * Lines of an asciicast v2 recording (docs.asciinema.org) as events. What does not belong in a recording is left out and
 * counted, never guessed at; nothing here renders anything.
 */
import { showInvisible } from './invisible.ts';

export interface CastHeader {
  readonly cols: number;
  readonly rows: number;
}

/** `at` in ms from the beginning. */
export type CastEvent =
  | { readonly kind: 'output'; readonly at: number; readonly text: string }
  | { readonly kind: 'marker'; readonly at: number; readonly label: string }
  | { readonly kind: 'resize'; readonly at: number; readonly cols: number; readonly rows: number };

/** No recording lasts longer: thirty years, in ms. */
const LATEST = 1e12;
const LONGEST_LABEL = 200;

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

/** The size in the first line; null when it is no header of version 2. */
export function parseHeader(line: string): CastHeader | null {
  const value = parse(line);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { version, width, height } = value as { version?: unknown; width?: unknown; height?: unknown };
  if (version !== 2 || typeof width !== 'number' || typeof height !== 'number') return null;
  return { cols: width, rows: height };
}

/** The event on a line; null for keyboard input, unknown kinds and anything that is no event. */
export function parseEvent(line: string): CastEvent | null {
  const value = parse(line);
  if (!Array.isArray(value) || value.length !== 3) return null;
  const [seconds, code, data] = value as readonly unknown[];
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) return null;
  if (typeof data !== 'string') return null;
  const at = Math.min(LATEST, seconds * 1000);
  if (code === 'o') return { kind: 'output', at, text: data };
  if (code === 'm') return { kind: 'marker', at, label: label(data) };
  if (code !== 'r') return null;
  const size = /^(\d{1,5})x(\d{1,5})$/.exec(data);
  return size === null ? null : { kind: 'resize', at, cols: Number(size[1]), rows: Number(size[2]) };
}

function label(text: string): string {
  return showInvisible(text.slice(0, LONGEST_LABEL).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')).trim();
}
