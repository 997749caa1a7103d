/** The data types of the SSH protocol (RFC 4251 section 5) that keys and signatures are made of. Bytes only. */
import { concat, latin1, utf8 } from './bytes.ts';

/** `uint32` length and the bytes. */
export function sshString(value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? utf8(value) : value;
  return concat(sshUint32(bytes.length), bytes);
}

export function sshUint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

/** A positive `mpint` from an unsigned big-endian number. */
export function sshMpint(unsigned: Uint8Array): Uint8Array {
  const digits = stripZeros(unsigned);
  return sshString((digits[0] ?? 0) & 0x80 ? concat(Uint8Array.of(0), digits) : digits);
}

export function stripZeros(bytes: Uint8Array): Uint8Array {
  let from = 0;
  while (from < bytes.length && bytes[from] === 0) from += 1;
  return bytes.subarray(from);
}

/** Thrown by SshReader alone, caught by the parser that made it. */
export class SshFormatError extends Error {}

/** Reads one value after the other. Every method throws SshFormatError when the bytes end too early. */
export class SshReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new SshFormatError('ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  uint32(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.take(4);
    return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  string(): Uint8Array {
    return this.take(this.uint32());
  }

  /** A string that must be printable ASCII. */
  text(): string {
    const bytes = this.string();
    if (bytes.some((byte) => byte < 0x20 || byte > 0x7e))
      throw new SshFormatError('a name is not printable ASCII');
    return latin1(bytes);
  }

  /** A positive mpint in its shortest form, as an unsigned number without leading zeros. */
  mpint(): Uint8Array {
    const bytes = this.string();
    const [first, second] = bytes;
    if (first === undefined || first & 0x80) throw new SshFormatError('a number is not positive');
    if (first === 0 && !((second ?? 0) & 0x80))
      throw new SshFormatError('a number is not in its shortest form');
    return first === 0 ? bytes.subarray(1) : bytes;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new SshFormatError('holds more than it should');
  }
}
