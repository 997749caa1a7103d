/** Keeps the beginning of each stream of a command for its expectations. What is beyond the bound is on disk only. */
import { EVALUATE_BYTES } from './render.ts';

export interface Collector {
  take(stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
  result(): { readonly stdout: Uint8Array; readonly stderr: Uint8Array; readonly truncated: boolean };
}

export function createCollector(limit: number = EVALUATE_BYTES): Collector {
  const kept: Record<'stdout' | 'stderr', Uint8Array[]> = { stdout: [], stderr: [] };
  const sizes = { stdout: 0, stderr: 0 };
  let truncated = false;
  return {
    take(stream, bytes) {
      const room = limit - sizes[stream];
      if (bytes.byteLength > room) truncated = true;
      if (room <= 0) return;
      // A copy: slice() of a Buffer would be a view of memory that the next packet overwrites.
      const piece = Uint8Array.from(bytes.subarray(0, room));
      kept[stream].push(piece);
      sizes[stream] += piece.byteLength;
    },
    result: () => ({
      stdout: Buffer.concat(kept.stdout),
      stderr: Buffer.concat(kept.stderr),
      truncated,
    }),
  };
}
