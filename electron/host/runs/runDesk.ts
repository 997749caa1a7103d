/** All runs of this desk: starts them, takes interrupted ones up again, lists them. One OpenRun for each live run. */
import { readdir } from 'node:fs/promises';
import type {
  HostEvent,
  RunSnapshot,
  RunSummary,
  StartCheck,
  StartDraft,
  StartRequest,
} from '../../contract/calls.ts';
import { RunId, type RunbookId, type Sha256, type TargetName } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import { type Address } from '../../contract/plan.ts';
import type { RecordBody } from '../../contract/records.ts';
import { type Failure, fail, ok, type Result } from '../../contract/result.ts';
import type { ChainPosition } from '../../domain/evidence/chain.ts';
import { recover, settle } from '../../domain/run/settle.ts';
import { apply, initialState, replay } from '../../domain/run/evolve.ts';
import type { RunState } from '../../domain/run/state.ts';
import type { Connect, ConnectOptions } from '../connect/connection.ts';
import { sha256 } from '../files/hash.ts';
import { storageFailure } from '../files/storageFailure.ts';
import { type Library, type LoadedRunbook } from '../library/library.ts';
import type { Clock, SettingsStore } from '../ports.ts';
import { bootId } from './boot.ts';
import { createJournal, type Journal, openJournal, readJournal } from './journal.ts';
import { appendToLedger } from './ledger.ts';
import { acquireLock, isLocked, type RunLock } from './lock.ts';
import { openRun, type OpenRun } from './openRun.ts';
import { citeLeftovers } from './recovery.ts';
import { whenOf } from './render.ts';
import { draftFor, summaryOf } from './runForms.ts';
import { createRunFolder, newRunId, planBytes, runFolder, runsFolder } from './runFolder.ts';
import { damaged, lastPlan, originOf, readStored, type StoredRun } from './storedRun.ts';
import { draftDigest, draftPlan, makePlan } from './startPlan.ts';

export interface RunDeskOptions {
  readonly data: string;
  readonly library: Library;
  readonly settings: SettingsStore;
  readonly clock: Clock;
  readonly connect: Connect;
  readonly resolve: (runId: RunId, target: TargetName, address: Address) => Promise<Result<ConnectOptions>>;
  readonly emit: (event: HostEvent) => void;
  readonly app: { readonly version: string; readonly build: string };
  readonly device: () => Promise<
    Result<{ readonly id: string; readonly protection: 'os-keyring' | 'file' | 'none' }>
  >;
  /** Milliseconds between tries to connect again, for tests. */
  readonly reconnectMs?: readonly number[];
  /**
   * Tells whenever the computer was not running for a while (sleep, a stopped process), with how many ms. Returns what
   * ends the watch.
   */
  readonly watchGaps?: (onGap: (ms: number) => void) => () => void;
  /** Seals a run that has ended. */
  readonly seal: (runId: RunId, journal: ChainPosition) => Promise<void>;
}

export interface RunDesk {
  check(request: StartRequest): Promise<Result<StartCheck>>;
  draft(runbook: RunbookId, rehearsal: boolean, origin?: RunId): Promise<Result<StartDraft>>;
  start(request: StartRequest): Promise<Result<OpenRun>>;
  resume(runId: RunId): Promise<Result<OpenRun>>;
  /** A live run's snapshot, or a read-only one folded from disk. */
  snapshot(runId: RunId): Promise<Result<RunSnapshot>>;
  live(runId: RunId): OpenRun | null;
  list(): Promise<readonly RunSummary[]>;
  close(): Promise<void>;
}

export function createRunDesk(options: RunDeskOptions): RunDesk {
  const live = new Map<RunId, OpenRun>();
  const told = new Set<RunId>();
  const resuming = new Map<RunId, Promise<Result<OpenRun>>>();
  const unwatch = options.watchGaps?.((ms) => {
    for (const run of live.values()) void run.woke(ms);
  });

  async function prepare(request: StartRequest) {
    const entry = await options.library.get(request.runbook);
    if (!entry.ok) return entry;
    const origin =
      request.origin === undefined ? ok(undefined) : await originOf(options.data, request.origin);
    if (!origin.ok) return origin;
    const { operatorName, operatorPrincipal } = options.settings.read();
    const drafted = draftPlan(
      request,
      entry.value,
      { name: operatorName, principal: operatorPrincipal },
      origin.value,
    );
    return ok({ entry: entry.value, drafted });
  }

  async function check(request: StartRequest): Promise<Result<StartCheck>> {
    const prepared = await prepare(request);
    if (!prepared.ok) return prepared;
    const { drafted } = prepared.value;
    return ok(
      drafted.ok ? { problems: [], digest: draftDigest(drafted.value) } : { problems: drafted.error },
    );
  }

  async function start(request: StartRequest): Promise<Result<OpenRun>> {
    const prepared = await prepare(request);
    if (!prepared.ok) return prepared;
    const { entry, drafted } = prepared.value;
    if (!drafted.ok) {
      return fail('refused', drafted.error.map(({ field, message }) => `${field}: ${message}`).join('\n'));
    }
    const device = await options.device();
    if (!device.ok) return device;
    const plan = makePlan(drafted.value, newRunId(options.clock.now()), options.clock.now());
    if (!plan.ok) return plan;
    return create(plan.value, entry, device.value);
  }

  async function create(
    plan: Plan,
    entry: LoadedRunbook,
    device: { readonly id: string; readonly protection: 'os-keyring' | 'file' | 'none' },
  ): Promise<Result<OpenRun>> {
    const dir = runFolder(options.data, plan.runId);
    const text = planBytes(plan);
    const planSha256 = sha256(text);
    try {
      await createRunFolder(dir, text, entry.bytes);
    } catch (error) {
      return { ok: false, error: storageFailure('The folder of the run', error, 'Nothing was started.') };
    }
    const lock = await acquireLock(dir);
    if (!lock.ok) return lock;
    const ledger = await appendToLedger(
      options.data,
      { type: 'open', d: { runId: plan.runId, planSha256 } },
      options.clock,
    );
    const journal = ledger.ok ? await createJournal(dir, options.clock) : ledger;
    if (!ledger.ok || !journal.ok) {
      await lock.value.release();
      return ledger.ok ? (journal as Extract<typeof journal, { ok: false }>) : ledger;
    }
    const first = startRecord(plan, planSha256, device, options.app, ledger.value, await bootId());
    const begun = await journal.value.append(
      withSettled(initialState(entry.runbook), [first], plan),
      'intent',
    );
    if (!begun.ok) {
      await journal.value.close();
      await lock.value.release();
      return begun;
    }
    return ok(attach(dir, { plan, planSha256, entry }, journal.value, lock.value));
  }

  function attach(dir: string, stored: StoredRun, journal: Journal, lock: RunLock): OpenRun {
    const { runId } = stored.plan;
    const run: OpenRun = openRun({
      dir,
      plan: stored.plan,
      planSha256: stored.planSha256,
      runbook: stored.entry.runbook,
      journal,
      clock: options.clock,
      connect: options.connect,
      resolve: (target, address) => options.resolve(runId, target, address),
      files: () => options.settings.read().filesOnHosts,
      ...(options.reconnectMs === undefined ? {} : { reconnectMs: options.reconnectMs }),
      emit: options.emit,
      onEnded: async () => {
        await lock.release();
        await options.seal(runId, journal.position);
        options.emit({ type: 'runs.changed' });
      },
    });
    const close = run.close.bind(run);
    live.set(runId, {
      ...run,
      get state() {
        return run.state;
      },
      close: async () => {
        live.delete(runId);
        await close();
        await lock.release();
      },
    });
    run.connectAll();
    options.emit({ type: 'runs.changed' });
    return live.get(runId) ?? run;
  }

  /** Two pages that resume at the same moment share one attempt. */
  function resume(runId: RunId): Promise<Result<OpenRun>> {
    const open = live.get(runId);
    if (open !== undefined) return Promise.resolve(ok(open));
    const under = resuming.get(runId) ?? takeFromDisk(runId).finally(() => resuming.delete(runId));
    resuming.set(runId, under);
    return under;
  }

  async function takeFromDisk(runId: RunId): Promise<Result<OpenRun>> {
    const dir = runFolder(options.data, runId);
    const stored = await readStored(dir);
    if (!stored.ok) return stored;
    const lock = await acquireLock(dir);
    if (!lock.ok) return lock;
    const taken = await takeUp(dir, stored.value);
    if (!taken.ok) {
      await lock.value.release();
      return taken;
    }
    return ok(attach(dir, stored.value, taken.value, lock.value));
  }

  async function takeUp(dir: string, stored: StoredRun): Promise<Result<Journal>> {
    const opened = await openJournal(dir, options.clock);
    if (!opened.ok) return opened;
    const { journal, torn } = opened.value;
    const state = replay(stored.entry.runbook, journal.records);
    const barred = whyNotResumed(dir, state, journal, stored);
    if (barred !== null) {
      await journal.close();
      return barred;
    }
    const leftovers = await citeLeftovers(dir, journal.records);
    const found = { boot: await bootId(), ...(torn === undefined ? {} : { torn }) };
    const kept = await journal.append(
      withSettled(state, [...recover(state, found), ...leftovers], stored.plan),
      'fact',
    );
    if (kept.ok) return ok(journal);
    await journal.close();
    return kept;
  }

  async function snapshot(runId: RunId): Promise<Result<RunSnapshot>> {
    const open = live.get(runId);
    if (open !== undefined) return ok(open.snapshot());
    const dir = runFolder(options.data, runId);
    const stored = await readStored(dir);
    if (!stored.ok) return stored;
    const read = await readJournal(dir);
    if (!read.ok) return read;
    return ok({
      plan: stored.value.plan,
      planSha256: stored.value.planSha256,
      runbook: stored.value.entry.runbook,
      records: read.value.records,
      live: false,
      links: [],
      recordingBytes: 0,
    });
  }

  async function list(): Promise<readonly RunSummary[]> {
    const names = await readdir(runsFolder(options.data)).catch(() => []);
    const ids = names.flatMap((name) => {
      const id = RunId.safeParse(name);
      return id.success ? [id.data] : [];
    });
    const all = await Promise.all(ids.sort().reverse().map(summarize));
    return all.flatMap((summary) => (summary === null ? [] : [summary]));
  }

  /** A run that cannot be read has no line in the list; a person must hear of it all the same. */
  function tellOnce(runId: RunId, failure: Failure): void {
    if (told.has(runId)) return;
    told.add(runId);
    options.emit({ type: 'notice', failure });
  }

  async function summarize(runId: RunId): Promise<RunSummary | null> {
    const seen = await snapshot(runId);
    if (!seen.ok) {
      tellOnce(runId, seen.error);
      return null;
    }
    const state = replay(seen.value.runbook, seen.value.records);
    const open = live.get(runId);
    const status =
      state.end !== null
        ? 'ended'
        : open !== undefined
          ? 'open'
          : (await isLocked(runFolder(options.data, runId)))
            ? 'locked'
            : 'interrupted';
    return summaryOf(seen.value, state, status);
  }

  async function draft(runbook: RunbookId, rehearsal: boolean, origin?: RunId): Promise<Result<StartDraft>> {
    const entry = await options.library.get(runbook);
    if (!entry.ok) return entry;
    const from = origin === undefined ? null : await snapshot(origin);
    if (from !== null && !from.ok) return from;
    const grouped = entry.value.runbook.targets.some((target) => target.group === true);
    const last = grouped && from === null ? await lastPlan(options.data, runbook) : null;
    return ok(draftFor(entry.value, rehearsal, from === null ? null : from.value, last));
  }

  return {
    check,
    draft,
    start,
    resume,
    snapshot,
    live: (runId) => live.get(runId) ?? null,
    list,
    async close() {
      unwatch?.();
      await Promise.all([...live.values()].map((run) => run.close()));
    },
  };
}

function startRecord(
  plan: Plan,
  planSha256: Sha256,
  device: { readonly id: string; readonly protection: 'os-keyring' | 'file' | 'none' },
  app: { readonly version: string; readonly build: string },
  ledger: { readonly seq: number; readonly head: Sha256 },
  boot: string,
): RecordBody {
  return {
    type: 'run.start',
    d: {
      runId: plan.runId,
      planSha256,
      runbook: plan.runbook,
      rehearsal: plan.rehearsal,
      app,
      device: { id: device.id, keyProtection: device.protection, boot },
      operator: plan.operator,
      ledger: { seq: ledger.seq, head: ledger.head },
      ...(plan.groups === undefined ? {} : { groups: plan.groups }),
    },
  };
}

/** The records plus those that follow by themselves, so that they are durable together. */
function withSettled(state: RunState, bodies: readonly RecordBody[], plan: Plan): readonly RecordBody[] {
  let ahead = state;
  for (const body of bodies) ahead = apply(ahead, body, '');
  return [...bodies, ...settle(ahead, whenOf(plan))];
}

function whyNotResumed(
  dir: string,
  state: RunState,
  journal: Journal,
  stored: StoredRun,
): ReturnType<typeof fail> | null {
  const start = journal.records[0];
  if (start?.type !== 'run.start') {
    return fail('refused', 'This run was never started: the app went away before its first record.', {
      kept: 'Nothing was sent to any host.',
      hint: 'Start the runbook again.',
    });
  }
  if (start.d.planSha256 !== stored.planSha256)
    return damaged(dir, 'its plan is not the one it was started with');
  return state.end === null ? null : fail('refused', 'This run has ended.', { hint: 'Open its evidence.' });
}
