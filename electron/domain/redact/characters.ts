/**
 * Reads a stream as UTF-8 byte by byte (RFC 3629), as a terminal does: what belongs to a character, what is a control of
 * the C1 set (ECMA-48, 8 bits), and what is none of both and is not shown. Pure.
 */

/** Where in a character the reading stands; 0 between two. */
export type CharacterState = number;

/** After 0xC2: the next byte makes it a control or a character. */
const AFTER_C2 = 4;

/** A character of one byte, or the last byte of one. */
export const WHOLE = 0;
/** A character of several bytes begins or goes on. */
export const UNFINISHED = 1;
/** The second byte of a control of the C1 set, U+0080 to U+009F. */
export const CONTROL = 2;
/** No UTF-8. From 0x80 to 0x9F it is a C1 control for terminals that read single bytes. */
export const STRAY = 3;

function goesOn(state: CharacterState, byte: number): boolean {
  return state !== 0 && byte >= 0x80 && byte < 0xc0;
}

/** What a byte is. */
export function kindOfByte(state: CharacterState, byte: number): number {
  if (goesOn(state, byte)) {
    if (state === AFTER_C2) return byte < 0xa0 ? CONTROL : WHOLE;
    return state === 1 ? WHOLE : UNFINISHED;
  }
  if (byte < 0x80) return WHOLE;
  return byte < 0xc2 || byte > 0xf4 ? STRAY : UNFINISHED;
}

/** The state after this byte. */
export function afterCharacterByte(state: CharacterState, byte: number): CharacterState {
  if (goesOn(state, byte)) return state === AFTER_C2 ? 0 : state - 1;
  if (byte < 0xc2 || byte > 0xf4) return 0;
  if (byte === 0xc2) return AFTER_C2;
  return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
}

/** Whether a character that was begun will not be finished. */
export function breaksOff(state: CharacterState, byte: number): boolean {
  return state !== 0 && !goesOn(state, byte);
}
