/**
 * Keys for a command that cannot take them yet, or not any more. They go to that command or nowhere: an answer that was
 * meant for one program must never be run by another. What went nowhere is counted, so that it can be said.
 */
import type { PaneInput } from '../terminal/pane.ts';

/** Pieces kept for a command that is being opened. */
const MAX_PIECES = 64;

export interface WaitingKeys {
  /** Keeps what is typed. */
  readonly input: PaneInput;
  take(bytes: Uint8Array): void;
  /** Hands over what has waited, in order; what comes later does not wait here any more. */
  pourInto(to: Pick<PaneInput, 'write'>): void;
  /** The command is over: from here on nothing is kept, only counted. */
  close(): void;
  /** Characters that went nowhere so far. */
  count(): number;
}

export function createWaitingKeys(): WaitingKeys {
  const pieces: Uint8Array[] = [];
  let closed = false;
  let dropped = 0;

  function take(bytes: Uint8Array): void {
    if (closed || pieces.length >= MAX_PIECES) dropped += charactersIn(bytes);
    else pieces.push(Uint8Array.from(bytes));
  }

  return {
    input: { write: take, resize: () => undefined },
    take,
    pourInto(to) {
      for (const piece of pieces.splice(0)) to.write(piece);
    },
    close() {
      closed = true;
      for (const piece of pieces.splice(0)) dropped += charactersIn(piece);
    },
    count: () => pieces.reduce((sum, piece) => sum + charactersIn(piece), dropped),
  };
}

/** Characters of UTF-8: every byte but those that go on with one (RFC 3629). */
function charactersIn(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => ((byte & 0xc0) === 0x80 ? sum : sum + 1), 0);
}
