/** What has happened is kept trying to be recorded; what has not happened yet is not done when it cannot be. */
import { expect, test } from 'vitest';
import type { JournalRecord, RecordBody } from '../../../../electron/contract/records.ts';
import { type Failure, fail, ok } from '../../../../electron/contract/result.ts';
import { createAppender } from '../../../../electron/host/runs/appender.ts';
import type { Journal } from '../../../../electron/host/runs/journal.ts';
import { noSecrets } from '../../../../electron/host/secrets/runSecrets.ts';

const note: RecordBody = { type: 'note', d: { text: 't', by: 'b' } };

/** A journal that fails in the given ways before it takes anything. */
function failing(...failures: readonly Failure['code'][]) {
  const left = [...failures];
  const heard: string[] = [];
  const taken: unknown[] = [];
  const closed = { yes: false };
  const journal = {
    append: (bodies: readonly RecordBody[], kind: string) => {
      const code = left.shift();
      if (code !== undefined) return Promise.resolve(fail(code, code));
      taken.push(kind);
      return Promise.resolve(ok(bodies as unknown as readonly JournalRecord[]));
    },
  } as unknown as Journal;
  const appender = createAppender({
    journal,
    secrets: noSecrets(),
    onRecords: (records) => taken.push(records.length),
    onTrouble: (failure) => heard.push(failure?.code ?? 'fine'),
    isClosed: () => closed.yes,
  });
  return { appender, heard, taken, closed };
}

test('an intent fails at once', async () => {
  const { appender, heard, taken } = failing('storage');
  expect((await appender.intent([note])).ok).toBe(false);
  expect([heard, taken]).toEqual([[], []]);
  expect((await appender.intent([note, note])).ok).toBe(true);
  expect(taken).toEqual(['intent', 2]);
});

test('a fact waits for the disk, says so, and says when it is over', async () => {
  const { appender, heard, taken } = failing('storage');
  expect((await appender.fact([note])).ok).toBe(true);
  expect([heard, taken]).toEqual([
    ['storage', 'fine'],
    ['fact', 1],
  ]);
});

test('a fact that no disk can help is not tried for ever', async () => {
  const { appender, heard } = failing('bad-request', 'bad-request');
  expect(await appender.fact([note])).toMatchObject({ ok: false, error: { code: 'bad-request' } });
  expect(heard).toEqual([]);
});

test('a run that is let go of stops trying; nothing to append is nothing to do', async () => {
  const { appender, closed, taken } = failing('storage', 'storage');
  closed.yes = true;
  expect((await appender.fact([note])).ok).toBe(false);
  expect((await appender.fact([])).ok).toBe(true);
  expect(taken).toEqual([]);
});
