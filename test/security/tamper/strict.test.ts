/** Every case of the tamper list against the strict verifier: each is refused, and for the reason that it is about. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FullRun, fullRuns, type FullRuns } from '../../fixtures/evidence/fullRun.ts';
import { linkedTwists } from '../../fixtures/evidence/linkedRun.ts';
import { groups } from './cases.ts';
import { isAccepted, retold, strict } from './kit.ts';

let runs: FullRuns;
let good: FullRun;
beforeAll(async () => {
  runs = await fullRuns();
  good = await runs.make();
});
afterAll(() => runs.close());

test('the good bundle holds at every level, with nothing found', async () => {
  const { verdict } = await strict(retold(good));
  expect(verdict.findings).toEqual([]);
  expect(verdict).toMatchObject({ l1: 'holds', l2: 'holds', l3: 'holds', result: 'success' });
});

test('so does one whose runbook was put together from several files', async () => {
  const { verdict } = await strict(retold(await runs.make(linkedTwists())));
  expect(verdict.findings).toEqual([]);
  expect(verdict.rests.l2).toContain('the runbook follows from the 2 files it was put together from');
});

for (const { name, cases } of groups) {
  describe(name, () => {
    for (const { n, title, id, make } of cases) {
      test(`${String(n)}. ${title}: ${id}`, async () => {
        const seen = await strict(await make({ runs, good }));
        const found = seen.verdict.findings;
        expect(isAccepted(seen)).toBe(false);
        expect(found.map((finding) => finding.id)).toContain(id);
        // Nothing of an attacker's text steers a terminal or a page.
        expect(JSON.stringify(found)).not.toMatch(/\\u00[01]|[^\x20-\x7e\u2019\u201c\u201d\u2026]/);
      });
    }
  });
}

test('the list is complete, and no number stands twice', () => {
  const numbers = groups.flatMap(({ cases }) => cases.map(({ n }) => n));
  expect(numbers.length).toBeGreaterThanOrEqual(91);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});
