/**
 * The one gate for everything that is pasted, dropped or inserted into a terminal, whichever way it came. It removes
 * what could act (ESC and control characters) and says when a person must look first.
 */

export interface Paste {
  /** What would be typed: newlines as carriage returns, no control characters but tab. */
  readonly text: string;
  /** Lines a person sees in the preview. */
  readonly lines: readonly string[];
  /** More than one line, a newline at an end, or very long: shown and confirmed before it is typed. */
  readonly ask: boolean;
  /** How many control characters were taken out. */
  readonly removed: number;
}

/** Longest paste that is typed without a look, in characters. */
const longUnseen = 2_000;
const bracket = /\u001b\[20[01]~/g;
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
const direction = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/g;

/** Judges a text on its way into the terminal. */
export function judgePaste(raw: string): Paste {
  const unwrapped = raw.replace(bracket, '');
  const cleaned = unwrapped.replace(control, '').replace(direction, '').replace(/\r\n?/g, '\n');
  const removed =
    (unwrapped.match(control)?.length ?? 0) +
    (unwrapped.match(direction)?.length ?? 0) +
    (raw.match(bracket)?.length ?? 0);
  return {
    text: cleaned.replaceAll('\n', '\r'),
    lines: cleaned.split('\n'),
    ask: cleaned.includes('\n') || cleaned.length > longUnseen,
    removed,
  };
}

/** A command for the live shell, to be read and sent by the person: never ends in a newline. */
export function judgeInsert(command: string): Paste {
  return judgePaste(command.replace(/[\r\n]+$/, ''));
}
