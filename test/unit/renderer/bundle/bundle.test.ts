import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../../electron/contract/views.ts';
import type { JournalRecord } from '../../../../electron/contract/records.ts';
import { formatRoute, parseRoute } from '../../../../renderer/app/router.ts';
import { shown } from '../../../../renderer/features/bundle/fileText.ts';
import { factsOf, findRecords, wholeRecord } from '../../../../renderer/features/bundle/journalModel.ts';
import { overallOf } from '../../../../renderer/features/bundle/verdictModel.ts';
import { nextDifference } from '../../../../renderer/features/compare/compareModel.ts';
import { diffRows, lineDiff } from '../../../../renderer/features/compare/lineDiff.ts';

const verdict: Verdict = {
  l1: 'holds',
  l2: 'holds',
  l3: 'holds',
  rests: { l1: [], l2: [], l3: [] },
  findings: [],
  files: 1,
  records: 1,
};

describe('the verdict in one word', () => {
  it('is good only when nothing failed, nothing is unknown and nothing was found', () => {
    expect(overallOf(verdict)).toBe('holds');
    expect(overallOf({ ...verdict, l3: 'none' })).toBe('unwitnessed');
    expect(overallOf({ ...verdict, l2: 'not-checked' })).toBe('doubt');
    const finding = { id: 'x', level: 'L2', place: 'y', message: 'z' } as const;
    expect(overallOf({ ...verdict, findings: [finding] })).toBe('doubt');
    for (const level of ['l1', 'l2', 'l3'] as const)
      expect(overallOf({ ...verdict, [level]: 'fails' })).toBe('fails');
  });
});

describe('a file as text', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  it('is harmless and hides nothing', () => {
    expect(shown(bytes('\u001b[31mred\u001b[0m a\u202eb\u200bc\n')).text).toBe('red a<U+202E>b<U+200B>c\n');
  });
  it('may be cut within a character', () => {
    expect(shown(bytes('ab漢').subarray(0, 4))).toEqual({ kind: 'text', text: 'ab' });
    expect(shown(bytes('漢ab').subarray(1))).toEqual({ kind: 'text', text: 'ab' });
  });
  it('is bytes when it is no text', () => {
    expect(shown(Uint8Array.from([0, 65, 255])).text).toBe(`00000000  00 41 ff${' '.repeat(39)}  |.A.|`);
  });
  it('shows whatever comes without control or direction characters', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        expect(shown(any).text).not.toMatch(
          /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/,
        );
      }),
    );
  });
});

describe('the journal as a list', () => {
  const record = {
    type: 'step.end',
    _seq: 3,
    d: {
      ms: 9,
      step: 'copy',
      attempt: 1,
      end: { how: 'exit', code: 2 },
      stdout: { file: 'x' },
      note: 'a\u202eb',
    },
  } as unknown as JournalRecord;
  it('tells what matters first and leaves nested values to the whole record', () => {
    expect(factsOf(record).map(({ name, value }) => `${name}=${value}`)).toEqual([
      'step=copy',
      'attempt=1',
      'ms=9',
      'end=exit 2',
      'note=a<U+202E>b',
    ]);
    expect(wholeRecord(record)).toContain('"file": "x"');
    expect(wholeRecord(record)).not.toContain('\u202e');
  });
  it('is found by all words, without regard to case', () => {
    expect(findRecords([record], 'COPY exit')).toHaveLength(1);
    expect(findRecords([record], 'copy absent')).toHaveLength(0);
    expect(findRecords([record], '')).toHaveLength(1);
  });
});

describe('line differences', () => {
  const line = fc.constantFrom('a', 'b', 'c', 'd');
  it('make the right out of the left', () => {
    fc.assert(
      fc.property(fc.array(line), fc.array(line), (left, right) => {
        const lines = lineDiff(left, right);
        expect(lines.filter(({ kind }) => kind !== 'right').map(({ text }) => text)).toEqual(left);
        expect(lines.filter(({ kind }) => kind !== 'left').map(({ text }) => text)).toEqual(right);
      }),
    );
  });
  it('are no more than needed', () => {
    const all = Array.from({ length: 50 }, (_, n) => String(n));
    const other = all.with(20, 'new');
    expect(lineDiff(all, other).filter(({ kind }) => kind !== 'same')).toHaveLength(2);
    expect(diffRows(lineDiff(all, other), 100).rows[0]).toEqual({ kind: 'hidden', lines: 18 });
  });
  it('are bounded where nothing is the same', () => {
    const many = (word: string) => Array.from({ length: 5000 }, (_, n) => `${word}${String(n)}`);
    const lines = lineDiff(many('l'), many('r'));
    expect(lines).toHaveLength(10_000);
    expect(diffRows(lines, 500)).toMatchObject({ more: true });
  });
  it('are stepped through without going round', () => {
    const steps = [[], ['state'], [], ['output']].map((differences) => ({ differences }));
    expect(nextDifference(steps, 0, 1)).toBe(1);
    expect(nextDifference(steps, 1, 1)).toBe(3);
    expect(nextDifference(steps, 3, 1)).toBe(3);
    expect(nextDifference(steps, 3, -1)).toBe(1);
  });
});

describe('addresses of bundles', () => {
  it.each(['#/bundle', '#/bundle/a1', '#/compare/a1', '#/compare/a1/b2'])(
    'reads %s and writes it back',
    (hash) => {
      expect(formatRoute(parseRoute(hash))).toBe(hash);
    },
  );
  it('takes a comparison of nothing to the place that opens', () => {
    expect(parseRoute('#/compare/<x>')).toEqual({ place: 'bundle', id: null });
  });
});
