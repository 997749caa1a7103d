/**
 * One run on the screen: the snapshot's records and every later one, folded with the same evolve() as everywhere else.
 * It must never hold a fact about the run that is not in its records or its links.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HostEvent } from '../../electron/contract/calls.ts';
import type { LinkState, RunSnapshot } from '../../electron/contract/views.ts';
import type { RunId } from '../../electron/contract/ids.ts';
import type { Intent } from '../../electron/contract/intents.ts';
import type { JournalRecord } from '../../electron/contract/records.ts';
import type { Failure, Result } from '../../electron/contract/result.ts';
import { evolve, initialState } from '../../electron/domain/run/evolve.ts';
import type { RunState } from '../../electron/domain/run/state.ts';
import type { Client } from '../api/client.ts';

export interface OpenRun {
  readonly runId: RunId;
  readonly snapshot: Omit<RunSnapshot, 'records' | 'links' | 'recordingBytes' | 'storage'>;
  readonly state: RunState;
  readonly records: readonly JournalRecord[];
  readonly links: readonly LinkState[];
  /** When each link came into its present state here, by target, in ms since the epoch: waits are counted from it. */
  readonly linksSince: Readonly<Record<string, number>>;
  readonly recordingBytes: number;
  readonly silentMs: number | null;
  readonly storage: Failure | null;
}

export interface RunStoreState {
  readonly wanted: RunId | null;
  readonly run: OpenRun | null;
  readonly failure: Failure | null;
}

export interface RunStore extends StoreApi<RunStoreState> {
  /** Shows a run: asks for its snapshot, unless it is already here. */
  open(runId: RunId): Promise<void>;
  /** Asks for the snapshot again: after contact was lost, news may be missing. */
  reopen(): Promise<void>;
  /** Takes an interrupted run up again in this app. Nothing is sent to a host by that. */
  resume(): Promise<Result<null>>;
  receive(event: HostEvent): void;
  intent(intent: Intent): Promise<Result<null>>;
}

/** Records that follow on, in order, from `next`; `gap` says that some in between are missing. */
export function following(
  next: number,
  records: readonly JournalRecord[],
): { readonly fit: readonly JournalRecord[]; readonly gap: boolean } {
  const fit: JournalRecord[] = [];
  let expected = next;
  for (const record of [...records].sort((a, b) => a._seq - b._seq)) {
    if (record._seq < expected) continue;
    if (record._seq > expected) return { fit, gap: true };
    fit.push(record);
    expected++;
  }
  return { fit, gap: false };
}

/** Keeps the time of links that are as they were; the others begin anew at `now`. */
export function linksSince(
  before: Pick<OpenRun, 'links' | 'linksSince'> | null,
  links: readonly LinkState[],
  now: number,
): Readonly<Record<string, number>> {
  const old = new Map((before?.links ?? []).map((link) => [link.target, JSON.stringify(link)]));
  return Object.fromEntries(
    links.map((link) => {
      const same = old.get(link.target) === JSON.stringify(link);
      return [link.target, (same ? before?.linksSince[link.target] : undefined) ?? now];
    }),
  );
}

function take(run: OpenRun, records: readonly JournalRecord[]): OpenRun {
  if (records.length === 0) return run;
  return {
    ...run,
    records: [...run.records, ...records],
    state: records.reduce(evolve, run.state),
    silentMs: records.some((record) => record.type === 'step.end') ? null : run.silentMs,
  };
}

function fromSnapshot(runId: RunId, snapshot: RunSnapshot): OpenRun {
  const { records, links, recordingBytes, storage, ...rest } = snapshot;
  const empty: OpenRun = {
    runId,
    snapshot: rest,
    state: initialState(snapshot.runbook),
    records: [],
    links,
    linksSince: linksSince(null, links, Date.now()),
    recordingBytes,
    silentMs: null,
    storage: storage ?? null,
  };
  return take(empty, following(0, records).fit);
}

/** A detached command that was not taken up may have been refused for its secrets: which are asked for now, the desk says. */
function mayDoubtSecrets({ snapshot }: OpenRun, records: readonly JournalRecord[]): boolean {
  if (!snapshot.live || (snapshot.secrets ?? []).length === 0) return false;
  return records.some(
    ({ type, d }) => (type === 'step.result' || type === 'target.result') && d.state === 'unknown',
  );
}

export function createRunStore(client: Client): RunStore {
  const store = createStore<RunStoreState>(() => ({ wanted: null, run: null, failure: null }));
  /** Records that came while the snapshot was on its way. */
  let early: JournalRecord[] = [];
  let filling = false;

  const load = async (runId: RunId): Promise<void> => {
    const result = await client.call('run.open', { runId });
    if (store.getState().wanted !== runId) return;
    if (!result.ok) {
      store.setState({ failure: result.error });
      return;
    }
    store.setState({ run: fromSnapshot(runId, result.value), failure: null });
    const waiting = early;
    early = [];
    accept(runId, waiting);
  };

  const fill = async (runId: RunId): Promise<void> => {
    const run = store.getState().run;
    if (filling || run === null) return;
    filling = true;
    const result = await client.call('run.records', { runId, from: run.records.length });
    filling = false;
    if (result.ok) accept(runId, result.value);
    else if (store.getState().wanted === runId) store.setState({ failure: result.error });
  };

  const accept = (runId: RunId, records: readonly JournalRecord[]): void => {
    const run = store.getState().run;
    if (run?.runId !== runId) {
      early.push(...records);
      return;
    }
    const { fit, gap } = following(run.records.length, records);
    store.setState({ run: take(run, fit) });
    if (gap) void fill(runId);
    else if (mayDoubtSecrets(run, fit)) void load(runId);
  };

  const patch = (change: Partial<OpenRun>): void => {
    const run = store.getState().run;
    if (run !== null) store.setState({ run: { ...run, ...change } });
  };

  return {
    ...store,
    async open(runId) {
      const { wanted, run } = store.getState();
      if (wanted === runId && run !== null) return;
      early = [];
      store.setState({ wanted: runId, run: null, failure: null });
      await load(runId);
    },
    async reopen() {
      const { wanted } = store.getState();
      if (wanted !== null) await load(wanted);
    },
    async resume() {
      const { wanted } = store.getState();
      if (wanted === null) return { ok: true, value: null };
      const result = await client.call('run.resume', { runId: wanted });
      if (!result.ok) return result;
      if (store.getState().wanted === wanted) {
        store.setState({ run: fromSnapshot(wanted, result.value), failure: null });
      }
      return { ok: true, value: null };
    },
    receive(event) {
      if (!('runId' in event) || event.runId !== store.getState().wanted) return;
      switch (event.type) {
        case 'run.records':
          accept(event.runId, event.records);
          return;
        case 'run.links':
          patch({
            links: event.links,
            linksSince: linksSince(store.getState().run, event.links, Date.now()),
          });
          return;
        case 'run.progress':
          patch({ recordingBytes: event.recordingBytes, silentMs: event.silentMs ?? null });
          return;
        case 'run.storage':
          patch({ storage: event.failure });
      }
    },
    async intent(intent) {
      const { wanted } = store.getState();
      if (wanted === null) return { ok: true, value: null };
      return client.call('run.intent', { runId: wanted, intent });
    },
  };
}
