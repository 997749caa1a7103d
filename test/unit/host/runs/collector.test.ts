/** What expectations are judged on: a bounded copy of what came. */
import { expect, test } from 'vitest';
import { createCollector } from '../../../../electron/host/runs/collector.ts';

test('copies each piece, because its memory is used again', () => {
  const collector = createCollector();
  const shared = Buffer.from('one');
  collector.take('stdout', shared);
  shared.write('two');
  collector.take('stderr', shared);
  shared.fill(0);
  const { stdout, stderr, truncated } = collector.result();
  expect([Buffer.from(stdout).toString(), Buffer.from(stderr).toString(), truncated]).toEqual([
    'one',
    'two',
    false,
  ]);
});

test('keeps the beginning of each stream up to its bound, and says that there was more', () => {
  const collector = createCollector(4);
  collector.take('stdout', Buffer.from('abc'));
  collector.take('stderr', Buffer.from('abcd'));
  expect(collector.result().truncated).toBe(false);
  collector.take('stdout', Buffer.from('def'));
  collector.take('stdout', Buffer.from('g'));
  expect(Buffer.from(collector.result().stdout).toString()).toBe('abcd');
  expect(collector.result().truncated).toBe(true);
});
