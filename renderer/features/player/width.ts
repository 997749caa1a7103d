/** How many columns a character takes on a terminal: 0, 1 or 2. */

const ZERO = /^[\p{Mn}\p{Me}\ufe0e\ufe0f]$/u;
/** East Asian wide and fullwidth ranges (UAX #11) and the pictographs that terminals draw over two columns. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{1fa70}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

/** Columns of one character (a code point, as a string). */
export function columnsOf(c: string): 0 | 1 | 2 {
  if (c < '\u0300') return 1;
  if (ZERO.test(c)) return 0;
  return c >= '\u1100' && WIDE.test(c) ? 2 : 1;
}
