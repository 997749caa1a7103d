/**
 * Takes secrets out of a stream of output before anybody keeps it. What may be the beginning of a secret is held back
 * until it is known to be none; everything else leaves at once. Text without secrets leaves as it came, to the byte.
 */
import { type Automaton, createAutomaton } from './automaton.ts';
import {
  afterCharacterByte,
  breaksOff,
  type CharacterState,
  CONTROL,
  kindOfByte,
  STRAY,
  UNFINISHED,
  WHOLE,
} from './characters.ts';
import { afterByte, type EscapeState, obeysControls } from './escapes.ts';
import { secretForms, visibleOf } from './forms.ts';
import {
  copyOf,
  createLane,
  forget,
  heldFrom,
  type Lane,
  pop,
  push,
  pushNothing,
  startOf,
  stateBefore,
  undo,
} from './lane.ts';
import { createMasked, maskOf } from './masked.ts';

export interface Secret {
  /** Name of the parameter. */
  readonly name: string;
  readonly value: string;
}

/** Secrets made ready to be looked for. Made once for a set of secrets, used by many streams. */
export interface Patterns {
  readonly names: readonly string[];
  readonly masks: readonly Uint8Array[];
  readonly automaton: Automaton;
}

export interface Redactor {
  /** Returns the bytes that may leave now. The result may share memory with `bytes`. */
  take(bytes: Uint8Array): Uint8Array;
  /**
   * Lets go of what is held back only because a backspace could still make a secret of it. What may be the beginning of
   * a secret as it stands is kept: time never lets that go.
   */
  settle(): Uint8Array;
  /**
   * The stream is over. `cut`: it broke off, so that the beginning of a secret may be all that came; then that is masked
   * too, from four bytes on.
   */
  end(cut?: boolean): Uint8Array;
  /** Bytes that have come and not left. */
  readonly held: number;
  /** What is held back, as it came. */
  heldBytes(): Uint8Array;
  /** How many bytes of a secret may have been seen at most, as it stands. */
  readonly depth: number;
  /** Masks written so far, by name of the secret. */
  readonly counts: ReadonlyMap<string, number>;
  /** Names of secrets of which a part had left before they were recognised. */
  readonly inPart: ReadonlySet<string>;
}

/** More than this is never held back. */
export const MOST_HELD_BYTES = 64 * 1024;
/** A beginning of so many bytes is held back through so many further ones on its line: backspaces may follow. */
const BROKEN_DEPTH = 2;
const BROKEN_REACH = 8;
/** So many bytes of a secret that left before it was recognised are reported. */
const TELLING_BYTES = 3;
const CUT_DEPTH = 4;
/** Through how much innocent text backspaces are followed. */
const QUIET_REACH = 128;

export function compileSecrets(secrets: readonly Secret[]): Patterns {
  const patterns = secrets.flatMap(({ value }, rule) =>
    secretForms(value).map(({ bytes }) => ({ bytes: visibleOf(bytes), rule })),
  );
  const automaton = createAutomaton(patterns);
  return {
    names: secrets.map(({ name }) => name),
    masks: secrets.map(({ name }) => maskOf(name, automaton)),
    automaton,
  };
}

/** For runs without secrets: costs nothing. */
export function createNullRedactor(): Redactor {
  const none = new Uint8Array(0);
  return {
    take: (bytes) => bytes,
    settle: () => none,
    end: () => none,
    held: 0,
    heldBytes: () => none,
    depth: 0,
    counts: new Map(),
    inPart: new Set(),
  };
}

export function createRedactor(patterns: Patterns): Redactor {
  const { automaton } = patterns;
  if (automaton.longest === 0) return createNullRedactor();
  /** All bytes but controls, whatever they mean: finds secrets inside escape sequences too. */
  const plain = createLane(automaton);
  /** What a terminal shows. */
  const shown = createLane(automaton);
  /** The same with backspaces obeyed, and without the blank that line editors wrap with. */
  const edited = createLane(automaton);
  /** What is shown by a terminal that takes single bytes for C1 controls. Only once there was such a byte. */
  let eightBit: { readonly lane: Lane; escape: EscapeState; unfinished: number } | null = null;
  const lanes: Lane[] = [plain, shown, edited];
  const masked = createMasked(patterns);
  let character: CharacterState = 0;
  let escape: EscapeState = 0;
  /** Bytes of a character that is not whole, as far as they count as shown. */
  let unfinished = 0;
  /** Raw offset of the next byte. */
  let end = 0;
  let kept: Uint8Array = new Uint8Array(0);
  let lastShown = 0;
  /** Bytes that were passed over quietly since the last one that was not. */
  let quiet = 0;
  /** Beginnings that went wrong a moment ago: where they began, and how many bytes counted by then. */
  let broken: { readonly start: number; readonly at: number }[] = [];

  function read(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      if (automaton.starts[byte] === 0 && byte !== 0x1b && byte !== 0x08 && isQuiet(byte)) {
        passQuietly(byte);
        end += 1;
        continue;
      }
      if (quiet > 0) endQuiet();
      readByte(byte);
      end += 1;
    }
  }

  function isQuiet(byte: number): boolean {
    // A line editor's wrap takes back a blank that was not only counted.
    if (byte === 0x0d && lastShown === 0x20 && quiet === 0) return false;
    if (escape !== 0 || plain.state !== 0 || shown.state !== 0 || edited.state !== 0) return false;
    if ((byte >= 0x80 || character !== 0) && endsQuiet(byte)) return false;
    if (eightBit !== null && (eightBit.lane.state !== 0 || eightBit.escape !== 0)) return false;
    return broken.length === 0 && edited.again === -1;
  }

  /** Whether a byte beyond ASCII is more than text, or ends what was. */
  function endsQuiet(byte: number): boolean {
    const kind = kindOfByte(character, byte);
    return unfinished > 0 || kind === CONTROL || (kind === STRAY && byte < 0xa0);
  }

  /** A byte that nothing begins with and nothing waits for: it is only counted. */
  function passQuietly(byte: number): void {
    if ((byte >= 0x20 && byte !== 0x7f) || byte === 0x09) quiet += 1;
    else if (byte === 0x0d && lastShown === 0x20 && quiet > 0) quiet -= 1;
    lastShown = byte;
    if (byte >= 0x80 || character !== 0) character = afterCharacterByte(character, byte);
  }

  /** What was only counted can be gone back over. */
  function endQuiet(): void {
    if (quiet > QUIET_REACH) forget(edited);
    for (let n = Math.min(quiet, QUIET_REACH); n > 0; n--) pushNothing(edited);
    quiet = 0;
  }

  function readByte(byte: number): void {
    let kind = WHOLE;
    if (byte >= 0x80 || character !== 0) {
      kind = kindOfByte(character, byte);
      if (kind === CONTROL || breaksOff(character, byte)) dropUnfinished();
      character = afterCharacterByte(character, byte);
    }
    if (eightBit !== null || (kind === STRAY && byte < 0xa0)) readEightBit(byte, kind);
    const before = escape;
    if (kind === CONTROL) escape = afterControl(escape, byte);
    else if (kind !== STRAY) escape = afterByte(escape, byte);
    if (isText(byte)) {
      push(plain, byte, end);
      found(plain);
      if (before !== 0 || escape !== 0 || kind === CONTROL || kind === STRAY) return;
      readShown(byte);
      unfinished = kind === UNFINISHED ? unfinished + 1 : 0;
      return;
    }
    if (!obeysControls(before)) return;
    if (byte === 0x08) pop(edited);
    else if (byte === 0x0a) broken = [];
    else if (byte === 0x0d && lastShown === 0x20) pop(edited);
    if (byte !== 0x1b) lastShown = byte;
  }

  function readShown(byte: number): void {
    push(shown, byte, end);
    found(shown);
    const depth = automaton.depth(edited.state);
    const start = depth === 0 ? 0 : startOf(edited, depth);
    push(edited, byte, end);
    found(edited);
    lastShown = byte;
    if (depth >= BROKEN_DEPTH && automaton.depth(edited.state) !== depth + 1) noteBroken(start);
  }

  /** What began like a character is none: no terminal shows it. */
  function dropUnfinished(): void {
    undo(shown, unfinished);
    undo(edited, unfinished);
    unfinished = 0;
    if (eightBit === null) return;
    undo(eightBit.lane, eightBit.unfinished);
    eightBit.unfinished = 0;
  }

  function readEightBit(byte: number, kind: number): void {
    if (eightBit === null) {
      eightBit = { lane: copyOf(shown), escape, unfinished: 0 };
      lanes.push(eightBit.lane);
    }
    const before = eightBit.escape;
    if (kind === CONTROL || (kind === STRAY && byte < 0xa0)) eightBit.escape = afterControl(before, byte);
    else if (kind !== STRAY) {
      eightBit.escape = afterByte(before, byte);
      if (!isText(byte) || before !== 0 || eightBit.escape !== 0) return;
      push(eightBit.lane, byte, end);
      found(eightBit.lane);
      eightBit.unfinished = kind === UNFINISHED ? eightBit.unfinished + 1 : 0;
    }
  }

  /** Bytes at the end of a lane that may yet turn out to be no character. */
  function openOf(lane: Lane): number {
    if (lane === plain) return 0;
    return lane === eightBit?.lane ? eightBit.unfinished : unfinished;
  }

  /** How much of a secret a lane has seen, whatever comes of a character that is not whole. */
  function depthOf(lane: Lane): number {
    return Math.max(automaton.depth(lane.state), automaton.depth(stateBefore(lane, openOf(lane))));
  }

  function found(lane: Lane): void {
    const length = automaton.ends(lane.state);
    if (length === 0) return;
    const rule = automaton.ruleOf(lane.state);
    let left = 0;
    for (let n = length; n > 0; n--) {
      const at = startOf(lane, n);
      if (at >= masked.released) break;
      if (!masked.covers(at)) left += 1;
    }
    masked.add({ start: startOf(lane, length), end: end + 1, rule, inPart: left >= TELLING_BYTES });
  }

  function noteBroken(start: number): void {
    if (masked.covers(start)) return;
    broken = broken.filter(({ at }) => edited.count - at <= BROKEN_REACH);
    if (broken.length >= 8) broken.shift();
    broken.push({ start, at: edited.count });
  }

  function heldStart(): number {
    let from = end;
    for (const lane of lanes) from = Math.min(from, heldFrom(lane, end, openOf(lane)));
    return from;
  }

  function brokenStart(): number {
    let from = end;
    if (broken.length > 0) broken = broken.filter(({ at }) => edited.count - at <= BROKEN_REACH);
    for (const { start } of broken)
      if (start >= masked.released && !masked.covers(start)) from = Math.min(from, start);
    return from;
  }

  /** Everything before a raw offset leaves. `kept` begins where the last one ended. */
  function release(to: number): Uint8Array {
    const upTo = Math.max(masked.released, Math.min(end, Math.max(to, end - MOST_HELD_BYTES)));
    const from = masked.released;
    const out = masked.release(kept, upTo);
    // Not slice(): of a Buffer that is a view of memory that the next packet overwrites.
    kept = Uint8Array.from(kept.subarray(masked.released - from));
    return out;
  }

  function take(bytes: Uint8Array): Uint8Array {
    const begun = kept.length;
    read(bytes);
    const from = Math.min(heldStart(), brokenStart());
    // Nothing was held, nothing is to be held, nothing was found: the bytes are the answer.
    if (begun === 0 && from >= end && masked.passOver(end)) return bytes;
    kept = begun === 0 ? bytes : joined(kept, bytes);
    return release(from);
  }

  return {
    take(bytes) {
      // In pieces, so that the bound holds inside a large chunk as well.
      if (bytes.length <= MOST_HELD_BYTES) return take(bytes);
      const out: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += MOST_HELD_BYTES)
        out.push(take(bytes.subarray(at, at + MOST_HELD_BYTES)));
      return joined(...out);
    },
    settle() {
      broken = [];
      return release(heldStart());
    },
    end(cut = false) {
      const deepest = lanes.reduce((a, b) => (depthOf(b) > depthOf(a) ? b : a));
      const depth = depthOf(deepest);
      const open = automaton.depth(deepest.state) === depth ? 0 : openOf(deepest);
      const start = depth === 0 ? end : startOf(deepest, depth + open);
      if (cut && depth >= CUT_DEPTH && !masked.covers(start)) {
        const rule = automaton.ruleOf(stateBefore(deepest, open));
        masked.add({ start, end, rule, inPart: false });
      }
      return release(end);
    },
    get held() {
      return kept.length;
    },
    heldBytes: () => Uint8Array.from(kept),
    get depth() {
      return Math.max(...lanes.map(depthOf));
    },
    get counts() {
      return masked.counts();
    },
    get inPart() {
      return masked.inPart();
    },
  };
}

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte !== 0x7f) || byte === 0x09;
}

/** A C1 control is an escape and a letter in one (ECMA-48, 5.3). */
function afterControl(state: EscapeState, byte: number): EscapeState {
  return afterByte(afterByte(state, 0x1b), byte - 0x40);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
