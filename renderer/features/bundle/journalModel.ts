/** The journal as lines to read and to search. Total: a record of any kind has a line. Pure. */
import type { JournalRecord } from '../../../electron/contract/records.ts';
import { showInvisible } from '../player/invisible.ts';

/** What a person looks for first, in this order. */
const FIRST = [
  'step', 'attempt', 'target', 'state', 'via', 'ok', 'name', 'expected', 'actual', 'value', 'choice', 'by', 'role',
  'principal', 'reason', 'text', 'result',
]; // prettier-ignore
const LONGEST = 120;
const MOST_FACTS = 8;

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** The plain values of a record, the telling ones first. Nested ones are left to the whole record. */
export function factsOf(record: JournalRecord): readonly Fact[] {
  const given = Object.entries(record.d as Readonly<Record<string, unknown>>);
  const rank = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return given
    .sort(([a], [b]) => rank(a) - rank(b))
    .flatMap(([name, value]): Fact[] => {
      const text = plain(value);
      return text === null ? [] : [{ name, value: short(showInvisible(text)) }];
    })
    .slice(0, MOST_FACTS);
}

function plain(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) return null;
  const { how, code, signal, why } = value as Readonly<Record<string, unknown>>;
  if (typeof how !== 'string') return null;
  return [how, code, signal, why].flatMap((part) => plain(part) ?? []).join(' ');
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** The whole record, laid out for reading. */
export function wholeRecord(record: JournalRecord): string {
  return showInvisible(JSON.stringify(record, null, 2));
}

/** Records that hold each of the words of `query`, without regard to case; all of them when it is empty. */
export function findRecords(records: readonly JournalRecord[], query: string): readonly JournalRecord[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return records;
  return records.filter((record) => {
    const text = JSON.stringify(record).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
