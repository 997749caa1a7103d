/** The files in a bundle whose form has been proven: read whole or as a stream, hashed as they pass. */
import type { FileHandle } from 'node:fs/promises';
import { type HashedFile, StreamHash } from '../files.ts';
import type { ZipEntry } from '../zip.ts';
import type { Report } from './report.ts';

export interface Member extends ZipEntry {
  /** Path below the top directory. */
  readonly path: string;
  /** Where its bytes begin. */
  readonly dataOffset: number;
}

export interface Container {
  readonly handle: FileHandle;
  readonly top: string;
  readonly members: ReadonlyMap<string, Member>;
}

/** Bytes at a place of a file; fewer when it ends there. */
export async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

const CHUNK = 1 << 18;

/** Hands a member's bytes out chunk by chunk, hashed as they pass; reports a CRC that does not fit. */
export async function streamMember(
  container: Container,
  member: Member,
  report: Report,
  options: { readonly marks?: readonly number[]; readonly onChunk?: (chunk: Buffer) => void } = {},
): Promise<HashedFile> {
  const hash = new StreamHash(options.marks);
  for (let done = 0; done < member.bytes;) {
    const chunk = await readAt(
      container.handle,
      member.dataOffset + done,
      Math.min(CHUNK, member.bytes - done),
    );
    if (chunk.length === 0) break;
    hash.update(chunk);
    options.onChunk?.(chunk);
    done += chunk.length;
  }
  const hashed = hash.finish();
  if (hashed.crc32 !== member.crc32 || hashed.bytes !== member.bytes) {
    report.add(
      'container',
      'zip.crc',
      member.path,
      'its bytes do not match the checksum in the zip: they were changed',
    );
  }
  return hashed;
}

/** A member's bytes in memory with their hash; null (and a finding) when it is not there or larger than `limit`. */
export async function readMember(
  container: Container,
  path: string,
  limit: number,
  report: Report,
): Promise<{ readonly bytes: Buffer; readonly hashed: HashedFile } | null> {
  const member = container.members.get(path);
  if (member === undefined) return null;
  if (member.bytes > limit) {
    report.add('container', 'file.too-large', path, `the file has more than ${String(limit)} bytes`);
    return null;
  }
  const chunks: Buffer[] = [];
  const hashed = await streamMember(container, member, report, { onChunk: (chunk) => chunks.push(chunk) });
  return { bytes: Buffer.concat(chunks), hashed };
}
