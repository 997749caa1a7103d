/**
 * Finds the marks of shells (OSC 633) in what a terminal shows. It only looks: the bytes go on as they are, to the
 * record and to the screen, so that nothing is ever held back or lost; terminals ignore a sequence they do not know.
 */

/** `start`: a command begins. `end`: the prompt after one; `paired` says that this shell also sends `start`. */
export type ShellMark =
  | { readonly kind: 'start'; readonly nonce: string }
  | { readonly kind: 'end'; readonly nonce: string; readonly status: number; readonly paired: boolean };

export interface MarkParser {
  /** The bytes in order, cut anywhere. */
  take(bytes: Uint8Array): void;
}

const ESC = 0x1b;
/** No mark is longer. */
const LONGEST = 96;
const whole = /^\x1b\]633;(?:C|([DP]);(\d{1,6}));(\d{1,64})\x07/;
/** What can still become a mark when more comes. */
const prefix =
  /^\x1b(?:$|\](?:$|6(?:$|3(?:$|3(?:$|;(?:$|C(?:$|;\d{0,64}$)|[DP](?:$|;\d{0,6}(?:$|;\d{0,64}$))))))))/;

/** Calls `onMark` for each mark, whatever its nonce. It keeps a few bytes at most: a true prefix of a mark. */
export function createMarkParser(onMark: (mark: ShellMark) => void): MarkParser {
  let kept = Buffer.alloc(0);

  function look(text: string): void {
    const found = whole.exec(text);
    const nonce = found?.[3];
    if (nonce === undefined) return;
    const letter = found?.[1];
    if (letter === undefined) onMark({ kind: 'start', nonce });
    else onMark({ kind: 'end', nonce, status: Number(found?.[2]), paired: letter === 'D' });
  }

  return {
    take(bytes) {
      const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const all = kept.length === 0 ? piece : Buffer.concat([kept, piece]);
      kept = Buffer.alloc(0);
      for (let at = all.indexOf(ESC); at !== -1; at = all.indexOf(ESC, at + 1)) {
        const text = all.toString('latin1', at, at + LONGEST);
        if (at + LONGEST > all.length && prefix.test(text)) {
          kept = Buffer.from(all.subarray(at));
          return;
        }
        look(text);
      }
    },
  };
}
