/** Counts the bytes the screen has taken in and says when the host is to hear of it. */

export interface Acks {
  /** Call when the terminal has parsed `bytes`. */
  parsed(bytes: number): void;
}

/** `send` gets a count each time at least `every` bytes have been parsed since the last one. */
export function createAcks(every: number, send: (bytes: number) => void): Acks {
  let pending = 0;
  return {
    parsed(bytes) {
      pending += bytes;
      if (pending < every) return;
      const count = pending;
      pending = 0;
      send(count);
    },
  };
}
