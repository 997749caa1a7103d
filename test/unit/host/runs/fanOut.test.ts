/** Going over members: each once, as many at a time as it is told, until there is nobody left. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TargetName } from '../../../../electron/contract/ids.ts';
import { fanOut } from '../../../../electron/host/runs/fanOut.ts';
import { createSlots } from '../../../../electron/host/runs/slots.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('sends to every member once and never to more at a time than there are places', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }),
      async (names, limit, waits) => {
        const members = names as TargetName[];
        const done = new Set<TargetName>();
        const sent: TargetName[] = [];
        let now = 0;
        let most = 0;
        await fanOut({
          next: () => members.filter((member) => !done.has(member)).slice(0, limit),
          send: async (member) => {
            sent.push(member);
            now += 1;
            most = Math.max(most, now);
            for (let wait = waits[sent.length - 1] ?? 0; wait > 0; wait -= 1) await turn();
            now -= 1;
            done.add(member);
          },
        });
        expect(sent).toEqual(members);
        expect(most).toBeLessThanOrEqual(limit);
      },
    ),
  );
});

test('ends when nobody more is to be started, with those that run brought to their end', async () => {
  const members = ['a', 'b', 'c'] as TargetName[];
  const done: TargetName[] = [];
  let halted = false;
  await fanOut({
    next: () => (halted ? [] : members.filter((member) => !done.includes(member)).slice(0, 2)),
    send: async (member) => {
      await turn();
      halted = true;
      await turn();
      done.push(member);
    },
  });
  expect(done).toEqual(['a', 'b']);
});

test('does not send twice to a member whose result never came', async () => {
  let times = 0;
  await fanOut({
    next: () => ['a' as TargetName],
    send: () => {
      times += 1;
      return Promise.resolve();
    },
  });
  expect(times).toBe(1);
});

test('slots are handed on in order, and come free when work fails', async () => {
  const slots = createSlots(2);
  const order: number[] = [];
  let now = 0;
  let most = 0;
  const work = (n: number) => async () => {
    now += 1;
    most = Math.max(most, now);
    order.push(n);
    await turn();
    now -= 1;
    if (n % 2 === 0) throw new Error('no');
  };
  await Promise.allSettled([1, 2, 3, 4, 5].map((n) => slots.use(work(n))));
  expect(order).toEqual([1, 2, 3, 4, 5]);
  expect(most).toBe(2);
});
