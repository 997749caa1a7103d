/** Tells what a terminal shows from what it obeys, byte by byte (ECMA-48; the states follow VT500 parsers). Pure. */

const GROUND = 0;
const ESCAPE = 1;
const INTERMEDIATE = 2;
const CSI = 3;
const OSC = 4;
const STRING = 5;

/** State of the reading; 0 where text is shown. */
export type EscapeState = number;

/** The state after this byte. Text is what comes in state 0 and leaves state 0, and is no control. */
export function afterByte(state: EscapeState, byte: number): EscapeState {
  if (byte === 0x1b) return ESCAPE;
  // CAN and SUB break off whatever it was.
  if (byte === 0x18 || byte === 0x1a) return GROUND;
  switch (state) {
    case GROUND:
      return GROUND;
    case ESCAPE:
      if (byte < 0x20) return ESCAPE;
      if (byte < 0x30) return INTERMEDIATE;
      if (byte === 0x5b) return CSI;
      if (byte === 0x5d) return OSC;
      return byte === 0x50 || byte === 0x58 || byte === 0x5e || byte === 0x5f ? STRING : GROUND;
    case INTERMEDIATE:
      return byte < 0x30 ? INTERMEDIATE : GROUND;
    case CSI:
      return byte < 0x40 || byte === 0x7f ? CSI : GROUND;
    case OSC:
      return byte === 0x07 ? GROUND : OSC;
    default:
      return STRING;
  }
}

/** Whether controls such as backspace are obeyed here: not inside a string for the terminal. */
export function obeysControls(state: EscapeState): boolean {
  return state < OSC;
}
