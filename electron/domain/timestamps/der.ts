/**
 * Strict reader and small writer of DER (ITU-T X.690), as far as timestamps and certificates need it. Definite, shortest
 * lengths and one-byte tags only; whatever else comes is refused, never guessed at. Every length is checked before use.
 */

/** Thrown by the readers of this folder alone and caught at its border. */
export class DerError extends Error {}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  t61: 0x14,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmp: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Identifier octet of `[n]`: constructed (explicit, or implicit over a sequence or set) or primitive. */
export function context(n: number, form: 'constructed' | 'primitive' = 'constructed'): number {
  return (form === 'constructed' ? 0xa0 : 0x80) | n;
}

export interface Der {
  /** Identifier octet. */
  readonly tag: number;
  readonly content: Uint8Array;
  /** Identifier, length and content. */
  readonly whole: Uint8Array;
}

/** Reads the values of a constructed encoding one after the other. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next value, of this tag when one is named. */
  next(tag?: number): Der {
    const value = readAt(this.#bytes, this.#at);
    if (tag !== undefined && value.tag !== tag)
      throw new DerError(`has tag 0x${value.tag.toString(16)} where 0x${tag.toString(16)} belongs`);
    this.#at += value.whole.length;
    return value;
  }

  /** The next value when it has this tag. */
  optional(tag: number): Der | null {
    return !this.done && this.#bytes[this.#at] === tag ? this.next() : null;
  }

  /** All that is left. At most `limit` values. */
  rest(limit: number): readonly Der[] {
    const values: Der[] = [];
    while (!this.done) {
      if (values.length === limit) throw new DerError(`holds more than ${String(limit)} values`);
      values.push(this.next());
    }
    return values;
  }

  end(): void {
    if (!this.done) throw new DerError('holds more than it should');
  }
}

function readAt(bytes: Uint8Array, at: number): Der {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined) throw new DerError('ends too early');
  if ((tag & 0x1f) === 0x1f) throw new DerError('has a tag of more than one byte');
  let from = at + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new DerError('has a length in a form that is not DER');
    length = 0;
    for (const byte of bytes.subarray(from, from + count)) length = length * 256 + byte;
    from += count;
    if (from > bytes.length) throw new DerError('ends too early');
    if (length < 0x80 || length < 256 ** (count - 1)) throw new DerError('has a length that is not shortest');
  }
  if (length > bytes.length - from) throw new DerError('ends too early');
  return { tag, content: bytes.subarray(from, from + length), whole: bytes.subarray(at, from + length) };
}

/** The one value that these bytes are. */
export function readDer(bytes: Uint8Array, tag?: number): Der {
  const reader = new DerReader(bytes);
  const value = reader.next(tag);
  reader.end();
  return value;
}

/** Reader over the content of a constructed value. */
export function inside(value: Der): DerReader {
  if ((value.tag & 0x20) === 0) throw new DerError('is primitive where values belong');
  return new DerReader(value.content);
}

/** Content of an INTEGER: two's complement, shortest form. */
export function integerBytes(value: Der, tag: number = TAG.integer): Uint8Array {
  const { content } = value;
  if (value.tag !== tag || content.length === 0) throw new DerError('is not a number');
  const [first = 0, second = 0] = content;
  const padded = content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (padded) throw new DerError('has a number that is not shortest');
  return content;
}

/** A whole number from 0 to 2^31 - 1. */
export function smallInteger(value: Der, tag: number = TAG.integer): number {
  const bytes = integerBytes(value, tag);
  if (bytes.length > 4 || (bytes[0] ?? 0) >= 0x80) throw new DerError('has a number out of range');
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** A number that is not negative, in lower-case hex without leading zeros. At most 64 bytes. */
export function hexInteger(value: Der): string {
  const bytes = integerBytes(value);
  if ((bytes[0] ?? 0) >= 0x80) throw new DerError('has a negative number');
  if (bytes.length > 64) throw new DerError('has a number of more than 64 bytes');
  return hex(bytes).replace(/^0+(?=.)/, '');
}

export function boolean(value: Der): boolean {
  const [byte] = value.content;
  if (value.tag !== TAG.boolean || value.content.length !== 1 || (byte !== 0 && byte !== 0xff))
    throw new DerError('is not true or false');
  return byte === 0xff;
}

/** Dotted form of an object identifier. */
export function oid(value: Der): string {
  const { tag, content } = value;
  if (tag !== TAG.oid || content.length === 0 || content.length > 64)
    throw new DerError('is not an identifier');
  const arcs: number[] = [];
  let arc = 0;
  let begun = false;
  for (const byte of content) {
    if (!begun && byte === 0x80) throw new DerError('has an identifier that is not shortest');
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER) throw new DerError('has an identifier out of range');
    begun = byte >= 0x80;
    if (begun) continue;
    if (arcs.length > 0) arcs.push(arc);
    else arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
    arc = 0;
  }
  if (begun) throw new DerError('has an identifier that is cut off');
  return arcs.join('.');
}

/** Bytes of a BIT STRING that has whole bytes only, such as a signature. */
export function bitBytes(value: Der): Uint8Array {
  if (value.tag !== TAG.bitString || value.content[0] !== 0)
    throw new DerError('is not a string of whole bytes');
  return value.content.subarray(1);
}

/** Numbers of the bits that are set, for lists of named bits. At most 16 bits. */
export function namedBits(value: Der): ReadonlySet<number> {
  const [unused, ...bytes] = value.content;
  if (value.tag !== TAG.bitString || unused === undefined || unused > 7 || bytes.length > 2)
    throw new DerError('is not a list of bits');
  const set = new Set<number>();
  bytes.forEach((byte, index) => {
    for (let bit = 0; bit < 8; bit += 1) if (byte & (0x80 >> bit)) set.add(index * 8 + bit);
  });
  return set;
}

/** Instant of a GeneralizedTime or UTCTime in UTC (RFC 5280 section 4.1.2.5, RFC 3161 section 2.4.2). */
export function time(value: Der): Date {
  const text = ascii(value.content);
  const match =
    value.tag === TAG.generalizedTime
      ? /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{0,8}[1-9]))?Z$/.exec(text)
      : value.tag === TAG.utcTime
        ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text)
        : null;
  if (match === null) throw new DerError('has a time in a form that is not DER');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const full = value.tag === TAG.generalizedTime ? year : year + (year < 50 ? 2000 : 1900);
  const ms = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000);
  const at = new Date(Date.UTC(full, month - 1, day, hour, minute, second, ms));
  at.setUTCFullYear(full);
  const same = at.getUTCMonth() === month - 1 && at.getUTCDate() === day && at.getUTCHours() === hour;
  if (!same || at.getUTCMinutes() !== minute || at.getUTCSeconds() !== second)
    throw new DerError('has a time that does not exist');
  return at;
}

export function ascii(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** One value from its identifier octet and its content. */
export function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const digits: number[] = [];
  for (let left = size; left > 0; left = Math.floor(left / 256)) digits.unshift(left % 256);
  const header = size < 0x80 ? [tag, size] : [tag, 0x80 | digits.length, ...digits];
  const out = new Uint8Array(header.length + size);
  out.set(header);
  let at = header.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** An INTEGER from an unsigned big-endian number. */
export function encodeInteger(unsigned: Uint8Array): Uint8Array {
  let from = 0;
  while (from < unsigned.length - 1 && unsigned[from] === 0) from += 1;
  const digits = unsigned.subarray(from);
  const sign = digits.length === 0 || (digits[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array();
  return encode(TAG.integer, sign, digits);
}

/** An object identifier from its dotted form. */
export function encodeOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...arcs].flatMap((arc) => {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift(0x80 | (left % 128));
    return groups;
  });
  return encode(TAG.oid, Uint8Array.from(bytes));
}
