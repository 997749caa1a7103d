/**
 * One reading of a stream of output: the bytes that count in it, where each stood among the raw bytes, and how much of
 * a secret has been seen. Readings differ in what they pass over. Pure; it writes nothing.
 */
import type { Automaton } from './automaton.ts';

export interface Lane {
  readonly automaton: Automaton;
  readonly mask: number;
  /** State after each byte that counts, by its number. */
  readonly states: Int32Array;
  /** Raw offset where each of them begins. */
  readonly starts: Float64Array;
  state: number;
  /** How many bytes count so far. */
  count: number;
  /** Bytes before this number are forgotten. */
  floor: number;
  /** Raw offset of what was taken back and may be written once more; -1 when there is none. */
  again: number;
}

/** Bytes that are kept beyond the longest pattern, to go back to. */
const BACK = 256;

export function createLane(automaton: Automaton): Lane {
  let size = 512;
  while (size < automaton.longest + BACK) size *= 2;
  const states = new Int32Array(size);
  const starts = new Float64Array(size);
  return { automaton, mask: size - 1, states, starts, state: 0, count: 0, floor: 0, again: -1 };
}

/** One more byte that counts, at a raw offset. */
export function push(lane: Lane, byte: number, at: number): void {
  const slot = lane.count & lane.mask;
  lane.state = lane.automaton.step(lane.state, byte);
  lane.states[slot] = lane.state;
  lane.starts[slot] = lane.again === -1 ? at : Math.min(lane.again, at);
  lane.again = -1;
  lane.count += 1;
  if (lane.count - lane.floor > lane.mask) lane.floor = lane.count - lane.mask;
}

/** One more byte that counts and with which nothing begins. Only from the state where nothing was seen. */
export function pushNothing(lane: Lane): void {
  lane.states[lane.count & lane.mask] = 0;
  lane.count += 1;
  if (lane.count - lane.floor > lane.mask) lane.floor = lane.count - lane.mask;
}

/** Takes the last byte back, as a backspace does. */
export function pop(lane: Lane): void {
  if (lane.count <= lane.floor) {
    lane.state = 0;
    return;
  }
  lane.count -= 1;
  const taken = lane.count & lane.mask;
  // Part of a beginning: whoever writes it once more goes on with the same secret.
  if (lane.automaton.depth(lane.states[taken] ?? 0) > 0) {
    const at = lane.starts[taken] ?? 0;
    lane.again = lane.again === -1 ? at : Math.min(lane.again, at);
  }
  lane.state = stateBefore(lane, 0);
}

/** Takes the last bytes back as if they had never come. */
export function undo(lane: Lane, bytes: number): void {
  lane.count = Math.max(lane.floor, lane.count - bytes);
  lane.state = stateBefore(lane, 0);
}

/** The state before the last bytes. */
export function stateBefore(lane: Lane, bytes: number): number {
  const count = lane.count - bytes;
  return count <= lane.floor ? 0 : (lane.states[(count - 1) & lane.mask] ?? 0);
}

/** A lane that has seen the same and goes its own way from here. */
export function copyOf(lane: Lane): Lane {
  return { ...lane, states: Int32Array.from(lane.states), starts: Float64Array.from(lane.starts) };
}

/** Raw offset of the n-th last byte that counts (1: the last). */
export function startOf(lane: Lane, n: number): number {
  return lane.starts[(lane.count - n) & lane.mask] ?? 0;
}

/**
 * Raw offset from which what was seen may be the beginning of a secret; `end` when it may not. `unfinished`: so many
 * bytes of a character that may yet turn out to be none.
 */
export function heldFrom(lane: Lane, end: number, unfinished: number): number {
  const depth = lane.automaton.depth(lane.state);
  const without = unfinished === 0 ? 0 : lane.automaton.depth(stateBefore(lane, unfinished));
  const deepest = Math.max(depth, without === 0 ? 0 : without + unfinished);
  const from = deepest === 0 ? end : startOf(lane, deepest);
  return lane.again === -1 ? from : Math.min(from, lane.again);
}

/** Nothing of a secret is in sight and nothing can be gone back to. */
export function forget(lane: Lane): void {
  lane.floor = lane.count;
  lane.state = 0;
}
