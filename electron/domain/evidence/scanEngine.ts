/**
 * The bulk pass over large files, in WebAssembly: one memory into which bytes are read, and the programs that work on
 * them where they are. Where there is no WebAssembly with SIMD there is no engine, and the same is found without.
 */
import { type CastSkimmer, MOST_AT_ONCE, SKIM, SKIM_BYTES, skimmerOf } from './castSkim.ts';
import { type Checksum, type Crc32, FOLD_ROOM, foldingChecksum, foldProgram } from './crcFold.ts';
import { assemble, PAGE_BYTES } from './wasmText.ts';

export interface ScanEngine {
  /** Bytes that were read into it are worked on where they are; others are copied first. */
  readonly room: Uint8Array<ArrayBuffer>;
  readonly skimmer: CastSkimmer;
  /** Begins a checksum; the one before it is given up. */
  checksum(): Checksum;
}

/** Where in the memory: what is folded, bytes that were copied, the room. The skimmer's own comes first. */
const FOLD_AT = SKIM_BYTES;
const COPY_AT = FOLD_AT + FOLD_ROOM;
const ROOM_AT = COPY_AT + MOST_AT_ONCE;
const ROOM_BYTES = 2 * MOST_AT_ONCE;
const PAGES = Math.ceil((ROOM_AT + ROOM_BYTES) / PAGE_BYTES);

type Run = (at: number, end: number) => number;

/** What is used of WebAssembly: it is no part of the language, and not everywhere. */
interface Engine {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer };
      readonly skim: Run;
      readonly fold: Run;
    };
  };
}

/** `crc32` does what is left of a checksum at its end. Null where there is no WebAssembly with SIMD, or no memory for it. */
export function scanEngine(crc32: Crc32): ScanEngine | null {
  const { WebAssembly: engine } = globalThis as { readonly WebAssembly?: Engine };
  if (engine === undefined) return null;
  try {
    const program = assemble({ skim: SKIM, fold: foldProgram(FOLD_AT) }, PAGES);
    const { memory, skim, fold } = new engine.Instance(new engine.Module(program)).exports;
    const at = (from: number, bytes: number) => new Uint8Array(memory.buffer, from, bytes);
    const copy = at(COPY_AT, MOST_AT_ONCE);
    return {
      room: at(ROOM_AT, ROOM_BYTES),
      skimmer: skimmerOf(skim, memory.buffer, copy),
      checksum: foldingChecksum(fold, at(FOLD_AT, FOLD_ROOM), copy, crc32),
    };
  } catch {
    return null;
  }
}
