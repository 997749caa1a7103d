/**
 * Bytes of the connection protocol (RFC 4254) as OpenSSH's multiplexing socket carries them: `uint32 length`, then
 * a body. Must never read past a body: whatever is short or too long is an error, not a guess.
 */

/** Longest body taken from the peer. OpenSSH itself allows 256 KiB for a packet. */
export const longestBody = 1024 * 1024;

/** Message numbers of RFC 4254 section 9. */
export const channelMessage = {
  globalRequest: 80,
  requestSuccess: 81,
  requestFailure: 82,
  open: 90,
  openConfirmation: 91,
  openFailure: 92,
  windowAdjust: 93,
  data: 94,
  extendedData: 95,
  eof: 96,
  close: 97,
  request: 98,
  success: 99,
  failure: 100,
} as const;

/** What a channel may have in flight towards us, and the largest piece of it. */
export const localWindow = 2 * 1024 * 1024;
export const localPacket = 32 * 1024;

export class MalformedPacket extends Error {}

/** Builds one length-prefixed body. */
export class PacketWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  byte(value: number): this {
    return this.#add(Uint8Array.of(value));
  }

  bool(value: boolean): this {
    return this.byte(value ? 1 : 0);
  }

  uint32(value: number): this {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt32BE(value);
    return this.#add(bytes);
  }

  string(value: string | Uint8Array): this {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    return this.uint32(bytes.length).#add(bytes);
  }

  /** The whole packet with its length in front. */
  packet(): Buffer {
    const head = Buffer.allocUnsafe(4);
    head.writeUInt32BE(this.#length);
    return Buffer.concat([head, ...this.#parts], this.#length + 4);
  }

  #add(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return this;
  }
}

/** A connection protocol message for the proxy mode: padding length 0, then its type. */
export function message(type: number): PacketWriter {
  return new PacketWriter().byte(0).byte(type);
}

/** Reads the fields of one body in order. */
export class PacketFields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  bool(): boolean {
    return this.byte() !== 0;
  }

  uint32(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  /** Shares memory with the body. */
  bytes(): Buffer {
    const length = this.uint32();
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(): string {
    return this.bytes().toString('utf8');
  }

  #take(count: number): number {
    if (count > this.left)
      throw new MalformedPacket(`needs ${String(count)} bytes, has ${String(this.left)}`);
    const at = this.#at;
    this.#at += count;
    return at;
  }
}

/** Cuts a byte stream into bodies, wherever it was split. */
export class PacketCutter {
  #held: Buffer[] = [];
  #heldLength = 0;
  /** Bytes that must be held before anything can be cut. */
  #need = 4;

  /** Calls `onBody` for each body that is now whole; a body shares memory with what was pushed. */
  push(chunk: Buffer, onBody: (body: Buffer) => void): void {
    this.#held.push(chunk);
    this.#heldLength += chunk.length;
    if (this.#heldLength < this.#need) return;
    const bytes = this.#held.length === 1 ? chunk : Buffer.concat(this.#held, this.#heldLength);
    let at = 0;
    this.#need = 4;
    while (bytes.length - at >= 4) {
      const length = bytes.readUInt32BE(at);
      if (length > longestBody) throw new MalformedPacket(`a body of ${String(length)} bytes`);
      if (bytes.length - at - 4 < length) {
        this.#need = length + 4;
        break;
      }
      onBody(bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    this.#held = at < bytes.length ? [bytes.subarray(at)] : [];
    this.#heldLength = bytes.length - at;
  }
}
