/** The members of a group as typed or pasted: their names, their addresses and what is wrong with them. Pure. */
import { parseTyped } from '../../format/units.ts';

export interface MemberFields {
  readonly name: string;
  readonly text: string;
  readonly pins: string;
}

export interface GroupFields {
  readonly members: readonly MemberFields[];
  /** Jump hosts and legacy reason of all of them. */
  readonly via: string;
  readonly legacy: string;
}

export const mostMembers = 500;
const longestName = 32;
const nameShape = /^[a-z][a-z0-9-]*$/;

/** Whether it can stand in the record as the name of a target. */
export function goodName(name: string): boolean {
  return name.length <= longestName && nameShape.test(name);
}

/** A name for a host, made of its address: `db1.example.com` becomes `db1`. Never one of `taken`. */
export function nameFor(text: string, taken: ReadonlySet<string>): string {
  const host = parseTyped(text)?.host ?? text;
  const address = /^[\d.]+$/.test(host) || host.includes(':');
  const short = address ? host : (host.split('.')[0] ?? host);
  const clean = short
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const base = (/^[a-z]/.test(clean) ? clean : `h-${clean}`).slice(0, longestName);
  if (!taken.has(base)) return base;
  for (let n = 2; ; n++) {
    const tail = `-${String(n)}`;
    const name = `${base.slice(0, longestName - tail.length)}${tail}`;
    if (!taken.has(name)) return name;
  }
}

/**
 * Reads pasted lines: `name user@host:port`, or an address alone, then fingerprints if there are any; `#` begins a
 * comment. `bad` are the numbers of the lines that cannot be read, from 1.
 */
export function parseMembers(
  text: string,
  taken: ReadonlySet<string>,
): { readonly members: readonly MemberFields[]; readonly bad: readonly number[] } {
  const names = new Set(taken);
  const members: MemberFields[] = [];
  const bad: number[] = [];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const tokens = raw
      .replace(/(^|\s)#.*$/, '')
      .split(/[\s,;]+/)
      .filter((token) => token !== '');
    if (tokens.length === 0) continue;
    const pins = tokens.filter((token) => token.startsWith('SHA256:'));
    const [first = '', second, ...rest] = tokens.filter((token) => !token.startsWith('SHA256:'));
    const address = second ?? first;
    const name = second === undefined ? nameFor(address, names) : first;
    if (rest.length > 0 || parseTyped(address) === null || !goodName(name) || names.has(name)) {
      bad.push(index + 1);
      continue;
    }
    names.add(name);
    members.push({ name, text: address, pins: pins.join(' ') });
  }
  return { members, bad };
}

/** What is wrong with the name of the member at `index`, if anything is. `others` are names that are not of this group. */
export function nameProblem(
  members: readonly MemberFields[],
  index: number,
  others: ReadonlySet<string>,
): 'shape' | 'twice' | null {
  const name = members[index]?.name ?? '';
  if (!goodName(name)) return 'shape';
  if (others.has(name)) return 'twice';
  return members.some((each, at) => at !== index && each.name === name) ? 'twice' : null;
}
