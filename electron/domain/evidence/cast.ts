/**
 * What a recording must look like: asciicast v2 (docs.asciinema.org), output only, time never going back. Works on bytes
 * as they come and keeps none of them, so that a recording of any length is checked about as fast as it is read. Never
 * renders anything.
 */

import { isHeader, utf8Of } from './castHeader.ts';
import { type CastSkimmer, MOST_AT_ONCE, type SkimState } from './castSkim.ts';
import { decimal, timeSize } from './castTime.ts';

export type CastProblemId =
  'cast.header' | 'cast.event' | 'cast.time' | 'cast.input' | 'cast.line' | 'cast.encoding';

export interface CastProblem {
  readonly id: CastProblemId;
  /** Counts from 1. */
  readonly line: number;
  readonly message: string;
}

export interface CastFindings {
  /** The first few of each kind. */
  readonly problems: readonly CastProblem[];
  /** The file does not end in a line feed. */
  readonly torn: boolean;
  /** How many events are output. */
  readonly outputs: number;
}

export interface CastScanner {
  push(bytes: Uint8Array): void;
  /** After the last bytes of a recording; the next ones begin another. */
  end(): CastFindings;
}

/** A line of a recording is one chunk of output. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
const MAX_HEADER_BYTES = 64 * 1024;
const MAX_PER_ID = 5;

const LF = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
/** What is expected next: in this order on a line `[time, "code", "data"]`. */
const HEADER = 0;
const OPEN = 1;
const TIME = 2;
const CODE_QUOTE = 3;
const CODE = 4;
const COMMA_2 = 5;
const DATA_QUOTE = 6;
const DATA = 7;
const ESCAPE = 8;
const HEX = 9;
const CONTINUATION = 10;
const DATA_END = 11;
const LINE_END = 12;
/** The line is bad: wait for the next. */
const SKIP = 13;
/** Nothing more is looked at. */
const STOPPED = 14;

const SIMPLE_ESCAPE = table((byte) => '"\\/bfnrt'.includes(String.fromCharCode(byte)));
const HEX_DIGIT = table((byte) => /[0-9A-Fa-f]/.test(String.fromCharCode(byte)));
const UNICODE_ESCAPE = 0x75;
const BRACKET = 0x5b;
/** As our recorder and asciinema write an output event, from behind the time to its text. */
const OUTPUT_START = Uint8Array.from(', "o", "'.split(''), (c) => c.charCodeAt(0));

function table(has: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (has(byte) ? 1 : 0));
}

const NUMBER = /^(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const CODES = new Set(['o', 'm', 'r']);

/** Fewer bytes than that are looked at sooner than handed to the skimmer. */
const WORTH_SKIMMING = 128;

/**
 * One scanner for many recordings, one after the other: a new one for each would be compiled anew by the engine. What it
 * finds is the same with a skimmer and without.
 */
export function castScanner(skimmer: CastSkimmer | null = null): CastScanner {
  let problems: CastProblem[] = [];
  let state = HEADER;
  let line = 1;
  let lineBytes = 0;
  let total = 0;
  let outputs = 0;
  let time = 0;
  /** The header, a number or a code as far as it has come. */
  let token = '';
  /** Hex digits or continuation bytes still to come; the range of the next continuation byte. */
  let left = 0;
  let low = 0x80;
  let high = 0xbf;
  const skimmed: SkimState = { inText: false, time: 0, lines: 0, outputs: 0, lineStart: 0 };

  function begin(): void {
    problems = [];
    state = HEADER;
    line = 1;
    lineBytes = total = outputs = time = left = 0;
    token = '';
    [low, high] = [0x80, 0xbf];
  }

  function problem(id: CastProblemId, message: string): void {
    if (problems.filter((known) => known.id === id).length < MAX_PER_ID) problems.push({ id, line, message });
    state = SKIP;
  }

  function stop(id: CastProblemId, message: string): void {
    problem(id, message);
    state = STOPPED;
  }

  function lineFeed(): void {
    if (state === HEADER) checkHeader();
    else if (state !== LINE_END && state !== SKIP) problem('cast.event', 'not an event of three parts');
    state = OPEN;
    line += 1;
    lineBytes = 0;
    token = '';
  }

  function checkHeader(): void {
    const text = utf8Of(token);
    if (text === null) problem('cast.encoding', 'the recording is not UTF-8');
    else if (!isHeader(text)) problem('cast.header', 'not a header of asciicast version 2');
  }

  function timeEnds(): void {
    const at = NUMBER.test(token) ? Number(token) : NaN;
    token = '';
    state = CODE_QUOTE;
    if (!Number.isFinite(at)) problem('cast.time', 'the time is not a number');
    else if (at < time) problem('cast.time', 'the time goes back');
    else time = at;
  }

  function codeEnds(): void {
    state = COMMA_2;
    if (token === 'i') problem('cast.input', 'it holds keyboard input');
    else if (!CODES.has(token)) problem('cast.event', 'an event of a kind that is not recorded');
    else if (token === 'o') outputs += 1;
    token = '';
  }

  /** First byte of a character beyond ASCII (RFC 3629). */
  function lead(byte: number): void {
    low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
    high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
    left = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    if (byte < 0xc2 || byte > 0xf4) stop('cast.encoding', 'the recording is not UTF-8');
    else state = CONTINUATION;
  }

  function continuation(byte: number): void {
    if (byte < low || byte > high) {
      stop('cast.encoding', 'the recording is not UTF-8');
      return;
    }
    [low, high] = [0x80, 0xbf];
    left -= 1;
    if (left === 0) state = DATA;
  }

  function inData(byte: number): void {
    if (byte === QUOTE) state = DATA_END;
    else if (byte === BACKSLASH) state = ESCAPE;
    else if (byte >= 0x80) lead(byte);
    else if (byte < SPACE) problem('cast.event', 'a control character stands in the text as it is');
  }

  function escape(byte: number): void {
    if (byte === UNICODE_ESCAPE) {
      left = 4;
      state = HEX;
    } else if (SIMPLE_ESCAPE[byte] === 1) state = DATA;
    else problem('cast.event', 'an escape that is none');
  }

  function hex(byte: number): void {
    const digit = HEX_DIGIT[byte] === 1;
    if (!digit) problem('cast.event', 'an escape that is none');
    left -= 1;
    if (digit && left === 0) state = DATA;
  }

  function inHeader(byte: number): void {
    if (token.length >= MAX_HEADER_BYTES) problem('cast.header', 'the header is too long');
    else token += String.fromCharCode(byte);
  }

  function inTime(byte: number): void {
    if (byte === COMMA) timeEnds();
    else if (byte === SPACE && token === '') return;
    else if (token.length >= 32) problem('cast.time', 'the time is not a number');
    else token += String.fromCharCode(byte);
  }

  function inCode(byte: number): void {
    if (byte === QUOTE) codeEnds();
    else if (token.length >= 8) problem('cast.event', 'an event of a kind that is not recorded');
    else token += String.fromCharCode(byte);
  }

  /** A byte that must be `wanted`, with blanks before it. */
  function expect(byte: number, wanted: number, then: number): void {
    if (byte === wanted) state = then;
    else if (byte !== SPACE) problem('cast.event', 'not an event of three parts');
  }

  /** The place of the text in an output event that begins as usual; otherwise `at`, and nothing has changed. */
  function usualStart(bytes: Uint8Array, at: number): number {
    const comma = at + timeSize(bytes, at);
    if (comma === at || !hasAt(bytes, comma, OUTPUT_START)) return at;
    const next = decimal(bytes, at + 1, comma);
    if (!(next >= time)) return at;
    time = next;
    outputs += 1;
    state = DATA;
    return comma + OUTPUT_START.length;
  }

  function step(byte: number): void {
    switch (state) {
      case HEADER:
        inHeader(byte);
        return;
      case OPEN:
        expect(byte, BRACKET, TIME);
        return;
      case TIME:
        inTime(byte);
        return;
      case CODE_QUOTE:
        expect(byte, QUOTE, CODE);
        return;
      case CODE:
        inCode(byte);
        return;
      case COMMA_2:
        expect(byte, COMMA, DATA_QUOTE);
        return;
      case DATA_QUOTE:
        expect(byte, QUOTE, DATA);
        return;
      case DATA:
        inData(byte);
        return;
      case ESCAPE:
        escape(byte);
        return;
      case HEX:
        hex(byte);
        return;
      case CONTINUATION:
        continuation(byte);
        return;
      case DATA_END:
        expect(byte, CLOSE, LINE_END);
        return;
      case LINE_END:
        expect(byte, LF, OPEN);
        return;
      default:
    }
  }

  /** Passes over what is usual. Gives the place behind it, and where the line begins in which that is. */
  function skim(by: CastSkimmer, at: number, from: number): readonly [number, number] {
    skimmed.inText = state === DATA;
    skimmed.time = time;
    const next = by.skim(at, skimmed);
    state = skimmed.inText ? DATA : OPEN;
    time = skimmed.time;
    outputs += skimmed.outputs;
    if (skimmed.lines === 0) return [next, from];
    line += skimmed.lines;
    lineBytes = 0;
    return [next, skimmed.lineStart];
  }

  function take(bytes: Uint8Array): void {
    const length = bytes.length;
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    // Where a line could become too long its bytes are counted, below.
    const by = lineBytes + length > MAX_LINE_BYTES ? null : skimmer;
    by?.take(bytes);
    let from = 0;
    for (let at = 0; at < length && state !== STOPPED; at += 1) {
      if (by !== null && (state === OPEN || state === DATA) && length - at >= WORTH_SKIMMING)
        [at, from] = skim(by, at, from);
      const first = at;
      if (state === OPEN) at = usualStart(bytes, at);
      if (state === DATA) at = afterText(bytes, view, at);
      else if (state === SKIP) while (at < length && bytes[at] !== LF) at += 1;
      if (at > first && at - from + lineBytes > MAX_LINE_BYTES) {
        stop('cast.line', 'a line is too long');
        return;
      }
      if (at === length) break;
      const byte = bytes[at] ?? 0;
      if (byte === LF) {
        lineFeed();
        from = at + 1;
      } else step(byte);
    }
    lineBytes += length - from;
    if (state !== STOPPED && lineBytes > MAX_LINE_BYTES) stop('cast.line', 'a line is too long');
  }

  return {
    push(bytes) {
      total += bytes.length;
      if (bytes.length <= MOST_AT_ONCE) take(bytes);
      else
        for (let at = 0; at < bytes.length; at += MOST_AT_ONCE) take(bytes.subarray(at, at + MOST_AT_ONCE));
    },
    end() {
      if (total === 0) problem('cast.header', 'the recording is empty');
      else if (line === 1 && state === HEADER) problem('cast.header', 'the header is not whole');
      const torn = total > 0 && state !== STOPPED && lineBytes > 0;
      const findings = { problems, torn, outputs };
      begin();
      return findings;
    },
  };
}

function hasAt(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let n = 0; n < wanted.length; n += 1) if (bytes[at + n] !== wanted[n]) return false;
  return true;
}

/**
 * In four bytes at once: the high bit of the lowest byte that is not plain, and perhaps of some above it; 0 when all are.
 * A byte below 0x20 borrows when 0x20 is taken from it; a quote or backslash becomes 0 and borrows when 1 is.
 */
function notPlain(word: number): number {
  return (
    ((word - 0x20202020) |
      0 |
      (((word ^ 0x22222222) - 0x01010101) | 0) |
      (((word ^ 0x5c5c5c5c) - 0x01010101) | 0) |
      word) &
    0x80808080
  );
}

/**
 * A place from `from` on before which all is plain text of a JSON string and whole escapes in it. The last few bytes of a
 * piece are left to the caller: no other loop here, so that what the engine has compiled holds to the end of the piece.
 */
function afterText(bytes: Uint8Array, view: DataView, from: number): number {
  const words = bytes.length - 8;
  let at = from;
  while (at <= words) {
    let found = notPlain(view.getInt32(at, true));
    if (found === 0) {
      at += 4;
      found = notPlain(view.getInt32(at, true));
      if (found === 0) {
        at += 4;
        continue;
      }
    }
    at += (31 - Math.clz32(found & (0 - found))) >> 3;
    const size = bytes[at] === BACKSLASH ? escapeSize(bytes, at) : 0;
    if (size === 0) return at;
    at += size;
  }
  return at;
}

/** Bytes of a whole and proper escape; 0 when it is none, or not all of it is here. */
function escapeSize(bytes: Uint8Array, at: number): number {
  if (at + 5 >= bytes.length) return 0;
  const kind = bytes[at + 1] ?? 0;
  if (kind !== UNICODE_ESCAPE) return SIMPLE_ESCAPE[kind] === 1 ? 2 : 0;
  return isHex(bytes[at + 2]) && isHex(bytes[at + 3]) && isHex(bytes[at + 4]) && isHex(bytes[at + 5]) ? 6 : 0;
}

function isHex(byte: number | undefined): boolean {
  return HEX_DIGIT[byte ?? 0] === 1;
}
