/** When a run may begin: the same instants as those at which its commands count as inside the window. */
import { describe, expect, test } from 'vitest';
import { windowRecords } from '../../../../electron/domain/run/window.ts';
import { Instant, StepId } from '../../../../electron/contract/ids.ts';
import { outsideWindow } from '../../../../electron/host/runs/startPlan.ts';

const window = {
  from: Instant.parse('2026-11-22T01:00:00.000Z'),
  to: Instant.parse('2026-11-22T03:00:00.000Z'),
};
const real = { rehearsal: false, window };
const step = StepId.parse('stop-services');

describe('the start of a run', () => {
  test.each([
    ['before its window', '2026-11-22T00:59:59.999Z', 'Start it when the window has begun.'],
    ['after its window', '2026-11-22T03:00:00.001Z', 'Agree on a new window and prepare the run again.'],
  ])('%s is refused, with what to do', (_when, at, hint) => {
    const refused = outsideWindow(real, new Date(at));
    expect(refused).toMatchObject({
      ok: false,
      error: {
        code: 'refused',
        message: 'The window of this change is from 2026-11-22 01:00:00 UTC to 2026-11-22 03:00:00 UTC.',
        kept: 'Nothing was started.',
        hint: expect.stringContaining(hint),
      },
    });
    expect(windowRecords(real, step, new Date(at))).toHaveLength(1);
  });

  test.each(['2026-11-22T01:00:00.000Z', '2026-11-22T03:00:00.000Z'])('at %s is in its window', (at) => {
    expect(outsideWindow(real, new Date(at))).toBeNull();
    expect(windowRecords(real, step, new Date(at))).toEqual([]);
  });

  test('has no limits in a rehearsal, or without a window', () => {
    expect(outsideWindow({ rehearsal: true, window }, new Date('2030-01-01'))).toBeNull();
    expect(outsideWindow({ rehearsal: false }, new Date('2030-01-01'))).toBeNull();
  });
});
