/** Files of a run's folder: list, hash, write so that a crash leaves the old file or the new one, never half of one. */
import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Sha256 } from '../../contract/ids.ts';
import { err, fail, type Failure, ok, type Result } from '../../contract/result.ts';
import { readChunks } from '../files/chunks.ts';
import { systemCode, writeDurably } from '../files/durable.ts';
import { storageFailure } from '../files/storageFailure.ts';

export interface HashedFile {
  readonly bytes: number;
  readonly sha256: Sha256;
  readonly crc32: number;
  /** SHA-256 of the first n bytes, for each n asked for that the file reaches. */
  readonly prefixes: ReadonlyMap<number, Sha256>;
}

/** Counts and hashes bytes as they pass; `marks` are lengths at which the digest so far is wanted. */
export class StreamHash {
  readonly #hash = createHash('sha256');
  readonly #marks: number[];
  readonly #prefixes = new Map<number, Sha256>();
  #crc = 0;
  #bytes = 0;

  constructor(marks: readonly number[] = []) {
    this.#marks = [...new Set(marks)].sort((a, b) => a - b);
    this.#reach();
  }

  update(chunk: Uint8Array): void {
    this.#crc = crc32(chunk, this.#crc);
    let from = 0;
    for (
      let mark = this.#marks[0];
      mark !== undefined && mark <= this.#bytes + chunk.length - from;
      mark = this.#marks[0]
    ) {
      const to = from + mark - this.#bytes;
      this.#hash.update(chunk.subarray(from, to));
      this.#bytes = mark;
      from = to;
      this.#reach();
    }
    this.#hash.update(chunk.subarray(from));
    this.#bytes += chunk.length - from;
  }

  #reach(): void {
    while (this.#marks[0] === this.#bytes) {
      this.#prefixes.set(this.#bytes, this.#hash.copy().digest('hex') as Sha256);
      this.#marks.shift();
    }
  }

  finish(): HashedFile {
    const sha256 = this.#hash.digest('hex') as Sha256;
    return { bytes: this.#bytes, sha256, crc32: this.#crc, prefixes: this.#prefixes };
  }
}

/** Hashes a file as it is on disk now. */
export async function hashFile(path: string, marks: readonly number[] = []): Promise<Result<HashedFile>> {
  const hash = new StreamHash(marks);
  try {
    for await (const chunk of readChunks(path)) hash.update(chunk);
    return ok(hash.finish());
  } catch (e) {
    return storage(`${path} cannot be read`, e);
  }
}

export interface FoundFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly kind: 'file' | 'other';
}

/** Everything below a folder, unsorted. Names that begin with a dot are passed over; links are not followed. */
export async function listFiles(dir: string): Promise<Result<readonly FoundFile[]>> {
  const found: FoundFile[] = [];
  const walk = async (relative: string): Promise<void> => {
    for (const entry of await readdir(join(dir, relative), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) await walk(path);
      else found.push({ path, kind: entry.isFile() ? 'file' : 'other' });
    }
  };
  try {
    await walk('');
    return ok(found);
  } catch (e) {
    return storage(`the folder ${dir} cannot be read`, e);
  }
}

export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Writes a file so that it is wholly there, on disk, under its name, or not at all. Mode 0600; makes its folder. */
export async function writeAtomic(path: string, bytes: Uint8Array | string): Promise<Result<true>> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeDurably(path, bytes);
    return ok(true);
  } catch (e) {
    return err(storageFailure(path, e, 'Everything already on disk is as it was.'));
  }
}

export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
}

/** A file that cannot be read or moved, with the system's own word for it. */
export function storage(message: string, cause: unknown): { readonly ok: false; readonly error: Failure } {
  const code = systemCode(cause);
  return fail('storage', code === '' ? message : `${message} (${code})`, {
    kept: 'Everything already on disk is as it was.',
    hint:
      code === 'ENOSPC' ? 'Make room on the disk and try again.' : 'Check the file, its folder and the disk.',
  });
}
