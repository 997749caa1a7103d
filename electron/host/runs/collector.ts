/** Keeps the beginning of each stream of a command for its expectations. What is beyond the bound is on disk only. */
import { createStartFilter } from '../remote/startFilter.ts';
import { EVALUATE_BYTES } from './render.ts';

export interface Collector {
  take(stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
  result(): { readonly stdout: Uint8Array; readonly stderr: Uint8Array; readonly truncated: boolean };
}

/**
 * `mark`: what a host whose start-up files print something has before the command's own output (`startMark` of the
 * prepared host). What comes before it counts for no expectation.
 */
export function createCollector(limit: number = EVALUATE_BYTES, mark: string | null = null): Collector {
  const filter = createStartFilter(mark);
  const kept: Record<'stdout' | 'stderr', Uint8Array[]> = { stdout: [], stderr: [] };
  const sizes = { stdout: 0, stderr: 0 };
  let truncated = false;

  function keep(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    const room = limit - sizes[stream];
    if (bytes.byteLength > room) truncated = true;
    if (room <= 0 || bytes.byteLength === 0) return;
    // A copy: slice() of a Buffer would be a view of memory that the next packet overwrites.
    const piece = Uint8Array.from(bytes.subarray(0, room));
    kept[stream].push(piece);
    sizes[stream] += piece.byteLength;
  }

  return {
    take(stream, bytes) {
      keep(stream, filter.take(stream, bytes));
    },
    result() {
      for (const stream of ['stdout', 'stderr'] as const) keep(stream, filter.rest(stream));
      return { stdout: Buffer.concat(kept.stdout), stderr: Buffer.concat(kept.stderr), truncated };
    },
  };
}
