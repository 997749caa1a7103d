/**
 * The one zip form a bundle has: stored entries, contiguous, no extra field, no comment, one fixed date and mode. With
 * nothing left to choose, writer and verifier share these encoders, each byte of a bundle is determined by its files,
 * and no two programs can read it differently. (PKWARE APPNOTE 6.3; sizes below 4 GiB.)
 */
import { concat } from '../signatures/bytes.ts';

export interface ZipEntry {
  /** With the top directory. ASCII. */
  readonly name: string;
  readonly bytes: number;
  readonly crc32: number;
}

export const LOCAL_SIGNATURE = 0x04034b50;
export const CENTRAL_SIGNATURE = 0x02014b50;
export const END_SIGNATURE = 0x06054b50;
export const LOCAL_BYTES = 30;
export const CENTRAL_BYTES = 46;
export const END_BYTES = 22;
export const MAX_ZIP_BYTES = 0xffff_fffe;
export const MAX_ENTRIES = 10_000;

/** 2.0, the least that every reader knows. */
const NEEDED = 20;
/** Unix, so that readers take the mode below. */
const MADE_BY = (3 << 8) | NEEDED;
/** 1980-01-01, the first day of the format. */
const DATE = (1 << 5) | 1;
/** A plain file, rw-r--r--. */
const MODE = 0o100644;

/** Little-endian numbers at their places. */
function header(
  length: number,
  u16: Readonly<Record<number, number>>,
  u32: Readonly<Record<number, number>>,
) {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of Object.entries(u16)) view.setUint16(Number(at), value, true);
  for (const [at, value] of Object.entries(u32)) view.setUint32(Number(at), value, true);
  return bytes;
}

function nameBytes(name: string): Uint8Array {
  return Uint8Array.from(name, (character) => character.charCodeAt(0));
}

export function localHeader({ name, bytes, crc32 }: ZipEntry): Uint8Array {
  const fixed = header(
    LOCAL_BYTES,
    { 4: NEEDED, 12: DATE, 26: name.length },
    { 0: LOCAL_SIGNATURE, 14: crc32, 18: bytes, 22: bytes },
  );
  return concat(fixed, nameBytes(name));
}

/** `offset` is where the entry's local header begins. */
export function centralHeader({ name, bytes, crc32 }: ZipEntry, offset: number): Uint8Array {
  const fixed = header(
    CENTRAL_BYTES,
    { 4: MADE_BY, 6: NEEDED, 14: DATE, 28: name.length },
    { 0: CENTRAL_SIGNATURE, 16: crc32, 20: bytes, 24: bytes, 38: (MODE << 16) >>> 0, 42: offset },
  );
  return concat(fixed, nameBytes(name));
}

export function endRecord(entries: number, centralBytes: number, centralOffset: number): Uint8Array {
  return header(
    END_BYTES,
    { 8: entries, 10: entries },
    { 0: END_SIGNATURE, 12: centralBytes, 16: centralOffset },
  );
}

/** Bytes of the whole archive. */
export function zipSize(entries: readonly ZipEntry[]): number {
  return entries.reduce(
    (sum, { name, bytes }) => sum + LOCAL_BYTES + CENTRAL_BYTES + 2 * name.length + bytes,
    END_BYTES,
  );
}

/** Reads numbers where they stand in a header. The caller has made sure that they are there. */
export class HeaderReader {
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u16(at: number): number {
    return this.#view.getUint16(at, true);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, true);
  }
}
