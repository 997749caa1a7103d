import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../../electron/domain/report/compare.ts';
import { diffLines, linesOf } from '../../../../electron/domain/report/diffLines.ts';
import { runbookOf, STORY_RUNBOOK, storyRecords } from '../../../fixtures/report/story.ts';

const few = fc
  .array(fc.constantFrom('a', 'b', 'c', '', 'a b'), { maxLength: 30 })
  .map((lines) => lines.join('\n'));

describe('the difference of two outputs', () => {
  it('gives both texts back, and numbers their lines', () => {
    fc.assert(
      fc.property(few, few, (a, b) => {
        const diff = diffLines(a, b);
        if (diff.kind === 'same') {
          expect(linesOf(a)).toEqual(linesOf(b));
          return;
        }
        if (diff.kind !== 'lines') throw new Error('too different');
        const left = diff.lines.filter((line) => line.kind !== 'added');
        const right = diff.lines.filter((line) => line.kind !== 'removed');
        expect(left.map((line) => line.text)).toEqual(linesOf(a));
        expect(right.map((line) => line.text)).toEqual(linesOf(b));
        expect(left.map((line) => ('a' in line ? line.a : 0))).toEqual(left.map((_, index) => index + 1));
        expect(right.map((line) => ('b' in line ? line.b : 0))).toEqual(right.map((_, index) => index + 1));
      }),
      { numRuns: 500 },
    );
  });

  it('is the shortest there is', () => {
    fc.assert(
      fc.property(few, few, (a, b) => {
        const diff = diffLines(a, b);
        const edits = diff.kind === 'lines' ? diff.lines.filter((line) => line.kind !== 'same').length : 0;
        expect(edits).toBe(distance(linesOf(a), linesOf(b)));
      }),
      { numRuns: 300 },
    );
  });

  it('says that two texts are too different instead of taking for ever', () => {
    const a = Array.from({ length: 5000 }, (_, n) => `a${String(n)}`).join('\n');
    const b = Array.from({ length: 5000 }, (_, n) => `b${String(n)}`).join('\n');
    expect(diffLines(a, b)).toEqual({ kind: 'too-different', a: 5000, b: 5000 });
    expect(diffLines('x\n'.repeat(30_000), 'y').kind).toBe('too-different');
    expect(diffLines(`${a}\nend`, a)).toMatchObject({ kind: 'lines' });
  });
});

describe('two runs of a runbook', () => {
  const runbook = runbookOf(STORY_RUNBOOK);

  it('are the same when their records say the same, whenever they were made', () => {
    const rows = compareRuns(
      { runbook, records: storyRecords() },
      { runbook, records: storyRecords({ shift: 86_400 }) },
    );
    expect(rows.ok && rows.value.map((row) => [row.step, row.same, row.ratio])).toEqual([
      ['look', true, 1000],
      ['go', true, 1000],
      ['upgrade', true, 1000],
      ['check', true, 1000],
    ]);
  });

  it('differ where one failed: state, end, checks', () => {
    const rows = compareRuns(
      { runbook, records: storyRecords() },
      { runbook, records: storyRecords({ fails: true }) },
    );
    const upgrade = rows.ok ? rows.value.find((row) => row.step === 'upgrade') : undefined;
    expect(upgrade).toMatchObject({
      same: false,
      a: {
        state: 'passed',
        end: 'exit 0',
        attempts: 1,
        outputs: ['outputs/02-upgrade.out', 'outputs/02-upgrade.err'],
      },
      b: { state: 'overridden', end: 'exit 1' },
      checks: [{ name: 'exit', a: { ok: true }, b: { ok: false } }],
    });
  });

  it('show steps that only one of them has, in the place where they stand', () => {
    const newer = runbookOf(
      STORY_RUNBOOK.replace(
        '      - id: upgrade\n        title: Upgrade it',
        '      - id: upgrade-2\n        title: Upgrade it',
      ),
    );
    const rows = compareRuns({ runbook, records: storyRecords() }, { runbook: newer, records: [] });
    expect(rows.ok && rows.value.map((row) => [row.step, row.a !== undefined, row.b !== undefined])).toEqual([
      ['look', true, true],
      ['go', true, true],
      ['upgrade-2', false, true],
      ['upgrade', true, false],
      ['check', true, true],
    ]);
    expect(rows.ok && rows.value.every((row) => !row.same)).toBe(true);
  });

  it('are refused when they are of two runbooks', () => {
    const other = { ...runbook, id: 'another' as typeof runbook.id };
    expect(compareRuns({ runbook, records: [] }, { runbook: other, records: [] }).ok).toBe(false);
  });
});

/** Length of the shortest script of removals and additions, the slow and simple way. */
function distance(a: readonly string[], b: readonly string[]): number {
  const width = b.length + 1;
  const cost = Array.from({ length: (a.length + 1) * width }, () => 0);
  for (let i = a.length; i >= 0; i--) {
    for (let j = b.length; j >= 0; j--) {
      if (i === a.length || j === b.length) cost[i * width + j] = a.length - i + b.length - j;
      else if (a[i] === b[j]) cost[i * width + j] = cost[(i + 1) * width + j + 1] ?? 0;
      else cost[i * width + j] = 1 + Math.min(cost[(i + 1) * width + j] ?? 0, cost[i * width + j + 1] ?? 0);
    }
  }
  return cost[0] ?? 0;
}
