/**
 * How a sealed secret is written: one line that says how it is protected, then the bytes. Every shell can tell from
 * the file alone whether it can open it; none may guess.
 */
import type { SecretBox } from '../ports.ts';

export type Protection = SecretBox['protection'];

const HEADS: Readonly<Record<Protection, Uint8Array>> = {
  file: Buffer.from('holdpoint-secret 1 file\n'),
  'os-keyring': Buffer.from('holdpoint-secret 1 os-keyring\n'),
};

export function wrapSecret(protection: Protection, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([HEADS[protection], bytes]));
}

/** What is inside and how it is protected, or null when this is no sealed secret of a known form. */
export function unwrapSecret(
  sealed: Uint8Array,
): { readonly protection: Protection; readonly bytes: Uint8Array } | null {
  for (const protection of ['file', 'os-keyring'] as const) {
    const head = HEADS[protection];
    if (Buffer.compare(sealed.subarray(0, head.length), head) === 0) {
      return { protection, bytes: new Uint8Array(sealed.subarray(head.length)) };
    }
  }
  return null;
}
