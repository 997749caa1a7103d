/**
 * The one zip form a bundle has: stored entries, contiguous, no extra field, no comment, one fixed date and mode. With
 * nothing left to choose, writer and verifier share these encoders, each byte of a bundle is determined by its files,
 * and no two programs can read it differently. (PKWARE APPNOTE 6.3; sizes below 4 GiB.)
 */

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

export function localHeader(entry: ZipEntry): Buffer {
  const name = Buffer.from(entry.name, 'latin1');
  const header = Buffer.alloc(LOCAL_BYTES);
  header.writeUInt32LE(LOCAL_SIGNATURE, 0);
  header.writeUInt16LE(NEEDED, 4);
  header.writeUInt16LE(DATE, 12);
  header.writeUInt32LE(entry.crc32, 14);
  header.writeUInt32LE(entry.bytes, 18);
  header.writeUInt32LE(entry.bytes, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

/** `offset` is where the entry's local header begins. */
export function centralHeader(entry: ZipEntry, offset: number): Buffer {
  const name = Buffer.from(entry.name, 'latin1');
  const header = Buffer.alloc(CENTRAL_BYTES);
  header.writeUInt32LE(CENTRAL_SIGNATURE, 0);
  header.writeUInt16LE(MADE_BY, 4);
  header.writeUInt16LE(NEEDED, 6);
  header.writeUInt16LE(DATE, 14);
  header.writeUInt32LE(entry.crc32, 16);
  header.writeUInt32LE(entry.bytes, 20);
  header.writeUInt32LE(entry.bytes, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt32LE((MODE << 16) >>> 0, 38);
  header.writeUInt32LE(offset, 42);
  return Buffer.concat([header, name]);
}

export function endRecord(entries: number, centralBytes: number, centralOffset: number): Buffer {
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END_SIGNATURE, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(centralBytes, 12);
  end.writeUInt32LE(centralOffset, 16);
  return end;
}

/** Bytes of the whole archive. */
export function zipSize(entries: readonly ZipEntry[]): number {
  return entries.reduce(
    (sum, { name, bytes }) => sum + LOCAL_BYTES + CENTRAL_BYTES + 2 * name.length + bytes,
    END_BYTES,
  );
}
