/** The zip form of bundles with Node's Buffer; the form itself is in domain/verify/zip.ts. */
import * as form from '../../domain/verify/zip.ts';

export {
  CENTRAL_BYTES,
  CENTRAL_SIGNATURE,
  END_BYTES,
  END_SIGNATURE,
  LOCAL_BYTES,
  LOCAL_SIGNATURE,
  MAX_ENTRIES,
  MAX_ZIP_BYTES,
  type ZipEntry,
  zipSize,
} from '../../domain/verify/zip.ts';

export function localHeader(entry: form.ZipEntry): Buffer {
  return Buffer.from(form.localHeader(entry));
}

/** `offset` is where the entry's local header begins. */
export function centralHeader(entry: form.ZipEntry, offset: number): Buffer {
  return Buffer.from(form.centralHeader(entry, offset));
}

export function endRecord(entries: number, centralBytes: number, centralOffset: number): Buffer {
  return Buffer.from(form.endRecord(entries, centralBytes, centralOffset));
}
