import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Sha256 } from '../../../../electron/contract/ids.ts';
import { chainLine, checkLine, START } from '../../../../electron/domain/evidence/chain.ts';
import { castScanner } from '../../../../electron/domain/evidence/cast.ts';
import { readJournal } from '../../../../electron/domain/evidence/journal.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex') as Sha256;
const note = (n: number) => ({
  type: 'note',
  d: { text: `n ${String(n)}`, by: 'Alice' },
  mono: n * 1000,
  t: '2026-11-21T02:03:04.000Z',
});

function journal(length: number): string[] {
  let at = START;
  const lines: string[] = [];
  for (let n = 0; n < length; n += 1) {
    const { line, next } = chainLine(at, note(n), hash);
    lines.push(line);
    at = next;
  }
  return lines;
}

describe('a journal', () => {
  it('is read with head and count', () => {
    const lines = journal(5);
    const reading = readJournal(lines.join(''), hash);
    expect(reading.problems).toEqual([]);
    expect(reading).toMatchObject({ count: 5, head: hash(lines[4] ?? '') });
    expect(reading.records.map((record) => record._seq)).toEqual([0, 1, 2, 3, 4]);
  });

  it('shows every change, removal, insertion and swap at its place', () => {
    const lines = journal(5);
    const problemLines = (changed: string[]) =>
      readJournal(changed.join(''), hash).problems.map((p) => p.line);
    expect(problemLines([...lines.slice(0, 2), ...lines.slice(3)])).toContain(3);
    expect(problemLines([...lines.slice(0, 2), lines[1] ?? '', ...lines.slice(2)])).toContain(3);
    expect(problemLines([lines[1] ?? '', lines[0] ?? '', ...lines.slice(2)])).toContain(1);
    expect(problemLines(lines.map((line, i) => (i === 2 ? line.replace('n 2', 'n 7') : line)))).toEqual([4]);
    expect(problemLines([...lines.slice(0, 4), lines[4]?.slice(0, -1) ?? ''])).toEqual([5]);
    expect(readJournal('', hash).problems).toMatchObject([{ id: 'journal.empty' }]);
  });

  it('keeps what is sound when a line is not', () => {
    const lines = journal(3);
    const reading = readJournal([lines[0], '{"_prev":"x"}\n', lines[2]].join(''), hash);
    expect(reading.records.map((record) => record._seq)).toEqual([0, 2]);
  });

  it('reports records of unknown types and shapes', () => {
    const bad = [
      { type: 'nonsense', d: {}, mono: 0, t: '2026-11-21T02:03:04.000Z' },
      { type: 'note', d: { text: 'x' }, mono: 0, t: '2026-11-21T02:03:04.000Z' },
      { type: 'note', d: { text: 'x', by: 'y' }, mono: 0, t: 'yesterday' },
    ];
    for (const record of bad) {
      expect(readJournal(chainLine(START, record, hash).line, hash).problems).toMatchObject([
        { id: 'journal.schema' },
      ]);
    }
  });

  it('refuses a line of more than a megabyte', () => {
    const { line } = chainLine(START, { ...note(0), d: { text: 'x'.repeat(1_100_000), by: 'y' } }, hash);
    expect(readJournal(line, hash).problems).toMatchObject([{ id: 'journal.line', line: 1 }]);
  });

  it('is torn when its last line has no line feed', () => {
    expect(checkLine(START, journal(1)[0]?.trimEnd() ?? '', hash).ok).toBe(false);
  });
});

describe('a recording', () => {
  const problems = (...lines: string[]) => {
    const scanner = castScanner();
    for (const line of lines) scanner.push(Buffer.from(`${line}\n`));
    return scanner.end().problems.map((p) => `${p.id} ${String(p.line)}`);
  };
  const header = '{"version": 2, "width": 80, "height": 24}';

  it('of our own form is fine', () => {
    expect(problems(header, '[0, "m", "step:a"]', '[0.5, "o", "x"]', '[0.5, "r", "80x25"]')).toEqual([]);
  });

  it.each([
    [['{"version":3,"width":80,"height":24}'], 'cast.header 1'],
    [['{"version":2,"width":0,"height":24}'], 'cast.header 1'],
    [['[1,"o","x"]'], 'cast.header 1'],
    [[], 'cast.header 1'],
    [[header, '[1,"o"]'], 'cast.event 2'],
    [[header, 'x'], 'cast.event 2'],
    [[header, '[1,"x","y"]'], 'cast.event 2'],
    [[header, '[1,"o",5]'], 'cast.event 2'],
    [[header, '["1","o","x"]'], 'cast.time 2'],
    [[header, '[-1,"o","x"]'], 'cast.time 2'],
    [[header, '[2,"o","x"]', '[1,"o","x"]'], 'cast.time 3'],
    [[header, '[1,"i","secret"]'], 'cast.input 2'],
  ])('%j is refused', (lines, problem) => {
    expect(problems(...lines)).toEqual([problem]);
  });

  it('is torn when its last line is not whole', () => {
    const scanner = castScanner();
    scanner.push(Buffer.from(`${header}\n[1,"o","x`));
    expect(scanner.end()).toEqual({ problems: [], torn: true, outputs: 1 });
  });
});
