/**
 * Addresses in the terminal's output. Only http and https, shown as what they really are, and never followed without
 * a question.
 */
import type { IBufferLine, ILink, Terminal } from '@xterm/xterm';

export interface RemoteLink {
  /** The whole address, with the host in its ASCII form. */
  readonly address: string;
  readonly host: string;
  /** The host's name has letters beyond ASCII, so it may look like another. */
  readonly disguised: boolean;
}

const LONGEST = 2048;
const ADDRESS = /\bhttps?:\/\/[^\s"'<>`\u2026]+/g;
/** What ends a sentence rather than an address. */
const TRAILING = /[.,;:!?)\]}]+$/;

/** What an address really is; null when it is none that may be followed. */
export function judgeLink(text: string): RemoteLink | null {
  if (text.length > LONGEST || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  // user:password@host is the oldest way to make one host look like another.
  if (url.username !== '' || url.password !== '') return null;
  return {
    address: url.href,
    host: url.host,
    disguised: url.hostname.split('.').some((part) => part.startsWith('xn--')),
  };
}

/** Finds addresses on the lines that are looked at. One that goes on in the next line is left alone: half is another. */
export function provideLinks(term: Terminal, activate: (event: MouseEvent, text: string) => void) {
  return term.registerLinkProvider({
    provideLinks(row, found) {
      const buffer = term.buffer.active;
      const line = buffer.getLine(row - 1);
      const wraps = buffer.getLine(row)?.isWrapped === true || line?.isWrapped === true;
      found(line === undefined || wraps ? undefined : linksOf(line, row, activate));
    },
  });
}

function linksOf(line: IBufferLine, row: number, activate: ILink['activate']): ILink[] {
  const { text, columns } = readLine(line);
  return [...text.matchAll(ADDRESS)].flatMap((match) => {
    const address = match[0].replace(TRAILING, '');
    if (judgeLink(address) === null) return [];
    const from = columns[match.index] ?? 0;
    const to = columns[match.index + address.length - 1] ?? from;
    return [
      { text: address, range: { start: { x: from + 1, y: row }, end: { x: to + 1, y: row } }, activate },
    ];
  });
}

/** The text of a line, and for each of its UTF-16 units the column it stands in. */
function readLine(line: IBufferLine): { readonly text: string; readonly columns: readonly number[] } {
  let text = '';
  const columns: number[] = [];
  for (let x = 0; x < line.length; x += 1) {
    const cell = line.getCell(x);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const chars = cell.getChars() === '' ? ' ' : cell.getChars();
    for (let unit = 0; unit < chars.length; unit += 1) columns.push(x);
    text += chars;
  }
  return { text, columns };
}
