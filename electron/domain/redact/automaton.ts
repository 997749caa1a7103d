/**
 * Finds many byte patterns at once in a stream (Aho and Corasick, CACM 18(6), 1975). It knows how much of a pattern has
 * been seen so far, so that what may be the beginning of one can be held back. Pure.
 */

export interface Pattern {
  readonly bytes: Uint8Array;
  /** Which secret it stands for. */
  readonly rule: number;
}

export interface Automaton {
  /** The state after one more byte. 0 is where nothing has been seen. */
  step(state: number, byte: number): number;
  /** How many bytes of a pattern the state stands for: the longest beginning that ends here. */
  depth(state: number): number;
  /** Length of the longest pattern that ends here; 0 when none does. */
  ends(state: number): number;
  /** Rule of the pattern that ends here, else of one that begins with what was seen. */
  ruleOf(state: number): number;
  /** 1 for each byte that a pattern begins with. */
  readonly starts: Uint8Array;
  readonly longest: number;
}

/** Up to this many states get a table of all transitions: 1 KiB a state. */
const DENSE_STATES = 8192;

export function createAutomaton(patterns: readonly Pattern[]): Automaton {
  const room = patterns.reduce((sum, { bytes }) => sum + bytes.length, 1);
  const trie = plant(patterns, room);
  const { edges, depth, ends, rule, byte, parent, count } = trie;
  const fail = new Int32Array(count);
  const order = [...depth.subarray(0, count).keys()].sort((a, b) => (depth[a] ?? 0) - (depth[b] ?? 0));
  const root = Int32Array.from({ length: 256 }, (_, next) => edges.get(next) ?? 0);
  const sparse = (state: number, next: number): number => {
    if (state === 0) return root[next] ?? 0;
    for (let at = state; ; at = fail[at] ?? 0) {
      const to = edges.get(at * 256 + next);
      if (to !== undefined) return to;
      if (at === 0) return 0;
    }
  };
  for (const state of order) {
    if ((depth[state] ?? 0) < 2) continue;
    const to = sparse(fail[parent[state] ?? 0] ?? 0, byte[state] ?? 0);
    fail[state] = to;
    if ((ends[state] ?? 0) === 0 && (ends[to] ?? 0) > 0) {
      ends[state] = ends[to] ?? 0;
      rule[state] = rule[to] ?? 0;
    }
  }
  const starts = new Uint8Array(256);
  for (let next = 0; next < 256; next++) starts[next] = edges.has(next) ? 1 : 0;
  return {
    step: count <= DENSE_STATES ? denseStep(trie, order, fail) : sparse,
    depth: (state) => depth[state] ?? 0,
    ends: (state) => ends[state] ?? 0,
    ruleOf: (state) => rule[state] ?? 0,
    starts,
    longest: patterns.reduce((most, { bytes }) => Math.max(most, bytes.length), 0),
  };
}

interface Trie {
  /** Child by state and byte: `state * 256 + byte`. */
  readonly edges: Map<number, number>;
  readonly depth: Int32Array;
  readonly ends: Int32Array;
  readonly rule: Int32Array;
  readonly byte: Uint8Array;
  readonly parent: Int32Array;
  readonly count: number;
}

function plant(patterns: readonly Pattern[], room: number): Trie {
  const edges = new Map<number, number>();
  const depth = new Int32Array(room);
  const ends = new Int32Array(room);
  const rule = new Int32Array(room);
  const byte = new Uint8Array(room);
  const parent = new Int32Array(room);
  let count = 1;
  for (const pattern of patterns) {
    let state = 0;
    for (const next of pattern.bytes) {
      let to = edges.get(state * 256 + next);
      if (to === undefined) {
        to = count;
        count += 1;
        edges.set(state * 256 + next, to);
        depth[to] = (depth[state] ?? 0) + 1;
        rule[to] = pattern.rule;
        byte[to] = next;
        parent[to] = state;
      }
      state = to;
    }
    if (state === 0 || (ends[state] ?? 0) > 0) continue;
    ends[state] = pattern.bytes.length;
    rule[state] = pattern.rule;
  }
  return { edges, depth, ends, rule, byte, parent, count };
}

/** Every transition of every state, those of failure included. `order`: shallow states first. */
function denseStep(trie: Trie, order: readonly number[], fail: Int32Array): Automaton['step'] {
  const { count, parent, byte } = trie;
  const table = new Int32Array(count * 256);
  // Rows of failure are those of shallower states: complete by the time they are copied.
  const children = Array.from({ length: count }, (): number[] => []);
  for (let state = 1; state < count; state++) children[parent[state] ?? 0]?.push(state);
  for (const state of order) {
    const from = (fail[state] ?? 0) * 256;
    if (state !== 0) table.copyWithin(state * 256, from, from + 256);
    for (const child of children[state] ?? []) table[state * 256 + (byte[child] ?? 0)] = child;
  }
  return (state, next) => table[state * 256 + next] ?? 0;
}
