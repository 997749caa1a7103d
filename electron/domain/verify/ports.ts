/**
 * What the verifier needs from where it runs (Node or a browser page). A platform moves bytes and does arithmetic; it
 * is never asked whom to trust and never sees what the bytes mean.
 */
import type { Sha256 } from '../../contract/ids.ts';
import type { CastProblem } from '../evidence/cast.ts';
import type { Crc32 } from '../evidence/crcFold.ts';
import type { ScanEngine } from '../evidence/scanEngine.ts';
import type { SignatureCrypto } from '../signatures/crypto.ts';
import type { Subtle } from '../timestamps/subtle.ts';

/** The bytes of a bundle. They must not change while it is verified; the verifier notices when they do. */
export interface ByteSource {
  readonly size: number;
  /**
   * Bytes at a place; fewer when the source ends there. `into` may be used for them and is overwritten by its next use.
   * Rejects when the bytes cannot be read.
   */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
}

/** SHA-256 of bytes that come in pieces. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Digest of what has come so far; the hasher goes on. */
  soFar(): Sha256;
  finish(): Sha256;
}

export interface Platform extends SignatureCrypto {
  hasher(): Hasher;
  /** CRC-32 of ISO 3309, as zip has it, going on from `seed`. */
  readonly crc32: Crc32;
  /** Absent, or null, where WebAssembly is not to be had: files are then checked more slowly, and the same. */
  readonly scanEngine?: () => ScanEngine | null;
  /** Text of UTF-8 bytes, a byte-order mark kept; null when they are not UTF-8. */
  utf8(bytes: Uint8Array): string | null;
  /** WebCrypto, for the certificates of timestamps. */
  readonly subtle: Subtle;
  /** Begins the work of scanAll() in other threads. Absent, or null, where that is not possible or not worth it. */
  readonly beginScan?: (source: ByteSource, jobs: readonly ScanJob[]) => Scanning | null;
}

/** A bulk pass that goes on in other threads while this one does something else. */
export interface Scanning {
  /**
   * The scans of all jobs, in their order, each from one pass over the bytes. `marks`: for each job, the lengths at which
   * the digest so far is wanted, beside those that the job named. Rejects when the source cannot be read.
   */
  finish(marks: readonly (readonly number[])[]): Promise<readonly Scan[]>;
  /** Gives up what is under way. After it the source is not read any more. */
  close(): Promise<void>;
}

/** One pass over a member: what is to be learned from its bytes. Plain data, so that it can go to another thread. */
export interface ScanJob {
  readonly offset: number;
  readonly bytes: number;
  /** Lengths at which the digest so far is wanted. */
  readonly marks: readonly number[];
  /** A recording: check its form as well. */
  readonly cast: boolean;
}

export interface Scan {
  /** How many bytes were there. */
  readonly bytes: number;
  readonly sha256: Sha256;
  readonly crc32: number;
  /** Digest of the first n bytes, for each mark n that was reached. That of all bytes may stand in `sha256` alone. */
  readonly prefixes: ReadonlyMap<number, Sha256>;
  /** What is wrong with the recording, the first of each kind. `torn` stands apart: an open recording may be. */
  readonly problems: readonly CastProblem[];
  readonly torn: boolean;
  /** Output events of a recording. */
  readonly outputs: number;
}
