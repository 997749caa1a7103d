/** Makes a package: the digest list over its files, and the zip. The same files give the same bytes. Pure. */
import type { Sha256 } from '../../contract/ids.ts';
import { formatManifest } from '../evidence/manifest.ts';
import { byPath } from '../evidence/names.ts';
import { concat, utf8 } from '../signatures/bytes.ts';
import type { Platform } from '../verify/ports.ts';
import { centralHeader, endRecord, localHeader, type ZipEntry } from '../verify/zip.ts';
import { headText, type PackageHeadFile } from './head.ts';
import { HEAD, SIGNATURE, SUMS, topDirectory } from './names.ts';

type Arithmetic = Pick<Platform, 'hasher' | 'crc32'>;

/** A package before it is a file. */
export interface Unpacked {
  readonly name: string;
  /** By path: everything besides the digest list and the signature. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The digest list: what is signed. */
  readonly sums: Uint8Array;
}

/** `content`: runbooks and what belongs to them, by path (`contentPath`). */
export function buildPackage(
  platform: Arithmetic,
  head: PackageHeadFile,
  content: ReadonlyMap<string, Uint8Array>,
): Unpacked {
  const files = new Map([...content, [HEAD, utf8(headText(head))]]);
  const entries = [...files].map(([path, bytes]) => ({ path, sha256: digest(platform, bytes) }));
  return { name: head.name, files, sums: utf8(formatManifest(entries)) };
}

/** The bytes of the file. `signature`: armored SSHSIG over the digest list; without it the package is unsigned. */
export function packPackage(
  platform: Arithmetic,
  { name, files, sums }: Unpacked,
  signature: Uint8Array | null,
): Uint8Array {
  const all = new Map([...files, [SUMS, sums]]);
  if (signature !== null) all.set(SIGNATURE, signature);
  const top = topDirectory(name);
  const parts: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const [path, bytes] of [...all].sort(([a], [b]) => byPath(a, b))) {
    const entry: ZipEntry = { name: `${top}/${path}`, bytes: bytes.length, crc32: platform.crc32(bytes, 0) };
    const local = localHeader(entry);
    parts.push(local, bytes);
    central.push(centralHeader(entry, offset));
    offset += local.length + bytes.length;
  }
  const directory = concat(...central);
  return concat(...parts, directory, endRecord(central.length, directory.length, offset));
}

export function digest(platform: Pick<Platform, 'hasher'>, bytes: Uint8Array): Sha256 {
  const hasher = platform.hasher();
  hasher.update(bytes);
  return hasher.finish();
}
