/**
 * The picture that `ssh-keygen -lv` draws of a fingerprint, for comparing by eye. It only helps the eye: a decision
 * must never rest on it, two keys can look alike.
 */
import type { KeyName } from './knownHosts.ts';

const columns = 17;
const rows = 9;
/** What a field looks like after so many visits; the last two mark start and end. */
const symbols = ' .o+=*BOX@%&#/^SE';
const start = symbols.length - 2;
const end = symbols.length - 1;

/** Sizes that follow from the key type. An RSA key's size is not in its fingerprint. */
const bitsOfType: Readonly<Record<string, number>> = {
  'ssh-ed25519': 256,
  'ecdsa-sha2-nistp256': 256,
  'ecdsa-sha2-nistp384': 384,
  'ecdsa-sha2-nistp521': 521,
  'sk-ssh-ed25519@openssh.com': 256,
  'sk-ecdsa-sha2-nistp256@openssh.com': 256,
  'ssh-dss': 1024,
};

/**
 * Draws a `SHA256:` fingerprint as OpenSSH does (sshkey.c, fingerprint_randomart): 11 lines of 19 characters. `bits`
 * goes into the frame and is needed for RSA keys only; without it the frame names the type alone. Anything that is not
 * a fingerprint gives an empty string.
 */
export function randomart(key: KeyName & { readonly bits?: number }): string {
  const [algorithm = '', encoded = ''] = key.fingerprint.split(':', 2);
  const digest = Buffer.from(encoded, 'base64');
  if (digest.length === 0) return '';
  const field = walk(digest);
  const lines = Array.from({ length: rows }, (_, y) => {
    const drawn = field.slice(y * columns, (y + 1) * columns).map((visits) => symbols[visits] ?? ' ');
    return `|${drawn.join('')}|`;
  });
  return [border(titleOf(key)), ...lines, border(`[${algorithm}]`)].join('\n');
}

/** The walk of the drunken bishop: two bits a step, along the diagonals, held back by the walls. */
function walk(digest: Uint8Array): number[] {
  const field = new Array<number>(columns * rows).fill(0);
  let x = Math.floor(columns / 2);
  let y = Math.floor(rows / 2);
  for (const byte of digest) {
    for (let shift = 0; shift < 8; shift += 2) {
      const step = byte >> shift;
      x = clamp(x + ((step & 1) === 1 ? 1 : -1), columns);
      y = clamp(y + ((step & 2) === 2 ? 1 : -1), rows);
      const visits = field[y * columns + x] ?? 0;
      if (visits < start - 1) field[y * columns + x] = visits + 1;
    }
  }
  field[Math.floor(rows / 2) * columns + Math.floor(columns / 2)] = start;
  field[y * columns + x] = end;
  return field;
}

function clamp(value: number, size: number): number {
  return Math.min(Math.max(value, 0), size - 1);
}

function titleOf(key: KeyName & { readonly bits?: number }): string {
  const name = shortType(key.type);
  const bits = key.bits ?? bitsOfType[key.type];
  const long = bits === undefined ? '' : `[${name} ${String(bits)}]`;
  return long === '' || long.length > columns ? `[${name}]`.slice(0, columns) : long;
}

/** The name that `ssh-keygen -l` shows in brackets. */
function shortType(type: string): string {
  const sk = type.startsWith('sk-') ? '-SK' : '';
  const certificate = type.includes('-cert-v01@') ? '-CERT' : '';
  if (type.includes('ed25519')) return `ED25519${sk}${certificate}`;
  if (type.includes('ecdsa')) return `ECDSA${sk}${certificate}`;
  if (type.includes('rsa')) return `RSA${certificate}`;
  if (type.includes('dss')) return `DSA${certificate}`;
  return 'UNKNOWN';
}

function border(title: string): string {
  const left = '-'.repeat(Math.floor((columns - title.length) / 2));
  return `+${(left + title).padEnd(columns, '-')}+`;
}
