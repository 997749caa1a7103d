/**
 * Tells a command's own output from what the account's start-up files print before it, so that no expectation is met
 * or missed by their words. For judging only: the record keeps every byte.
 */
import { startMarkBytes } from './wrapper.ts';

type Stream = 'stdout' | 'stderr';

export interface StartFilter {
  /** The part of a piece that is the command's own; may be empty. */
  take(stream: Stream, bytes: Uint8Array): Uint8Array;
  /** At the end: what was held back on a stream where the command never began; it says why it did not. */
  rest(stream: Stream): Uint8Array;
}

/** Start-up files that print more than this are taken for the command's output. */
const LONGEST_NOISE = 1024 * 1024;
const nothing = new Uint8Array(0);

/** `mark`: `startMark` of the prepared host. With null everything is the command's own. */
export function createStartFilter(mark: string | null): StartFilter {
  if (mark === null) return { take: (_stream, bytes) => bytes, rest: () => nothing };
  const wanted = Buffer.from(startMarkBytes(mark), 'latin1');
  const held: Record<Stream, Buffer | null> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  return {
    take(stream, bytes) {
      const before = held[stream];
      if (before === null) return bytes;
      const all = Buffer.concat([before, bytes]);
      const at = all.indexOf(wanted);
      if (at === -1 && all.length <= LONGEST_NOISE) {
        held[stream] = all;
        return nothing;
      }
      held[stream] = null;
      return at === -1 ? all : all.subarray(at + wanted.length);
    },
    rest(stream) {
      const left = held[stream] ?? nothing;
      held[stream] = null;
      return left;
    },
  };
}
