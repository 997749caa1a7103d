/**
 * Decides which answers of the terminal itself reach a host. Only those to a question that this very shell has asked
 * go through, once each: a page that shows old output again, or a second page, answers the same questions once more.
 */

export interface ReplyGate {
  /** What the shell has put out. */
  saw(bytes: Uint8Array): void;
  /** The part of an answer that may go to the shell; null when there is none. */
  pass(bytes: Uint8Array): Uint8Array | null;
}

type Question = 'attributes' | 'status' | 'cursor';

/** Questions of each kind that can wait for an answer. */
const MOST_OPEN = 8;
/** Answers at once, and how many more each second. */
const BURST = 20;
const PER_SECOND = 20;
/** An answer that takes longer belongs to nothing any more. */
const STALE_MS = 10_000;

const asked = /\x1b\[(?:(0?c)|(5n)|6n)/g;
const unfinished = /\x1b(?:\[[056]?)?$/;
const answered = /\x1b\[(?:(\?[\d;]{1,24}c)|(0n)|\d{1,4};\d{1,4}R)/g;

/** `now`: milliseconds of a clock that never goes back. */
export function createReplyGate(now: () => number): ReplyGate {
  const open: Record<Question, number[]> = { attributes: [], status: [], cursor: [] };
  let kept = '';
  let left = BURST;
  let at = now();

  function allowed(kind: Question): boolean {
    const time = now();
    left = Math.min(BURST, left + ((time - at) / 1000) * PER_SECOND);
    at = time;
    const waiting = open[kind].filter((since) => time - since < STALE_MS);
    const asking = waiting.shift();
    open[kind] = waiting;
    if (asking === undefined || left < 1) return false;
    left -= 1;
    return true;
  }

  return {
    saw(bytes) {
      const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (kept === '' && !piece.includes(0x1b)) return;
      const text = kept + piece.toString('latin1');
      for (const match of text.matchAll(asked)) {
        const waiting = open[kindOf(match)];
        waiting.push(now());
        if (waiting.length > MOST_OPEN) waiting.shift();
      }
      kept = unfinished.exec(text)?.[0] ?? '';
    },
    pass(bytes) {
      const text = Buffer.from(bytes).toString('latin1');
      const through = [...text.matchAll(answered)].filter((match) => allowed(kindOf(match)));
      return through.length === 0 ? null : Buffer.from(through.map(([reply]) => reply).join(''), 'latin1');
    },
  };
}

function kindOf(match: RegExpExecArray): Question {
  if (match[1] !== undefined) return 'attributes';
  return match[2] === undefined ? 'cursor' : 'status';
}
