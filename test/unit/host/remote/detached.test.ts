/** Names of detached jobs. What they do is proven on a real server: see test/integration/remote. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detachedJob } from '../../../../electron/host/remote/detached.ts';

test('a name is safe, short enough for a socket beside it, and always the same', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 120 }),
      fc.string({ maxLength: 120 }),
      fc.nat(),
      (run, step, attempt) => {
        const name = detachedJob(run, step, attempt);
        expect(name).toMatch(/^[A-Za-z0-9_-]{1,70}$/);
        expect(detachedJob(run, step, attempt)).toBe(name);
      },
    ),
  );
});

test('different attempts, steps and targets have different names', () => {
  const names = [
    detachedJob('r', 'a', 1),
    detachedJob('r', 'a', 2),
    detachedJob('r', 'a', 1, 'db1'),
    detachedJob('r', 'a', 1, 'db2'),
    detachedJob('r', 'a.b', 1),
    detachedJob('r', 'a_b', 1),
    detachedJob('r', 'x'.repeat(100), 1),
    detachedJob('r', 'x'.repeat(101), 1),
  ];
  expect(new Set(names).size).toBe(names.length);
});
