/** All runs of this desk: starts them, takes interrupted ones up again, lists them. One OpenRun for each live run. */
import type { HostEvent } from '../../contract/calls.ts';
import type { StartRequest } from '../../contract/start.ts';
import type { RollbackPlan, RunSnapshot, RunSummary, StartCheck, StartDraft } from '../../contract/views.ts';
import type { RunbookId, RunId, TargetName } from '../../contract/ids.ts';
import type { Address, Plan } from '../../contract/plan.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { ChainPosition } from '../../domain/evidence/chain.ts';
import type { Connect, ConnectOptions } from '../connect/connection.ts';
import type { Form, Library, LoadedRunbook } from '../library/library.ts';
import type { Clock, SettingsStore } from '../ports.ts';
import type { HoldPeople } from '../requests/holds.ts';
import { createSecretDesk, type SecretDesk } from '../secrets/secretDesk.ts';
import { takeRunUp } from './interruptedRun.ts';
import { createRun, type Device, type HeldRun, type PlanApproval } from './newRun.ts';
import { openRun, type OpenRun } from './openRun.ts';
import { readRunFile } from './runFiles.ts';
import { draftFor } from './runForms.ts';
import { newRunId } from './runFolder.ts';
import { createRunList } from './runList.ts';
import { draftDigest, draftPlan, makePlan, outsideWindow } from './startPlan.ts';
import { askGates, type StartGates, type Vouched } from './startGates.ts';
import { lastPlan, originOf } from './storedRun.ts';
import { createUndoDesk } from './undoDesk.ts';

export interface RunDeskOptions {
  readonly data: string;
  readonly library: Library;
  /** What is asked about a runbook before a real run. */
  readonly gates: StartGates;
  readonly settings: SettingsStore;
  readonly clock: Clock;
  readonly connect: Connect;
  readonly resolve: (runId: RunId, target: TargetName, address: Address) => Promise<Result<ConnectOptions>>;
  readonly emit: (event: HostEvent) => void;
  readonly app: { readonly version: string; readonly build: string };
  readonly device: () => Promise<Result<Device>>;
  /** Who may sign for holds, and how that is judged. */
  readonly people: HoldPeople;
  /** Of all runs of the desk; its own when absent. */
  readonly secrets?: SecretDesk;
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

/** A plan that was made and not started, with the runbook it was made from. */
export interface MadePlan {
  readonly plan: Plan;
  readonly entry: LoadedRunbook;
}

interface Found {
  readonly entry: LoadedRunbook;
  /** Made from a run, not read from a file. */
  readonly made: boolean;
  readonly release?: Plan['release'];
}

export interface RunDesk {
  /** The runbook as it would be started; with an origin also the one that takes that run back. */
  entry(id: RunbookId, form: Form, origin?: RunId): Promise<Result<LoadedRunbook>>;
  /** What would be taken back of a run, as it stands now. */
  rollbackPlan(runId: RunId): Promise<Result<RollbackPlan>>;
  check(request: StartRequest): Promise<Result<StartCheck>>;
  draft(runbook: RunbookId, rehearsal: boolean, origin?: RunId): Promise<Result<StartDraft>>;
  start(request: StartRequest): Promise<Result<OpenRun>>;
  /** The plan that the request would be started with. Nothing is written. */
  plan(request: StartRequest): Promise<Result<MadePlan>>;
  /** Starts a plan whose approvals were judged just now. `secrets`: values of the names that the plan lists. */
  startPlan(
    made: MadePlan,
    approvals: readonly PlanApproval[],
    secrets?: Readonly<Record<string, string>>,
  ): Promise<Result<OpenRun>>;
  resume(runId: RunId): Promise<Result<OpenRun>>;
  /** A live run's snapshot, or a read-only one folded from disk. */
  snapshot(runId: RunId): Promise<Result<RunSnapshot>>;
  live(runId: RunId): OpenRun | null;
  list(): Promise<readonly RunSummary[]>;
  /** A small file of a run that its journal vouches for. */
  file(runId: RunId, path: string): Promise<Result<{ readonly base64: string }>>;
  close(): Promise<void>;
}

export function createRunDesk(options: RunDeskOptions): RunDesk {
  const live = new Map<RunId, OpenRun>();
  const secrets = options.secrets ?? createSecretDesk();
  const runs = createRunList({
    data: options.data,
    open: (runId) => live.get(runId)?.snapshot() ?? null,
    onUnreadable: (failure) => {
      options.emit({ type: 'notice', failure });
    },
  });
  const resuming = new Map<RunId, Promise<Result<OpenRun>>>();
  const unwatch = options.watchGaps?.((ms) => {
    for (const run of live.values()) void run.woke(ms);
  });

  const undo = createUndoDesk({ data: options.data, snapshot: (runId) => runs.snapshot(runId) });

  /** From the library; with an origin it may be the one that is made to take that run back. */
  async function find(id: RunbookId, form: Form, origin?: RunId): Promise<Result<Found>> {
    const rehearsal = form.rehearsal ?? false;
    const made = origin === undefined ? null : await undo.entry(origin, id, rehearsal);
    if (made !== null) return made.ok ? ok({ ...made.value, made: true }) : made;
    const entry = await options.library.get(id, { rehearsal });
    return entry.ok ? ok({ entry: entry.value, made: false }) : entry;
  }

  /** What is made from a run is made of its commands: those were judged when that run was started. */
  async function vouch({ entry, made, release }: Found, rehearsal: boolean): Promise<Vouched> {
    if (made) return { errors: [], release: release ?? null };
    return rehearsal ? { errors: [], release: null } : askGates(options.gates, entry);
  }

  async function prepare(request: StartRequest) {
    const found = await find(request.runbook, request, request.origin);
    if (!found.ok) return found;
    const { entry } = found.value;
    const origin =
      request.origin === undefined ? ok(undefined) : await originOf(options.data, request.origin);
    if (!origin.ok) return origin;
    const site = options.settings.read();
    const drafted = draftPlan(
      request,
      entry,
      { name: site.operatorName, principal: site.operatorPrincipal },
      origin.value,
      site,
      await vouch(found.value, request.rehearsal),
      options.clock.now(),
    );
    return ok({ entry, drafted });
  }

  async function check(request: StartRequest): Promise<Result<StartCheck>> {
    const prepared = await prepare(request);
    if (!prepared.ok) return prepared;
    const { drafted } = prepared.value;
    return ok(
      drafted.ok
        ? { problems: [], digest: draftDigest(drafted.value), policy: drafted.value.policy }
        : { problems: drafted.error },
    );
  }

  async function plan(request: StartRequest): Promise<Result<MadePlan>> {
    const prepared = await prepare(request);
    if (!prepared.ok) return prepared;
    const { entry, drafted } = prepared.value;
    if (!drafted.ok) {
      return fail('refused', drafted.error.map(({ field, message }) => `${field}: ${message}`).join('\n'));
    }
    const now = options.clock.now();
    const made = makePlan(drafted.value, newRunId(now), now);
    return made.ok ? ok({ plan: made.value, entry }) : made;
  }

  async function start(request: StartRequest): Promise<Result<OpenRun>> {
    const made = await plan(request);
    if (!made.ok) return made;
    const needed = made.value.plan.policy.approvals ?? 0;
    if (needed > 0) {
      return fail('refused', `This run needs ${String(needed)} approval(s) before it starts.`, {
        kept: 'Nothing was started.',
        hint: 'Prepare the plan and have it approved.',
      });
    }
    return startPlan(made.value, [], request.secrets);
  }

  async function startPlan(
    { plan: made, entry }: MadePlan,
    approvals: readonly PlanApproval[],
    values: Readonly<Record<string, string>> = {},
  ): Promise<Result<OpenRun>> {
    const outside = outsideWindow(made, options.clock.now());
    if (outside !== null) return outside;
    const device = await options.device();
    if (!device.ok) return device;
    secrets.open(made, entry.runbook);
    const given = secrets.give(made.runId, values);
    const held = given.ok ? await createRun(options, made, entry, device.value, approvals) : given;
    if (held.ok) return ok(attach(held.value));
    secrets.forget(made.runId);
    return held;
  }

  function attach({ dir, stored, journal, lock }: HeldRun): OpenRun {
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
      people: options.people,
      secrets: secrets.open(stored.plan, stored.entry.runbook),
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
    const under = resuming.get(runId) ?? takeUp(runId).finally(() => resuming.delete(runId));
    resuming.set(runId, under);
    return under;
  }

  async function takeUp(runId: RunId): Promise<Result<OpenRun>> {
    const held = await takeRunUp(options.data, runId, options.clock);
    return held.ok ? ok(attach(held.value)) : held;
  }

  async function draft(runbook: RunbookId, rehearsal: boolean, origin?: RunId): Promise<Result<StartDraft>> {
    const found = await find(runbook, { rehearsal }, origin);
    if (!found.ok) return found;
    const { entry } = found.value;
    const from = origin === undefined ? null : await runs.snapshot(origin);
    if (from !== null && !from.ok) return from;
    const grouped = entry.runbook.targets.some((target) => target.group === true);
    const last = grouped && from === null ? await lastPlan(options.data, runbook) : null;
    return ok(draftFor(entry, rehearsal, from === null ? null : from.value, last));
  }

  return {
    async entry(id, form, origin) {
      const found = await find(id, form, origin);
      return found.ok ? ok(found.value.entry) : found;
    },
    rollbackPlan: (runId) => undo.view(runId),
    check,
    draft,
    start,
    plan,
    startPlan,
    resume,
    snapshot: (runId) => runs.snapshot(runId),
    live: (runId) => live.get(runId) ?? null,
    list: () => runs.list(),
    async file(runId, path) {
      const seen = await runs.snapshot(runId);
      return seen.ok ? readRunFile(options.data, runId, seen.value.records, path) : seen;
    },
    async close() {
      unwatch?.();
      await Promise.all([...live.values()].map((run) => run.close()));
    },
  };
}
