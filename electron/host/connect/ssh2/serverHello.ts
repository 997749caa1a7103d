/**
 * Reads along what a server says before anything is encrypted: its identification (RFC 4253 section 4.2) and the
 * algorithms it offers (section 7.1). Only for words and the record; must never take part in the hand-shake.
 */
import { cleanLine } from '../serverText.ts';
import { isOutdated } from './algorithms.ts';
import type { Offer } from '../connectFailures.ts';

const kexInit = 20;
const longestHello = 40_000;

export interface ServerHello {
  /** Empty until it has come. Cleaned, at most 255 characters. */
  readonly identification: string;
  /** The kind of algorithm as ssh2 names it in an error ("no matching C->S cipher"): what the server has of it. */
  offer(kind: string): Offer;
}

/** `onIdentified` is called once. `feed` says whether it wants more. */
export function readServerHello(onIdentified: () => void): ServerHello & {
  feed(bytes: Uint8Array): boolean;
} {
  let held = Buffer.alloc(0);
  let identification = '';
  let identified = false;
  let lists: readonly (readonly string[])[] = [];

  const identify = (): boolean => {
    const text = held.toString('latin1');
    const found = /^(SSH-[^\r\n]*)\r?\n/m.exec(text);
    if (found === null) return false;
    identification = cleanLine(found[1] ?? '', 255);
    identified = true;
    held = held.subarray(found.index + found[0].length);
    onIdentified();
    return true;
  };
  return {
    get identification() {
      return identification;
    },
    offer: (kind) => {
      const all = lists[placeOf(kind)] ?? [];
      return { all, outdated: all.filter(isOutdated) };
    },
    feed: (bytes) => {
      held = Buffer.concat([held, bytes]);
      if (held.length > longestHello) return false;
      if (!identified && !identify()) return true;
      if (held.length < 6) return true;
      const length = held.readUInt32BE(0);
      if (held.length < 4 + length && length < longestHello) return true;
      if (held.readUInt8(5) === kexInit) lists = nameLists(held.subarray(6 + 16, 4 + length));
      return false;
    },
  };
}

/** Name-lists of a KEXINIT packet after its cookie, as far as they are whole. */
function nameLists(payload: Buffer): string[][] {
  const lists: string[][] = [];
  let at = 0;
  while (lists.length < 10 && at + 4 <= payload.length) {
    const length = payload.readUInt32BE(at);
    if (at + 4 + length > payload.length) break;
    const names = payload
      .subarray(at + 4, at + 4 + length)
      .toString('latin1')
      .split(',')
      .filter((name) => name !== '' && name !== 'ext-info-s' && !name.startsWith('kex-strict-'));
    lists.push(names.slice(0, 100));
    at += 4 + length;
  }
  return lists;
}

/** Order of the lists in KEXINIT. */
function placeOf(kind: string): number {
  if (kind.includes('key exchange')) return 0;
  if (kind.includes('host key')) return 1;
  const direction = kind.startsWith('S->C') ? 1 : 0;
  if (kind.includes('cipher')) return 2 + direction;
  if (kind.includes('MAC')) return 4 + direction;
  return 6 + direction;
}
