/** What a run has to satisfy: the stricter of the site and the runbook, and never less. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Policy } from '../../../../electron/contract/plan.ts';
import { covers, effectivePolicy, stricter } from '../../../../electron/domain/run/policy.ts';

const policy: fc.Arbitrary<Policy> = fc
  .record(
    {
      approvals: fc.integer({ min: 0, max: 3 }),
      holds: fc.constantFrom('named' as const, 'signed' as const),
      reviews: fc.integer({ min: 0, max: 3 }),
      timestamp: fc.constant('required' as const),
      anchors: fc.constant('logger' as const),
      runbooks: fc.constant('signed' as const),
    },
    { requiredKeys: [] },
  )
  .map((rest) => ({ signatures: ['seal', 'operator'], ...rest }));

test('what both ask for is asked for, in either order, and nothing is lost by asking twice', () => {
  fc.assert(
    fc.property(policy, policy, (a, b) => {
      const both = stricter(a, b);
      expect(stricter(b, a)).toEqual(both);
      expect(stricter(both, b)).toEqual(both);
      expect([covers(both, a), covers(both, b)]).toEqual([true, true]);
      expect(covers(a, b)).toBe(JSON.stringify(both) === JSON.stringify(stricter(a, {})));
    }),
    { numRuns: 200, seed: 4 },
  );
});

test('a rehearsal is free of it unless the site says otherwise; what asks for nothing is left out', () => {
  const site = { approvals: 1, holds: 'named', reviews: 0 } as const;
  const runbook = { approvals: 2, holds: 'signed' } as const;
  const at = (rehearsal: boolean, inRehearsals: boolean) =>
    effectivePolicy(site, runbook, { rehearsal, inRehearsals });
  expect(at(true, false)).toEqual({ signatures: ['seal', 'operator'] });
  expect(at(true, true)).toEqual({ signatures: ['seal', 'operator'], approvals: 2, holds: 'signed' });
  expect(at(false, false)).toEqual(at(true, true));
  expect(
    effectivePolicy({ approvals: 0, holds: 'named' }, undefined, { rehearsal: false, inRehearsals: false }),
  ).toEqual({
    signatures: ['seal', 'operator'],
  });
});
