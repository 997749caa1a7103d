/**
 * The gate between recorded output and the screen of the player: an allow-list of what draws text (ECMA-48, xterm's
 * ctlseqs). Nothing that asks, answers, names, links, copies or draws pictures gets through, and text is never hidden:
 * a control string that is not closed in time is shown as the text it is. Pieces may be cut anywhere.
 */
import { showInvisible } from './invisible.ts';

/** Longest parameters of a control sequence, and longest control string, in UTF-16 units. Longer ones are text. */
const MAX_CSI = 128;
const MAX_STRING = 8192;
/** Counts and positions above this mean no more than this: no screen is larger. */
const MAX_NUMBER = 1000;

/** Cursor movement, erase, insert and delete, scroll, scroll region, tab back, repeat, save and restore. */
const PLAIN_FINALS = new Set('@ABCDEFGHIJKLMPSTXZ`abdefrsu');
/** Wrap, cursor shown, alternate screen. */
const MODES = new Set(['7', '25', '47', '1047', '1048', '1049']);
/** Save and restore cursor, index, next line, reverse index. */
const SHORT = new Set('78DEM');
/** `reset`: back to the normal screen, plain, whole region, empty, top left. */
const RESET = '\u001b[?1049l\u001b[0m\u001b[r\u001b[H\u001b[2J';

export interface Filtered {
  readonly text: string;
  /** Control sequences of this piece that were left out. */
  readonly dropped: number;
}

export interface EscapeFilter {
  /** Takes the next piece; gives what may be drawn of it. */
  push(piece: string): Filtered;
  /** What was held back because it looked like the beginning of a sequence, as text. */
  flush(): string;
  /** The state between two pieces, to go on from there another time. */
  save(): FilterState;
}

export interface FilterState {
  readonly kind: Kind;
  /** What has been taken of an unfinished sequence, without its introducer. */
  readonly held: string;
  /** Half of a character outside the basic plane. */
  readonly half: string;
}
/** `…-end`: an escape was seen inside the string, which closes it or begins something else. */
type Kind = 'ground' | 'escape' | 'charset' | 'short' | 'csi' | 'osc' | 'osc-end' | 'string' | 'string-end';

export const freshFilter: FilterState = { kind: 'ground', held: '', half: '' };

/** A filter at its beginning, or where `from` was saved. */
export function createFilter(from: FilterState = freshFilter): EscapeFilter {
  let { kind, held, half } = from;
  let out = '';
  let dropped = 0;

  /** Text that is no sequence after all: shown, with what is invisible in it made visible. */
  const release = (): void => {
    out += showInvisible(held);
    held = '';
    kind = 'ground';
  };
  const drop = (): void => {
    dropped += 1;
    held = '';
    kind = 'ground';
  };
  const emit = (sequence: string): void => {
    out += sequence;
    held = '';
    kind = 'ground';
  };

  const introduce = (c: string): void => {
    if (c === '[') kind = 'csi';
    else if (c === ']') kind = 'osc';
    else if (c === 'P' || c === 'X' || c === '^' || c === '_') kind = 'string';
    else if (c === '(') kind = 'charset';
    else if (c >= ' ' && c <= '/') kind = 'short';
    else if (SHORT.has(c)) emit(`\u001b${c}`);
    else if (c === 'c') emit(RESET);
    else if (c > '/' && c <= '~') drop();
    // Not an escape sequence: the character is taken for itself.
    else {
      kind = 'ground';
      ground(c);
    }
  };

  const ground = (c: string): void => {
    if (c === '\u001b') kind = 'escape';
    else if (c === '\r' || c === '\n' || c === '\t' || c === '\b') out += c;
    // Other C0 and all of C1: an 8-bit introducer loses its meaning, what follows it stays text.
    else if (c < ' ' || (c >= '\u007f' && c <= '\u009f')) dropped += c === '\u0000' || c === '\u007f' ? 0 : 1;
    else out += showInvisible(c);
  };

  const csi = (c: string): void => {
    if (c >= '@' && c <= '~') {
      const sequence = allowedCsi(held, c);
      if (sequence === null) drop();
      else emit(sequence);
    } else if (c >= ' ' && c <= '?' && held.length < MAX_CSI) held += c;
    else {
      release();
      ground(c);
    }
  };

  const controlString = (c: string, string: 'osc' | 'string'): void => {
    if (c === '\u009c' || (c === '\u0007' && string === 'osc')) drop();
    else if (c === '\u001b') kind = `${string}-end`;
    else if ((c < ' ' && c !== '\t') || (c >= '\u007f' && c <= '\u009f') || held.length >= MAX_STRING) {
      release();
      ground(c);
    } else held += c;
  };

  const take = (c: string): void => {
    switch (kind) {
      case 'ground':
        ground(c);
        return;
      case 'escape':
        introduce(c);
        return;
      case 'charset':
        if (c === '0' || c === 'B') emit(`\u001b(${c}`);
        else if (c >= '0' && c <= '~') drop();
        else {
          kind = 'ground';
          ground(c);
        }
        return;
      case 'short':
        if (c >= '0' && c <= '~') drop();
        else if (c < ' ' || c > '/') {
          kind = 'ground';
          ground(c);
        }
        return;
      case 'csi':
        csi(c);
        return;
      case 'osc':
      case 'string':
        controlString(c, kind);
        return;
      case 'osc-end':
      case 'string-end':
        if (c === '\\') drop();
        else {
          release();
          introduce(c);
        }
    }
  };

  return {
    push(piece) {
      out = '';
      dropped = 0;
      const text = half + piece;
      half = '';
      let at = 0;
      while (at < text.length) {
        if (kind === 'ground') {
          const end = runEnd(text, at);
          if (end > at) out += showInvisible(text.slice(at, end));
          at = end;
          if (at >= text.length) break;
        }
        const code = text.charCodeAt(at);
        if (isHigh(code) && at + 1 === text.length) {
          half = text.slice(at);
          break;
        }
        const pair = isHigh(code) && isLow(text.charCodeAt(at + 1));
        const c = pair ? text.slice(at, at + 2) : isHigh(code) || isLow(code) ? '\ufffd' : text.charAt(at);
        at += pair ? 2 : 1;
        take(c);
      }
      return { text: out, dropped };
    },
    flush() {
      out = half === '' ? '' : '\ufffd';
      half = '';
      const rest = out;
      out = '';
      release();
      return out + rest;
    },
    save: () => ({ kind, held, half }),
  };
}

/** End of the run of text and line ends that begins at `from`: most of all output, taken in one piece. */
function runEnd(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 ? code !== 0x0a && code !== 0x0d && code !== 0x09 : code >= 0x7f && code <= 0x9f) break;
    if (isHigh(code)) {
      if (!isLow(text.charCodeAt(at + 1))) break;
      at += 1;
    } else if (isLow(code)) break;
  }
  return at;
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

/** The sequence as it may be drawn, its numbers within bounds; null when it may not. */
function allowedCsi(parameters: string, final: string): string | null {
  if (final === 'm') return /^[\d;:]*$/.test(parameters) ? `\u001b[${parameters}m` : null;
  if (final === 'h' || final === 'l') return allowedMode(parameters, final);
  if (!PLAIN_FINALS.has(final) || !/^\d*(?:;\d*){0,3}$/.test(parameters)) return null;
  if (parameters === '') return `\u001b[${final}`;
  return `\u001b[${parameters.split(';').map(within).join(';')}${final}`;
}

function allowedMode(parameters: string, final: string): string | null {
  if (!/^\?[\d;]*$/.test(parameters)) return null;
  const modes = parameters
    .slice(1)
    .split(';')
    .filter((mode) => MODES.has(mode));
  return modes.length === 0 ? null : `\u001b[?${modes.join(';')}${final}`;
}

function within(digits: string): string {
  if (digits === '') return '';
  return String(Math.min(MAX_NUMBER, Number(digits.slice(0, 9))));
}
