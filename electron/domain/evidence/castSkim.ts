/**
 * Passes over the usual in a recording, 64 bytes at a time: events `[12.345, "o", "…"]` whose text is UTF-8 with proper
 * escapes. Stops before everything else and judges nothing: that is the scanner's, which takes it from there. A program
 * for WebAssembly with SIMD (scanEngine.ts); where that is not to be had the scanner does all of it.
 */
import type { WasmFunction, WasmType } from './wasmText.ts';

/** Where a run over a recording stands. */
export interface SkimState {
  /** In the text of an event; otherwise at the beginning of a line. */
  inText: boolean;
  /** Of the last event. */
  time: number;
  /** How many lines ended, and how many events of output began, on the way. */
  lines: number;
  outputs: number;
  /** Where in the piece the last of those lines ended, if there was one. */
  lineStart: number;
}

export interface CastSkimmer {
  /** What skim() looks at from now on, of MOST_AT_ONCE bytes or fewer. */
  take(piece: Uint8Array): void;
  /** Begins at `from` in the piece; gives the place of the first byte that is not passed, and brings `state` to there. */
  skim(from: number, state: SkimState): number;
}

export const MOST_AT_ONCE = 1 << 20;

/** At the beginning of the memory: the state, and the classes of bytes. */
const [TIME, IN_TEXT, LINES, OUTPUTS, LINE_START, CLASSES] = [0, 8, 12, 16, 20, 256];
export const SKIM_BYTES = 512;
const [SIMPLE_ESCAPE, HEX_DIGIT] = [1, 2];
/** What is read beyond a place that was not compared with the end. */
const AHEAD = 80;

function digits(then: string): string {
  return `
  (loop $digit
    (set $byte (i32.sub (i32.load8_u 0 $place) 0x30))
    (if (i32.and (i32.lt_u $byte 10) (i32.lt_u $place $limit))
      (set $number (f64.add (f64.mul $number (f64 10)) (f64.convert_i32_u $byte)))
      ${then}
      (set $place (i32.add $place 1))
      (br $digit)))`;
}

/** At most 15 digits, of which every one counts in a double; their quotient is then the number nearest to the decimal. */
const HEAD = `
  (br_if $out (i32.ne (i32.load8_u 0 $at) 0x5b))
  (set $number (f64 0)) (set $scale (f64 1))
  (set $place (i32.add $at 1)) (set $limit (i32.add $at 17))
  ${digits('')}
  (br_if $out (i32.ne (i32.load8_u 0 $place) 0x2e))
  (set $size (i32.sub $place $at))
  (br_if $out (i32.lt_u $size 2))
  (br_if $out (i32.and (i32.eq (i32.load8_u 1 $at) 0x30) (i32.gt_u $size 2)))
  (set $dot $place)
  (set $place (i32.add $place 1))
  ${digits('(set $scale (f64.mul $scale (f64 10)))')}
  (br_if $out (i32.eq (i32.sub $place $dot) 1))
  (br_if $out (i32.ne (i32.load 0 $place) 0x6f22202c))
  (br_if $out (i32.ne (i32.load 4 $place) 0x22202c22))
  (set $number (f64.div $number $scale))
  (br_if $out (i32.eqz (f64.ge $number $time)))
  (set $time $number)
  (set $outputs (i32.add $outputs 1))
  (set $at (i32.add $place 8))
  (set $inText 1)`;

function hexAt(offset: number): string {
  return `(i32.load8_u ${String(CLASSES)} (i32.load8_u ${String(offset)} $at))`;
}

const ESCAPE = `
  (set $byte (i32.load8_u 1 $at))
  (if (i32.eq $byte 0x75)
    (set $size 6)
    (br_if $passed (i32.eq (i32.load 2 $at) 0x62313030))
    (br_if $out (i32.eqz (i32.and ${String(HEX_DIGIT)}
      (i32.and (i32.and ${hexAt(2)} ${hexAt(3)}) (i32.and ${hexAt(4)} ${hexAt(5)})))))
    (br $passed))
  (br_if $out (i32.eqz (i32.and ${String(SIMPLE_ESCAPE)} (i32.load8_u ${String(CLASSES)} $byte))))
  (set $size 2)
  (br $passed)`;

/** Whether the byte so far behind is one from `low` on, of `count`. */
function among(offset: number, low: string, count: string): string {
  return `(i32.lt_u (i32.sub (i32.load8_u ${String(offset)} $at) ${low}) ${count})`;
}

/** RFC 3629: the second byte is bounded by the first; the range is kept in $place, of $limit. */
const CHARACTER = `
  (br_if $out (i32.gt_u (i32.sub $byte 0xc2) 0x32))
  (set $place 0x80) (set $limit 0x40)
  (if (i32.eq $byte 0xe0) (set $place 0xa0) (set $limit 0x20))
  (if (i32.eq $byte 0xed) (set $limit 0x20))
  (if (i32.eq $byte 0xf0) (set $place 0x90) (set $limit 0x30))
  (if (i32.eq $byte 0xf4) (set $limit 0x10))
  (br_if $out (i32.eqz ${among(1, '$place', '$limit')}))
  (set $size 2)
  (if (i32.ge_u $byte 0xe0)
    (br_if $out (i32.eqz ${among(2, '0x80', '0x40')}))
    (set $size 3))
  (if (i32.ge_u $byte 0xf0)
    (br_if $out (i32.eqz ${among(3, '0x80', '0x40')}))
    (set $size 4))
  (br $passed)`;

/** A bit for each of 16 bytes that is no plain text: a quote, a backslash, a control character, or beyond ASCII. */
function special(offset: number): string {
  return `
  (i64.extend_i32_u (i8x16.bitmask (v128.or
    (i8x16.lt_s (v128.load ${String(offset)} $at) (i8x16.splat 0x20))
    (v128.or
      (i8x16.eq (v128.load ${String(offset)} $at) (i8x16.splat 0x22))
      (i8x16.eq (v128.load ${String(offset)} $at) (i8x16.splat 0x5c))))))`;
}

/** $end is so far before the end of the bytes that nothing beyond it is read. */
const BODY = `
  (set $time (f64.load ${String(TIME)} 0))
  (set $inText (i32.load ${String(IN_TEXT)} 0))
  (block $out
    (loop $line
      (br_if $out (i32.ge_u $at $end))
      (if (i32.eqz $inText) ${HEAD})
      (loop $block
        (br_if $out (i32.ge_u $at $end))
        (set $base $at)
        (set $found (i64.or
          (i64.or ${special(0)} (i64.shl ${special(16)} (i64 16)))
          (i64.or (i64.shl ${special(32)} (i64 32)) (i64.shl ${special(48)} (i64 48)))))
        (loop $text
          (if (i64.eqz $found)
            (set $at (i32.add $base 64))
            (br $block))
          (set $at (i32.add $base (i32.wrap_i64 (i64.ctz $found))))
          (set $byte (i32.load8_u 0 $at))
          (block $passed
            (if (i32.eq $byte 0x5c) ${ESCAPE})
            (if (i32.ne $byte 0x22) ${CHARACTER})
            (br_if $out (i32.ne (i32.load16_u 1 $at) 0x0a5d))
            (set $at (i32.add $at 3))
            (set $lines (i32.add $lines 1))
            (set $lineStart $at)
            (set $inText 0)
            (br $line))
          (set $at (i32.add $at $size))
          (set $place (i32.sub $at $base))
          (br_if $block (i32.ge_u $place 64))
          (set $found (i64.and $found (i64.shl (i64 -1) (i64.extend_i32_u $place))))
          (br $text)))))
  (f64.store ${String(TIME)} 0 $time)
  (i32.store ${String(IN_TEXT)} 0 $inText)
  (i32.store ${String(LINES)} 0 $lines)
  (i32.store ${String(OUTPUTS)} 0 $outputs)
  (i32.store ${String(LINE_START)} 0 $lineStart)
  $at`;

export const SKIM: WasmFunction = {
  params: { $at: 'i32', $end: 'i32' },
  locals: {
    ...typed('i32', '$inText $lines $outputs $lineStart $base $byte $place $limit $size $dot'),
    ...typed('f64', '$time $number $scale'),
    ...typed('i64', '$found'),
  },
  body: BODY,
};

function typed(type: WasmType, names: string): Readonly<Record<string, WasmType>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, type]));
}

/** `copy`: where pieces go that are not in the memory; of MOST_AT_ONCE bytes. */
export function skimmerOf(
  run: (at: number, end: number) => number,
  memory: ArrayBuffer,
  copy: Uint8Array<ArrayBuffer>,
): CastSkimmer {
  const classes = new Uint8Array(memory, CLASSES, 256);
  for (const c of '"\\/bfnrt') classes[c.charCodeAt(0)] = SIMPLE_ESCAPE;
  for (const c of '0123456789abcdefABCDEF')
    classes[c.charCodeAt(0)] = (classes[c.charCodeAt(0)] ?? 0) | HEX_DIGIT;
  const [times, words] = [new Float64Array(memory, TIME, 1), new Int32Array(memory, 0, CLASSES / 4)];
  let [start, end] = [copy.byteOffset, copy.byteOffset];
  return {
    take(piece) {
      const inside = piece.buffer === memory;
      if (!inside) copy.set(piece);
      start = inside ? piece.byteOffset : copy.byteOffset;
      end = start + piece.length;
    },
    skim(from, state) {
      times[0] = state.time;
      words[IN_TEXT / 4] = state.inText ? 1 : 0;
      const at = run(start + from, end - AHEAD) - start;
      state.time = times[0];
      state.inText = words[IN_TEXT / 4] === 1;
      state.lines = words[LINES / 4] ?? 0;
      state.outputs = words[OUTPUTS / 4] ?? 0;
      state.lineStart = (words[LINE_START / 4] ?? 0) - start;
      return at;
    },
  };
}
