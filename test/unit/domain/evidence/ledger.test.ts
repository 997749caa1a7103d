/** The ledger as an auditor reads it: gaps, changes and runs that were never closed are told, and nothing is dropped. */
import { describe, expect, test } from 'vitest';
import { chainLine, type ChainPosition, START } from '../../../../electron/domain/evidence/chain.ts';
import type { Json } from '../../../../electron/domain/evidence/jcs.ts';
import { readLedger, viewLedger } from '../../../../electron/domain/evidence/ledger.ts';
import { csvCell, populationCsv } from '../../../../electron/domain/evidence/population.ts';
import { sha256 } from '../../../../electron/host/files/hash.ts';

const A = '20261121T020311Z-aaaaaa';
const B = '20261121T030311Z-bbbbbb';
const C = '20261121T040311Z-cccccc';

interface Entry {
  readonly type: string;
  readonly d: Json;
}
const open = (runId: string, more: Record<string, Json> = {}): Entry => ({
  type: 'open',
  d: { runId, planSha256: 'a'.repeat(64), ...more },
});
const seal = (runId: string, result = 'success'): Entry => ({
  type: 'seal',
  d: { runId, manifestSha256: 'b'.repeat(64), result },
});
const abandon = (runId: string, reason: string): Entry => ({ type: 'abandon', d: { runId, reason } });

function lines(entries: readonly Entry[], from: ChainPosition = START): readonly string[] {
  let at = from;
  return entries.map(({ type, d }, index) => {
    const t = new Date(Date.UTC(2026, 10, 21, 2, index)).toISOString();
    const { line, next } = chainLine(at, { type, d, mono: index, t }, sha256);
    at = next;
    return line;
  });
}
const read = (all: readonly string[]) => readLedger(all.join(''), sha256);
const found = (all: readonly string[]) => read(all).findings.map(({ id, place }) => `${id} ${place}`);

const GOOD = [
  open(A),
  open(B, { runbook: 'upgrade', rehearsal: true }),
  seal(A, 'failed'),
  abandon(B, 'Bob: gone'),
];

describe('a ledger', () => {
  test('that is whole has no findings and shows every entry', () => {
    const reading = read(lines(GOOD));
    expect(reading.findings).toEqual([]);
    expect(reading.count).toBe(4);
    expect(viewLedger(reading).entries).toMatchObject([
      { seq: 0, type: 'open', runId: A },
      { seq: 1, type: 'open', runId: B, runbook: 'upgrade', rehearsal: true },
      { seq: 2, type: 'seal', runId: A, result: 'failed', manifestSha256: 'b'.repeat(64) },
      { seq: 3, type: 'abandon', runId: B, reason: 'Bob: gone' },
    ]);
    expect(viewLedger(read([]))).toEqual({ head: START.head, entries: [], findings: [] });
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['a run that is not closed', lines([open(A), open(B), seal(B)]), ['ledger.unsealed ledger.jsonl:1']],
    ['a run opened twice', lines([open(A), open(A), seal(A)]), ['ledger.opened-twice ledger.jsonl:2']],
    [
      'a run closed twice',
      lines([open(A), seal(A), abandon(A, 'xxx')]),
      ['ledger.closed-twice ledger.jsonl:3'],
    ],
    ['a run never opened', lines([open(A), seal(A), seal(C)]), ['ledger.not-opened ledger.jsonl:3']],
    ['a run closed before it was opened', lines([seal(A), open(A)]), ['ledger.not-opened ledger.jsonl:1']],
    [
      'an entry taken out',
      lines([open(A), open(B), seal(B), seal(A)]).filter((_, index) => index !== 1 && index !== 2),
      ['ledger.gap ledger.jsonl:2'],
    ],
    [
      'an entry edited',
      lines([open(A), seal(A, 'failed'), open(B), seal(B)]).map((line) => line.replace('failed', 'success')),
      ['ledger.chain ledger.jsonl:3'],
    ],
    [
      'an entry repeated',
      lines([open(A), seal(A)]).flatMap((line, index) => (index === 0 ? [line, line] : [line])),
      ['ledger.chain ledger.jsonl:2', 'ledger.opened-twice ledger.jsonl:2'],
    ],
    [
      'white space',
      lines([open(A), seal(A)]).map((line, index) => (index === 1 ? line.replace(/\}\n$/, ' }\n') : line)),
      ['ledger.line ledger.jsonl:2', 'ledger.unsealed ledger.jsonl:1'],
    ],
    [
      'a last line that was cut',
      lines(GOOD).map((line, index) => (index === 3 ? line.trimEnd() : line)),
      ['ledger.line ledger.jsonl:4'],
    ],
    [
      'an entry of another kind',
      lines([...GOOD, { type: 'forget', d: { runId: A } }]),
      ['ledger.schema ledger.jsonl:5'],
    ],
    [
      'an entry with more in it than belongs there',
      lines([open(A), seal(A), open(B, { extra: 1 })]),
      ['ledger.schema ledger.jsonl:3'],
    ],
    ['something else', ['hello\n'], ['ledger.chain ledger.jsonl:1', 'ledger.line ledger.jsonl:1']],
  ])('with %s says so', (_name, all, expected) => {
    expect([...found(all)].sort()).toEqual([...expected].sort());
  });

  test('goes on behind a break: what comes after it is not blamed for it', () => {
    const all = lines([open(A), open(B), seal(B), seal(A)]);
    expect(found(all.filter((_, index) => index !== 2))).toEqual([
      'ledger.gap ledger.jsonl:3',
      'ledger.unsealed ledger.jsonl:2',
    ]);
  });
});

describe('the population', () => {
  test('has one line a run, closed or not, in the order they were opened', () => {
    const csv = populationCsv(read(lines([...GOOD, open(C)])));
    const rows = csv.trimEnd().split('\r\n');
    expect(rows).toHaveLength(4);
    expect(rows[1]).toBe(
      `0,2026-11-21T02:00:00.000Z,${A},,,sealed,2026-11-21T02:02:00.000Z,failed,${'a'.repeat(64)},${'b'.repeat(64)},`,
    );
    expect(rows[2]).toContain(`${B},upgrade,yes,given up,`);
    expect(rows[2]?.endsWith(',Bob: gone')).toBe(true);
    expect(rows[3]).toContain(`${C},,,not closed,,,`);
  });

  test('keeps a run that was closed and never opened: leaving it out would hide it', () => {
    expect(populationCsv(read(lines([seal(C)])))).toContain(`,never,${C},`);
  });

  test.each([
    ['=1+2', "'=1+2"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['plain', 'plain'],
    ['', ''],
  ])('writes %j so that no spreadsheet takes it for a formula', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });
});
