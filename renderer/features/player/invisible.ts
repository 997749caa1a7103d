/**
 * Characters that change how text reads without being seen: direction controls, joiners, fillers, tags, line and
 * paragraph separators. Shown by their number, so that what is read is what is there.
 */

// Apart, because some of them combine with the character before them where they stand in one class.
const INVISIBLE =
  /[\p{Cf}\p{Zl}\p{Zp}]|\u034f|[\u115f\u1160]|\u17b4|\u17b5|[\u180b-\u180d]|\u180f|[\u3164\uffa0]|[\ufe00-\ufe0d]|[\u{e0100}-\u{e01ef}]/gu;
const BEYOND_ASCII = /[^\u0000-\u007f]/;
const ANY = new RegExp(INVISIBLE.source, 'u');

/** `<U+202E>` for a character. */
export function codeName(c: string): string {
  return `<U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** The text with each such character as `<U+…>`. Control characters are left: they are the filter's to judge. */
export function showInvisible(text: string): string {
  return BEYOND_ASCII.test(text) && ANY.test(text) ? text.replace(INVISIBLE, codeName) : text;
}

/** Whether any such character is in the text. */
export function hasInvisible(text: string): boolean {
  return ANY.test(text);
}
