/**
 * Takes one mark out of a stream of bytes. Before a mark is expected everything passes at once; afterwards only what
 * could be the beginning of the mark is held back, and what follows the mark is dropped.
 */
export class MarkCutter {
  readonly #deliver: (bytes: Uint8Array) => void;
  #mark: Buffer | null = null;
  #held: Buffer = Buffer.alloc(0);
  #done = false;
  #seen: () => void = () => undefined;

  constructor(deliver: (bytes: Uint8Array) => void) {
    this.#deliver = deliver;
  }

  /** Resolves when the mark has come by. */
  expect(mark: Buffer): Promise<void> {
    this.#mark = mark;
    return new Promise((resolve) => {
      this.#seen = resolve;
    });
  }

  push(bytes: Uint8Array): void {
    const mark = this.#mark;
    if (this.#done) return;
    if (mark === null) {
      this.#deliver(bytes);
      return;
    }
    const all = Buffer.concat([this.#held, bytes]);
    const at = all.indexOf(mark);
    const keep = at >= 0 ? at : all.length - prefixAtEnd(all, mark);
    if (keep > 0) this.#deliver(all.subarray(0, keep));
    this.#held = Buffer.from(at >= 0 ? [] : all.subarray(keep));
    if (at < 0) return;
    this.#done = true;
    this.#seen();
  }

  /** Gives out what is held back: no mark will come any more. */
  flush(): void {
    if (this.#held.length > 0) this.#deliver(this.#held);
    this.#held = Buffer.alloc(0);
    this.#done = true;
  }
}

/** Length of the longest true prefix of `mark` that `bytes` ends with. */
function prefixAtEnd(bytes: Buffer, mark: Buffer): number {
  for (let length = Math.min(mark.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(mark.subarray(0, length))) return length;
  }
  return 0;
}
