import { describe, expect, it } from 'vitest';
import type { Arg, HostEvent, Method, Out } from '../../../electron/contract/calls.ts';
import type { RunSnapshot } from '../../../electron/contract/views.ts';
import type { RunId } from '../../../electron/contract/ids.ts';
import type { JournalRecord } from '../../../electron/contract/records.ts';
import type { Result } from '../../../electron/contract/result.ts';
import type { Client } from '../../../renderer/api/client.ts';
import { createRunStore, following } from '../../../renderer/state/run.ts';

const runId = '20261121T020311Z-4f2a9c' as RunId;

function note(seq: number): JournalRecord {
  return {
    _prev: '0'.repeat(64),
    _seq: seq,
    mono: seq,
    t: '2026-11-21T02:03:11.000Z',
    type: 'note',
    d: { text: `note ${String(seq)}`, by: 'Alice' },
  } as unknown as JournalRecord;
}

function snapshot(records: readonly JournalRecord[]): RunSnapshot {
  return {
    plan: {},
    planSha256: '0'.repeat(64),
    runbook: { phases: [], targets: [] },
    records,
    live: true,
    links: [],
    recordingBytes: 0,
  } as unknown as RunSnapshot;
}

/** A host that holds a journal; what it is asked is kept. */
function hostWith(journal: JournalRecord[]) {
  const asked: { method: Method; arg: unknown }[] = [];
  const client: Client = {
    call<M extends Method>(method: M, arg: Arg<M>): Promise<Result<Out<M>>> {
      asked.push({ method, arg });
      const value =
        method === 'run.open' ? snapshot([...journal]) : journal.slice((arg as { from: number }).from);
      return Promise.resolve({ ok: true, value: value as unknown as Out<M> });
    },
    onEvent: () => () => undefined,
    onStatus: () => () => undefined,
    onStream: () => () => undefined,
    status: () => ({ state: 'open' }),
  };
  return { client, asked };
}

const news = (records: readonly JournalRecord[]): HostEvent => ({ type: 'run.records', runId, records });
const texts = (store: ReturnType<typeof createRunStore>) =>
  store.getState().run?.state.notes.map((each) => each.text);
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('following', () => {
  it('takes records in order, once, and says when some are missing', () => {
    expect(following(2, [note(3), note(1), note(2)])).toMatchObject({
      gap: false,
      fit: [{ _seq: 2 }, { _seq: 3 }],
    });
    expect(following(2, [note(4)])).toEqual({ gap: true, fit: [] });
  });
});

describe('the run on the screen', () => {
  it('folds the snapshot and then every record, whatever comes twice', async () => {
    const { client } = hostWith([note(0), note(1)]);
    const store = createRunStore(client);
    await store.open(runId);
    store.receive(news([note(1), note(2)]));
    expect(texts(store)).toEqual(['note 0', 'note 1', 'note 2']);
  });
  it('keeps news that overtake the snapshot', async () => {
    const { client } = hostWith([note(0)]);
    const store = createRunStore(client);
    const opening = store.open(runId);
    store.receive(news([note(1)]));
    await opening;
    expect(texts(store)).toEqual(['note 0', 'note 1']);
  });
  it('asks for what is missing when it sees a gap', async () => {
    const journal = [note(0)];
    const { client, asked } = hostWith(journal);
    const store = createRunStore(client);
    await store.open(runId);
    journal.push(note(1), note(2));
    store.receive(news([note(2)]));
    await settled();
    expect(asked.at(-1)).toEqual({ method: 'run.records', arg: { runId, from: 1 } });
    expect(texts(store)).toEqual(['note 0', 'note 1', 'note 2']);
  });
  it('takes a fresh snapshot after contact was lost', async () => {
    const journal = [note(0)];
    const { client } = hostWith(journal);
    const store = createRunStore(client);
    await store.open(runId);
    journal.push(note(1));
    await store.reopen();
    expect(texts(store)).toEqual(['note 0', 'note 1']);
  });
  it('ignores news of other runs', async () => {
    const { client } = hostWith([note(0)]);
    const store = createRunStore(client);
    await store.open(runId);
    store.receive({ type: 'run.records', runId: '20261121T020311Z-000000' as RunId, records: [note(1)] });
    expect(texts(store)).toEqual(['note 0']);
  });
  it('shows that the evidence cannot be written, and that it can again', async () => {
    const { client } = hostWith([]);
    const store = createRunStore(client);
    await store.open(runId);
    store.receive({ type: 'run.storage', runId, failure: { code: 'storage', message: 'disk full' } });
    expect(store.getState().run?.storage?.message).toBe('disk full');
    store.receive({ type: 'run.storage', runId, failure: null });
    expect(store.getState().run?.storage).toBeNull();
  });
});
