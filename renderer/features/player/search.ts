/** Looks for text in the output of a recording, from its beginning, a bounded piece of work at a time. */
import { ok, type Result } from '../../../electron/contract/result.ts';
import { parseEvent } from './cast.ts';
import { createFilter } from './filter.ts';
import { createReel, type Source } from './reel.ts';

export interface Match {
  /** Time at which the whole of it was on the screen, in ms. */
  readonly at: number;
  readonly before: string;
  readonly text: string;
}
export interface SearchResult {
  readonly matches: readonly Match[];
  /** There are more than were kept. */
  readonly more: boolean;
}

export const MAX_MATCHES = 500;
const CONTEXT = 40;
const SEQUENCE = /\u001b(?:\[\??[\d;:]*[@-~]|\([0B]|[78DEM])/g;

/**
 * All places where `needle` was printed, without regard to case. Sequences within a word do not hide it; a line end does.
 * `pause` is awaited now and then; when it says false the search is given up with what was found.
 */
export async function searchRecording(
  source: Source,
  offset: number,
  needle: string,
  pause: () => Promise<boolean>,
): Promise<Result<SearchResult>> {
  const wanted = needle.toLowerCase();
  const matches: Match[] = [];
  if (wanted === '') return ok({ matches, more: false });
  const reel = createReel(source, offset);
  const filter = createFilter();
  const keep = CONTEXT + wanted.length - 1;
  /** The end of what was looked at, and how much of that belongs to a match already. */
  let carry = '';
  let spent = 0;
  let at = 0;
  let work = 0;

  /** False when there are more matches than are kept. */
  const take = (text: string): boolean => {
    const plain = filter
      .push(text)
      .text.replace(SEQUENCE, '')
      .replace(/[\r\b]/g, '');
    const all = carry + plain;
    const folded = fold(all);
    let from = Math.max(spent, carry.length - wanted.length + 1);
    for (;;) {
      const found = folded.indexOf(wanted, from);
      if (found === -1) break;
      if (matches.length >= MAX_MATCHES) return false;
      const line = all.lastIndexOf('\n', found) + 1;
      from = found + wanted.length;
      matches.push({
        at,
        before: all.slice(Math.max(line, found - CONTEXT), found),
        text: all.slice(found, from),
      });
      spent = from;
    }
    const cut = Math.max(0, all.length - keep);
    carry = all.slice(cut);
    spent = Math.max(0, spent - cut);
    return true;
  };

  for (;;) {
    const line = reel.take();
    if (line === null) {
      const more = await reel.fetch();
      if (!more.ok) return more;
      if (more.value === 'end') return ok({ matches, more: false });
      continue;
    }
    const event = line.text === null ? null : parseEvent(line.text);
    if (event?.kind === 'output') {
      at = Math.max(at, event.at);
      for (let k = 0; k < event.text.length; k += 65_536) {
        if (!take(event.text.slice(k, k + 65_536))) return ok({ matches, more: true });
        work += 1;
        if (work % 64 === 0 && !(await pause())) return ok({ matches, more: true });
      }
    }
  }
}

/** Lower case, of the same length: positions stay what they are. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]/g, (c) => c.toLowerCase());
}
