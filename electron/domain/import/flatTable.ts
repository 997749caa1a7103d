/** Reads tables whose rows were broken up into one cell a line, as copied web pages and converted documents have them. */
import { type Block, type SourceLine, spanOf, type TableRow } from './blocks.ts';

/** Most lines one row may be broken into. */
const MAX_ROW_LINES = 40;

/** The table that begins here: `| Task |`, then one cell a line until the next `|` at the start. Null when there is none. */
export function readFlatTable(
  lines: readonly SourceLine[],
  start: number,
): { readonly block: Block; readonly count: number } | null {
  if (!isRowStart(lines[start])) return null;
  const rows: TableRow[] = [];
  let columns = 0;
  let i = start;
  while (isRowStart(lines[i])) {
    const row = readRow(lines, i, columns);
    i += row.count;
    if (!isDelimiter(row.cells)) rows.push({ cells: row.cells, span: row.span, column: row.column });
    if (columns === 0) columns = row.cells.length;
  }
  const span = spanOf(lines.slice(start, i));
  return { block: { kind: 'table', rows, span }, count: i - start };
}

function readRow(lines: readonly SourceLine[], start: number, columns: number): TableRow & { count: number } {
  const cells = cellsOf(lines[start]?.text ?? '');
  let i = start + 1;
  let open = cells.length === 1 && !/\|\s*$/.test(lines[start]?.text ?? '');
  for (let line = lines[i]; line !== undefined && !isRowStart(line); line = lines[i]) {
    const isCell = /\|\s*$/.test(line.text);
    if (i - start > MAX_ROW_LINES) break;
    if (line.text.trim() === '' || (columns > 0 && cells.length >= columns && !open) || (!isCell && !open)) {
      break;
    }
    const more = cellsOf(line.text);
    const last = cells.at(-1);
    if (open && last !== undefined) cells[cells.length - 1] = `${last} ${more.shift() ?? ''}`;
    cells.push(...more);
    open = !isCell;
    i++;
  }
  const taken = lines.slice(start, i);
  return { cells, span: spanOf(taken), column: lines[start]?.column ?? 1, count: taken.length };
}

function isRowStart(line: SourceLine | undefined): boolean {
  return line !== undefined && /^\s*\|(?!\|)\s*\S/.test(line.text);
}

/** A cell that is not closed on its line goes on on the next one. */
function cellsOf(text: string): string[] {
  const inner = text
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim());
}

function isDelimiter(cells: readonly string[]): boolean {
  return cells.every((cell) => /^:?-+:?$/.test(cell));
}
