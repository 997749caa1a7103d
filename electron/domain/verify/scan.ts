/**
 * The bulk pass over a bundle: each byte is read once, and digest, checksum and the form of recordings come out of the
 * same pass. Memory does not depend on sizes. While one block is worked on, the next one is already being read.
 */
import type { Sha256 } from '../../contract/ids.ts';
import { type CastScanner, castScanner } from '../evidence/cast.ts';
import type { Checksum } from '../evidence/crcFold.ts';
import type { ScanEngine } from '../evidence/scanEngine.ts';
import type { ByteSource, Platform, Scan, ScanJob } from './ports.ts';

const BLOCK = 1 << 20;
/** Stays in the cache of a core from the read to the last look at it. */
const NEAR_BLOCK = 1 << 18;

type ScanPlatform = Pick<Platform, 'hasher' | 'crc32' | 'scanEngine'>;

/** Scans one member after the other, each asked for when it is its turn. Rejects when the source cannot be read. */
export async function scanAll(
  platform: ScanPlatform,
  source: ByteSource,
  jobs: Iterable<ScanJob>,
): Promise<readonly Scan[]> {
  const desk = new ScanDesk(platform);
  const buffers: Uint8Array[] = [];
  let turn = 0;
  const read = ({ job, offset, length }: Block) => {
    turn = 1 - turn;
    desk.prepare(job);
    if (desk.room !== null) buffers[turn] = desk.room.subarray(turn * BLOCK, turn * BLOCK + length);
    else if ((buffers[turn]?.length ?? 0) < length) buffers[turn] = new Uint8Array(length);
    return source.read(offset, length, buffers[turn]);
  };
  const scans: Scan[] = [];
  let member: MemberScan | null = null;
  const blocks = blocksOf(jobs);
  let next = blocks.next();
  let pending = next.done === true ? null : read(next.value);
  while (next.done !== true && pending !== null) {
    const block: Block = next.value;
    const bytes = await pending;
    next = blocks.next();
    pending = next.done === true ? null : read(next.value);
    pending?.catch(() => undefined);
    member ??= new MemberScan(platform, block.job, desk);
    member.take(bytes);
    if (!block.last) continue;
    scans.push(member.finish());
    member = null;
  }
  return scans;
}

interface Block {
  readonly job: ScanJob;
  readonly offset: number;
  readonly length: number;
  readonly last: boolean;
}

function* blocksOf(jobs: Iterable<ScanJob>): Generator<Block, undefined> {
  for (const job of jobs) {
    let done = 0;
    do {
      const length = Math.min(BLOCK, job.bytes - done);
      yield { job, offset: job.offset + done, length, last: done + length === job.bytes };
      done += length;
    } while (done < job.bytes);
  }
}

/** One member after the other from a source that answers at once, for a thread that does nothing else. */
export function memberScanner(platform: ScanPlatform, read: ReadNow): (job: ScanJob) => Scan {
  const desk = new ScanDesk(platform);
  let buffer = new Uint8Array(NEAR_BLOCK);
  return (job) => {
    desk.prepare(job);
    if (desk.room !== null) buffer = desk.room.subarray(0, NEAR_BLOCK);
    const member = new MemberScan(platform, job, desk);
    for (let done = 0; done < job.bytes;) {
      const into = job.bytes - done < NEAR_BLOCK ? buffer.subarray(0, job.bytes - done) : buffer;
      const got = read(job.offset + done, into);
      if (got === 0) break;
      member.take(into.subarray(0, got));
      done += got;
    }
    return member.finish();
  };
}

/** Fills as much as there is and says how many bytes that is; 0 where the source ends. Throws when it cannot be read. */
export type ReadNow = (offset: number, into: Uint8Array) => number;

/** Below this an engine costs more than it saves. */
const WORTH_BYTES = 1 << 16;

/** The engine, and the scanner of recordings. Made when the first member comes that is worth it. */
class ScanDesk {
  readonly #platform: ScanPlatform;
  #engine: ScanEngine | null | undefined;
  #scanner: CastScanner | undefined;

  constructor(platform: ScanPlatform) {
    this.#platform = platform;
  }

  prepare({ bytes }: ScanJob): void {
    if (this.#engine !== undefined || bytes < WORTH_BYTES) return;
    this.#engine = this.#platform.scanEngine?.() ?? null;
    this.#scanner = undefined;
  }

  /** Memory in which bytes are worked on where they are: two blocks; null before it is worth it, and where there is none. */
  get room(): Uint8Array<ArrayBuffer> | null {
    return this.#engine?.room ?? null;
  }

  recording(): CastScanner {
    this.#scanner ??= castScanner(this.#engine?.skimmer ?? null);
    return this.#scanner;
  }

  checksum({ bytes }: ScanJob): Checksum {
    const engine = bytes < WORTH_BYTES ? null : this.#engine;
    return engine?.checksum() ?? tableChecksum(this.#platform);
  }
}

function tableChecksum({ crc32 }: ScanPlatform): Checksum {
  let crc = 0;
  return {
    update: (bytes) => void (crc = crc32(bytes, crc)),
    finish: () => crc,
  };
}

class MemberScan {
  readonly #hasher;
  readonly #checksum;
  readonly #cast;
  readonly #marks: number[];
  readonly #prefixes = new Map<number, Sha256>();
  #bytes = 0;

  /** What stands at the desk is between two members, and this one's alone until finish(). */
  constructor(platform: ScanPlatform, job: ScanJob, desk: ScanDesk) {
    this.#hasher = platform.hasher();
    this.#checksum = desk.checksum(job);
    this.#cast = job.cast ? desk.recording() : null;
    this.#marks = [...new Set(job.marks)].sort((a, b) => a - b);
    this.#reach();
  }

  take(chunk: Uint8Array): void {
    this.#checksum.update(chunk);
    this.#cast?.push(chunk);
    let from = 0;
    for (let mark = this.#marks[0]; mark !== undefined; mark = this.#marks[0]) {
      const to = from + mark - this.#bytes;
      if (to > chunk.length) break;
      this.#hasher.update(chunk.subarray(from, to));
      this.#bytes = mark;
      from = to;
      this.#reach();
    }
    this.#hasher.update(from === 0 ? chunk : chunk.subarray(from));
    this.#bytes += chunk.length - from;
  }

  #reach(): void {
    while (this.#marks[0] === this.#bytes) {
      this.#prefixes.set(this.#bytes, this.#hasher.soFar());
      this.#marks.shift();
    }
  }

  finish(): Scan {
    const cast = this.#cast?.end() ?? { problems: [], torn: false, outputs: 0 };
    const sha256 = this.#hasher.finish();
    return { bytes: this.#bytes, sha256, crc32: this.#checksum.finish(), prefixes: this.#prefixes, ...cast };
  }
}
