/** When a link is tried again by itself: only after contact failed, and after growing waits. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fail, type FailureCode } from '../../../../electron/contract/result.ts';
import { createBackoff, mayTryAgain, RECONNECT_MS } from '../../../../electron/host/runs/reconnect.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('only a failure of the network is followed by another try, and not when a person was asked', () => {
  const codes: readonly FailureCode[] = ['network', 'auth', 'trust', 'cancelled', 'unsupported', 'storage'];
  expect(codes.filter((code) => mayTryAgain(fail(code, 'no').error, false))).toEqual(['network']);
  expect(codes.filter((code) => mayTryAgain(fail(code, 'no').error, true))).toEqual([]);
});

test('waits longer each time, up to a bound, and begins anew after contact', () => {
  const backoff = createBackoff();
  const waits = () => Array.from({ length: 8 }, () => backoff.start(() => undefined));
  expect(waits()).toEqual([...RECONNECT_MS, 30_000, 30_000]);
  backoff.reset();
  expect(backoff.start(() => undefined)).toBe(1_000);
  backoff.stop();
});

test('acts once when the wait is over, and not at all when it is cut short', () => {
  const backoff = createBackoff([50]);
  const acted = vi.fn();
  backoff.start(acted);
  backoff.start(acted);
  vi.advanceTimersByTime(50);
  expect(acted).toHaveBeenCalledTimes(1);
  backoff.start(acted);
  backoff.stop();
  vi.advanceTimersByTime(1_000);
  expect(acted).toHaveBeenCalledTimes(1);
});
