/** What the bulk pass of the verifier needs of Node: digests, checksums, and an open file as a source of bytes. */
import { createHash } from 'node:crypto';
import { read } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Sha256 } from '../../contract/ids.ts';
import { scanEngine } from '../../domain/evidence/scanEngine.ts';
import type { ByteSource, Hasher, Platform } from '../../domain/verify/ports.ts';

function hasher(): Hasher {
  const hash = createHash('sha256');
  return {
    update: (bytes) => void hash.update(bytes),
    soFar: () => hash.copy().digest('hex') as Sha256,
    finish: () => hash.digest('hex') as Sha256,
  };
}

export const digestPlatform: Pick<Platform, 'hasher' | 'crc32' | 'scanEngine'> = {
  hasher,
  crc32,
  scanEngine: () => scanEngine(crc32),
};

export interface FdSource extends ByteSource {
  readonly fd: number;
}

/** An open file as a source of bytes, by its descriptor. Whoever opened it closes it. */
export function fdSource(fd: number, size: number): FdSource {
  return {
    fd,
    size,
    async read(offset, length, into) {
      const target = into !== undefined && into.length >= length ? into : new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const got = await readSome(fd, target, filled, length - filled, offset + filled);
        if (got === 0) break;
        filled += got;
      }
      return target.subarray(0, filled);
    },
  };
}

function readSome(fd: number, into: Uint8Array, at: number, length: number, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, into, at, length, offset, (error, bytesRead) => {
      if (error === null) resolve(bytesRead);
      else reject(error);
    });
  });
}
