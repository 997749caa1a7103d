/** Initials of the people of a run, as on paper: nobody shares theirs with somebody else. Pure. */
import { unescapeLines } from '../evidence/jcs.ts';

/** Letters of a first name that may tell two people apart; beyond that they are numbered. */
const MOST_LETTERS = 4;

/** Initials in the order of the names, which are all different people. */
export function initialsOf(names: readonly string[]): readonly string[] {
  const short = names.map((name) => initialsWith(name, 1));
  const longer = names.map((name, index) => {
    const alike = names.filter((_, other) => short[other] === short[index]);
    return alike.length === 1 ? initialsWith(name, 1) : apart(name, alike);
  });
  return longer.map((one, index) => {
    const before = longer.slice(0, index).filter((other) => other === one).length;
    return before === 0 ? one : `${one}${String(before + 1)}`;
  });
}

/** As many letters of the first word as tell `name` from all who are `alike`. */
function apart(name: string, alike: readonly string[]): string {
  for (let letters = 2; letters < MOST_LETTERS; letters += 1) {
    const all = alike.map((one) => initialsWith(one, letters));
    if (new Set(all).size === all.length) return initialsWith(name, letters);
  }
  return initialsWith(name, MOST_LETTERS);
}

function initialsWith(name: string, letters: number): string {
  // A principal is a mail address: who it is stands before the sign.
  const words = (unescapeLines(name).split('@')[0] ?? '').match(/[\p{L}\p{N}]+/gu) ?? [];
  const [first, ...rest] = words;
  if (first === undefined) return '?';
  const taken = rest.length === 0 ? letters + 1 : letters;
  const [head = '', ...tail] = Array.from(first).slice(0, taken);
  const last = rest.map((word) => Array.from(word)[0] ?? '').slice(-3);
  return `${head.toUpperCase()}${tail.join('').toLowerCase()}${last.join('').toUpperCase()}`;
}
