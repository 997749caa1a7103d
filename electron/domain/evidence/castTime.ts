/**
 * The usual beginning of an event of a recording, `[12.345678`, read from bytes in one go. What is unusual is left to the
 * scanner, which takes it byte by byte and judges it.
 */

const BRACKET = 0x5b;
const ZERO = 0x30;
const DOT = 0x2e;
/** Of 15 digits every one counts in a double. */
const MOST_DIGITS = 15;

/** Bytes of `[` and a plain decimal such as 12.345678; 0 when it is anything else, or not all of it is here. */
export function timeSize(bytes: Uint8Array, from: number): number {
  if (bytes[from] !== BRACKET) return 0;
  const whole = digitsFrom(bytes, from + 1);
  if (whole === 0 || (whole > 1 && bytes[from + 1] === ZERO) || bytes[from + 1 + whole] !== DOT) return 0;
  const part = digitsFrom(bytes, from + 2 + whole);
  return part === 0 || whole + part > MOST_DIGITS ? 0 : whole + part + 2;
}

function digitsFrom(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at - from <= MOST_DIGITS && isDigit(bytes[at])) at += 1;
  return at - from;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

/** The number of a plain decimal. Of so few digits the quotient is the number nearest to it, as Number() gives it. */
export function decimal(bytes: Uint8Array, from: number, to: number): number {
  let digits = 0;
  let scale = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === DOT) scale = 1;
    else {
      digits = digits * 10 + byte - ZERO;
      scale *= 10;
    }
  }
  return digits / scale;
}
