/**
 * How a cell looks, packed into one number: two colours of a palette of 256 (0: the page's own) and flags. Concealed
 * text is not a style here: what was printed is always shown.
 */

export const PLAIN = 0;
export const BOLD = 1 << 18;
export const DIM = 1 << 19;
export const ITALIC = 1 << 20;
export const UNDERLINE = 1 << 21;
export const INVERSE = 1 << 22;
export const STRIKE = 1 << 23;

const COLOUR = 0x1ff;

/** Palette index 0–255 of the text, null for the page's own. */
export function foregroundOf(style: number): number | null {
  const value = style & COLOUR;
  return value === 0 ? null : value - 1;
}
export function backgroundOf(style: number): number | null {
  const value = (style >> 9) & COLOUR;
  return value === 0 ? null : value - 1;
}

function withForeground(style: number, index: number | null): number {
  return (style & ~COLOUR) | (index === null ? 0 : index + 1);
}
function withBackground(style: number, index: number | null): number {
  return (style & ~(COLOUR << 9)) | ((index === null ? 0 : index + 1) << 9);
}

const SET: Readonly<Record<number, number>> = {
  1: BOLD,
  2: DIM,
  3: ITALIC,
  4: UNDERLINE,
  7: INVERSE,
  9: STRIKE,
  21: UNDERLINE,
};
const CLEAR: Readonly<Record<number, number>> = {
  22: BOLD | DIM,
  23: ITALIC,
  24: UNDERLINE,
  27: INVERSE,
  29: STRIKE,
};

/** The style after `SGR` (ECMA-48 8.3.117, colours as in xterm) with these parameters, such as `1;38;5;202`. */
export function sgr(style: number, parameters: string): number {
  const codes = parameters.split(';').slice(0, 64);
  let next = style;
  for (let at = 0; at < codes.length; at++) {
    const [first = '', ...sub] = (codes[at] ?? '').split(':');
    const code = Number(first);
    if (code === 38 || code === 48) {
      const wide =
        sub.length > 0 ? colour(sub.filter((one) => one !== '')) : colour(codes.slice(at + 1, at + 5));
      if (sub.length === 0) at += wide.used;
      if (wide.index !== null)
        next = code === 38 ? withForeground(next, wide.index) : withBackground(next, wide.index);
    } else if (code === 4 && sub[0] === '0') next &= ~UNDERLINE;
    else next = simple(next, code);
  }
  return next;
}

function simple(style: number, code: number): number {
  if (code === 0) return PLAIN;
  const set = SET[code];
  if (set !== undefined) return style | set;
  const clear = CLEAR[code];
  if (clear !== undefined) return style & ~clear;
  if (code >= 30 && code <= 37) return withForeground(style, code - 30);
  if (code >= 90 && code <= 97) return withForeground(style, code - 82);
  if (code >= 40 && code <= 47) return withBackground(style, code - 40);
  if (code >= 100 && code <= 107) return withBackground(style, code - 92);
  if (code === 39) return withForeground(style, null);
  if (code === 49) return withBackground(style, null);
  return style;
}

/** `5;n` or `2;r;g;b` after 38 or 48, and how many parameters that took. */
function colour(codes: readonly string[]): { readonly index: number | null; readonly used: number } {
  const number = (at: number): number => Math.min(255, Number(codes[at] ?? ''));
  if (codes[0] === '5') return { index: number(1), used: 2 };
  if (codes[0] === '2') return { index: nearest(number(1), number(2), number(3)), used: 4 };
  return { index: null, used: 1 };
}

/** The colour of the 6×6×6 cube that is closest: a palette is enough to read by, and bounds what a page must keep. */
function nearest(r: number, g: number, b: number): number {
  const step = (v: number): number => (v < 48 ? 0 : v < 115 ? 1 : Math.min(5, Math.floor((v - 35) / 40)));
  return 16 + 36 * step(r) + 6 * step(g) + step(b);
}

/** Red, green and blue (0–255) of palette index 16–255. */
export function paletteRgb(index: number): readonly [number, number, number] {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const at = index - 16;
  const level = (n: number): number => (n === 0 ? 0 : 55 + n * 40);
  return [level(Math.floor(at / 36)), level(Math.floor(at / 6) % 6), level(at % 6)];
}
