/** A piece of a file as something to read: text made harmless, or bytes in hexadecimal. Pure. */
import { visibleLines } from '../../../electron/domain/report/safeText.ts';
import { showInvisible } from '../player/invisible.ts';

/** Bytes shown at a time. */
export const PART = 131_072;
const HEX_BYTES = 4096;
const LONGEST_LINE = 4000;

export type Shown =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'hex'; readonly text: string };

/** Text when the bytes are UTF-8 without NUL; a character cut at either end of the piece does not count against it. */
export function shown(bytes: Uint8Array): Shown {
  const text = decode(bytes);
  if (text === null) return { kind: 'hex', text: hex(bytes.subarray(0, HEX_BYTES)) };
  const lines = showInvisible(visibleLines(text)).split('\n');
  return { kind: 'text', text: lines.map(foldLong).join('\n') };
}

/** A line of megabytes is laid out in pieces that a page can handle; nothing is left out. */
function foldLong(line: string): string {
  return line.length <= LONGEST_LINE ? line : (line.match(/.{1,4000}/gsu) ?? []).join('\n');
}

function decode(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  let from = 0;
  while (from < Math.min(3, bytes.length) && isContinuation(bytes[from])) from++;
  for (let cut = 0; cut <= 3 && cut <= bytes.length; cut++) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(from, bytes.length - cut));
    } catch {
      continue;
    }
  }
  return null;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** `00000010  68 65 6c 6c 6f                                   |hello|` */
function hex(bytes: Uint8Array): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    rows.push(`${at.toString(16).padStart(8, '0')}  ${digits.padEnd(47)}  |${text}|`);
  }
  return rows.join('\n');
}
