/** The files in a bundle whose form has been proven: read whole, line by line or in one bulk pass, hashed as they pass. */
import type { Sha256 } from '../../contract/ids.ts';
import { concat } from '../signatures/bytes.ts';
import type { ByteSource, Platform, Scan, ScanJob } from './ports.ts';
import type { Report } from './report.ts';
import { scanAll } from './scan.ts';
import type { ZipEntry } from './zip.ts';

export interface Member extends ZipEntry {
  /** Path below the top directory. */
  readonly path: string;
  /** Where its bytes begin. */
  readonly dataOffset: number;
}

export interface Container {
  readonly platform: Platform;
  readonly source: ByteSource;
  readonly top: string;
  readonly members: ReadonlyMap<string, Member>;
}

/** Bytes at a place of the bundle; fewer when it ends there. */
export async function readAt(source: ByteSource, position: number, length: number): Promise<Uint8Array> {
  return source.read(position, length);
}

/** What is wanted of a member in the bulk pass. */
export interface Wanted {
  readonly member: Member;
  /** A recording: check its form as well. */
  readonly cast: boolean;
}

/** One pass over each of some members, which other threads may have begun already. */
export interface Bulk {
  readonly wanted: readonly Wanted[];
  /** Scans in the order of `wanted`; reports the CRCs that do not fit. `marksOf`: lengths whose digest is wanted. */
  finish(marksOf: (member: Member) => readonly number[], report: Report): Promise<readonly Scan[]>;
  /** To be called whatever happens, before the source is closed. */
  close(): Promise<void>;
}

export function beginBulk({ platform, source }: Container, wanted: readonly Wanted[]): Bulk {
  const jobs = wanted.map(({ member, cast }): ScanJob => ({
    offset: member.dataOffset,
    bytes: member.bytes,
    marks: [],
    cast,
  }));
  const ahead = platform.beginScan?.(source, jobs) ?? null;
  return {
    wanted,
    async finish(marksOf, report) {
      const marks = wanted.map(({ member }) => marksOf(member));
      const scans =
        ahead === null
          ? await scanAll(
              platform,
              source,
              jobs.map((job, index) => ({ ...job, marks: marks[index] ?? [] })),
            )
          : await ahead.finish(marks);
      for (const [index, { member }] of wanted.entries()) {
        const scan = scans[index];
        if (scan === undefined) throw new Error('a member was not scanned');
        checkSum(member, scan, report);
      }
      return scans;
    },
    close: () => ahead?.close() ?? Promise.resolve(),
  };
}

function checkSum(
  member: Member,
  is: { readonly bytes: number; readonly crc32: number },
  report: Report,
): void {
  if (is.crc32 === member.crc32 && is.bytes === member.bytes) return;
  const message = 'its bytes do not match the checksum in the zip: they were changed';
  report.add('zip.crc', member.path, message);
}

/** A member's bytes in memory with their digest; null (and a finding) when it is not there or larger than `limit`. */
export async function readMember(
  container: Container,
  path: string,
  limit: number,
  report: Report,
): Promise<{ readonly bytes: Uint8Array; readonly sha256: Sha256 } | null> {
  const member = container.members.get(path);
  if (member === undefined) return null;
  if (member.bytes > limit) {
    report.add('file.too-large', path, `the file has more than ${String(limit)} bytes`);
    return null;
  }
  const hasher = container.platform.hasher();
  const chunks: Uint8Array[] = [];
  let crc = 0;
  let done = 0;
  for await (const chunk of chunksOf(container.source, member)) {
    const own = chunk.slice();
    crc = container.platform.crc32(own, crc);
    hasher.update(own);
    chunks.push(own);
    done += own.length;
  }
  checkSum(member, { bytes: done, crc32: crc }, report);
  return { bytes: concat(...chunks), sha256: hasher.finish() };
}

const CHUNK = 1 << 18;

/** The bytes of a member, piece by piece. A piece is good until the next one is asked for. */
export async function* chunksOf(source: ByteSource, member: Member): AsyncGenerator<Uint8Array> {
  const into = new Uint8Array(Math.min(CHUNK, member.bytes));
  for (let done = 0; done < member.bytes;) {
    const chunk = await source.read(member.dataOffset + done, Math.min(CHUNK, member.bytes - done), into);
    if (chunk.length === 0) return;
    yield chunk;
    done += chunk.length;
  }
}
