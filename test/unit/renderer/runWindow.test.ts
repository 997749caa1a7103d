import { describe, expect, test } from 'vitest';
import { windowNow } from '../../../renderer/features/run/windowModel.ts';

const window = { from: '2026-11-22T02:00:00.000Z', to: '2026-11-22T04:00:00.000Z' } as never;
const run = (more: { rehearsal?: boolean; rollback?: string; end?: unknown } = {}) => ({
  snapshot: {
    plan: { rehearsal: more.rehearsal ?? false, window },
    runbook: more.rollback === undefined ? {} : { rollback: more.rollback as never },
  },
  state: { end: more.end ?? null },
});
const at = (time: string) => Date.parse(`2026-11-22T${time}Z`);

describe('the window of a run', () => {
  test('is told of a quarter of an hour before it ends, in whole minutes', () => {
    expect(windowNow(run(), at('03:44:59'))).toEqual({ state: 'quiet' });
    expect(windowNow(run(), at('03:45:00'))).toMatchObject({ state: 'soon', leftMs: 15 * 60_000 });
    expect(windowNow(run(), at('03:59:30'))).toMatchObject({ state: 'soon', leftMs: 60_000 });
    expect(windowNow(run(), at('04:00:00'))).toMatchObject({ state: 'soon', leftMs: 0 });
  });

  test('when it is over offers the rollback first, where the runbook names one', () => {
    expect(windowNow(run({ rollback: 'back' }), at('04:00:01'))).toMatchObject({
      state: 'over',
      rollback: 'back',
    });
    expect(windowNow(run(), at('04:00:01'))).toEqual({ state: 'over', to: '2026-11-22T04:00:00.000Z' });
  });

  test('says nothing of a rehearsal, nor of a run that has ended', () => {
    expect(windowNow(run({ rehearsal: true }), at('05:00:00'))).toEqual({ state: 'quiet' });
    expect(windowNow(run({ end: {} }), at('05:00:00'))).toEqual({ state: 'quiet' });
  });
});
