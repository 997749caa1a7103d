/**
 * A run that is open in this app: intents in, effects out, everything through the journal. All it knows is the fold of
 * the journal and what is connected right now; it never sends a command before its start is durable.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandPreview, HostEvent, RunSnapshot } from '../../contract/calls.ts';
import type { Sha256, StepId, TargetName } from '../../contract/ids.ts';
import type { Intent, IntentOf } from '../../contract/intents.ts';
import type { Address, Plan } from '../../contract/plan.ts';
import type { RecordBody } from '../../contract/records.ts';
import { type Failure, fail, ok, type Result } from '../../contract/result.ts';
import type { Runbook } from '../../contract/runbook.ts';
import { conclude, type CommandOutcome } from '../../domain/run/conclude.ts';
import { admitCommand, commandOf, type PreparedCommand, startCommand } from '../../domain/run/commands.ts';
import { decide } from '../../domain/run/decide.ts';
import { settle } from '../../domain/run/settle.ts';
import { apply, evolve, replay } from '../../domain/run/evolve.ts';
import { recordCheck, recordEnd } from '../../domain/run/recordText.ts';
import { valuesOf } from '../../domain/run/scope.ts';
import type { RunState, StepView } from '../../domain/run/state.ts';
import type { Connect, ConnectOptions } from '../connect/connection.ts';
import type { Clock } from '../ports.ts';
import type { Pane } from '../terminal/pane.ts';
import { createAppender } from './appender.ts';
import type { Journal } from './journal.ts';
import type { LiveLink } from './link.ts';
import { previewStep } from './preview.ts';
import { renderStep, whenOf, type Rendered } from './render.ts';
import { commandFiles, type CommandFiles, nextCommandNumber } from './runFolder.ts';
import {
  executeObserve,
  executeProbe,
  executeRun,
  type Execution,
  type ExecutionOptions,
} from './stepExecution.ts';
import { discardCommand, writeCommand } from './commandFiles.ts';
import { createTargets, type Targets } from './targets.ts';
import { resultLines } from './paneText.ts';

/** How long closing waits for the outcome of a command under way. */
const CLOSE_WAIT_MS = 3_000;

export interface RunSetup {
  readonly dir: string;
  readonly plan: Plan;
  readonly planSha256: Sha256;
  readonly runbook: Runbook;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly connect: Connect;
  readonly resolve: (target: TargetName, address: Address) => Promise<Result<ConnectOptions>>;
  readonly emit: (event: HostEvent) => void;
  /** Called once when run.end is durable and everything is closed. */
  readonly onEnded: () => Promise<void>;
}

export interface OpenRun {
  readonly state: RunState;
  snapshot(): RunSnapshot;
  /** Judges an intent and carries it out. For commands it answers when the command is on its way. */
  dispatch(intent: Intent): Promise<Result<null>>;
  preview(step: StepId): Result<CommandPreview>;
  pane(target: TargetName): Pane | null;
  /** Connects to the targets of the plan, in the background. */
  connectAll(): void;
  /** Resolves when no command is under way. */
  idle(): Promise<void>;
  /** Lets go without ending the run: it can be resumed. */
  close(): Promise<void>;
}

interface Under {
  readonly target: TargetName;
  readonly step: StepId;
  readonly execution: Execution;
  readonly done: Promise<void>;
}

/** Opens a run over a journal whose records are already folded and recovered. */
export function openRun(setup: RunSetup): OpenRun {
  const { plan, runbook, clock } = setup;
  const when = whenOf(plan);
  const by = plan.operator.name;
  let state = replay(runbook, setup.journal.records);
  let storage: Failure | null = null;
  let running: Under | null = null;
  let starting = false;
  let closed = false;
  let queue: Promise<unknown> = Promise.resolve();
  let recordedBytes = 0;
  let lastProgress = 0;

  const appender = createAppender({
    journal: setup.journal,
    onRecords: (records) => {
      for (const record of records) state = evolve(state, record);
      setup.emit({ type: 'run.records', runId: plan.runId, records });
    },
    onTrouble: setStorage,
    isClosed: () => closed,
  });

  const targets: Targets = createTargets({
    dir: setup.dir,
    plan,
    runbook,
    clock,
    connect: setup.connect,
    resolve: setup.resolve,
    values: () => valuesOf(state, plan),
    append: (bodies) => appender.fact(bodies),
    running: (target) => (running?.target === target ? running.execution.input : null),
    onLinks: (links) => {
      setup.emit({ type: 'run.links', runId: plan.runId, links });
    },
    onTrouble: setStorage,
  });

  function setStorage(failure: Failure | null): void {
    storage = failure;
    setup.emit({ type: 'run.storage', runId: plan.runId, failure });
  }

  /** One decision at a time, each on the state that the one before left. */
  function serially<T>(work: () => Promise<T>): Promise<T> {
    const next = queue.then(work);
    queue = next.catch(() => undefined);
    return next;
  }

  /** The records plus those that follow by themselves, so that they are durable together. */
  function withSettled(bodies: readonly RecordBody[]): readonly RecordBody[] {
    let ahead = state;
    for (const body of bodies) ahead = apply(ahead, body, '');
    return [...bodies, ...settle(ahead, when)];
  }

  async function dispatch(intent: Intent): Promise<Result<null>> {
    if (closed) return fail('refused', 'This run is not open here any more.');
    if (state.end !== null) return fail('refused', 'The run has ended; its record is closed.');
    if (intent.kind === 'run' || intent.kind === 'probe') return start(intent);
    if (intent.kind === 'connect') {
      const linked = await targets.ensure(intent.target);
      return linked.ok ? ok(null) : linked;
    }
    return serially(() => carryOut(intent));
  }

  async function carryOut(
    intent: Exclude<Intent, { kind: 'run' | 'probe' | 'connect' }>,
  ): Promise<Result<null>> {
    const ending = intent.kind === 'abort' || intent.kind === 'finish' || intent.kind === 'start-rollback';
    if (ending && starting)
      return fail('busy', 'A step is just being started.', { hint: 'Interrupt it first.' });
    const decided = decide(state, intent, { by, head: setup.journal.position.head });
    if (!decided.ok) return decided;
    if (ending) return end(intent);
    const kept = await appender.intent(withSettled(decided.value));
    if (!kept.ok) return kept;
    if (intent.kind === 'signal') running?.execution.signal(intent.signal);
    return ok(null);
  }

  /** Closes everything, then decides on what is true by then: the last key may just have been typed into a shell. */
  async function end(intent: Exclude<Intent, { kind: 'run' | 'probe' | 'connect' }>): Promise<Result<null>> {
    await targets.close();
    const decided = decide(state, intent, { by, head: setup.journal.position.head });
    if (!decided.ok) return decided;
    const kept = await appender.intent(decided.value);
    if (!kept.ok) return kept;
    await setup.journal.close();
    await setup.onEnded();
    return ok(null);
  }

  async function start(intent: IntentOf<'run'> | IntentOf<'probe'>): Promise<Result<null>> {
    if (starting) return fail('busy', 'This step is already being started.');
    if (storage !== null) return { ok: false, error: storage };
    starting = true;
    try {
      return await startStep(intent);
    } finally {
      starting = false;
    }
  }

  async function startStep(intent: IntentOf<'run'> | IntentOf<'probe'>): Promise<Result<null>> {
    const admitted = admitCommand(state, intent, when);
    if (!admitted.ok) return admitted;
    const { step } = admitted.value;
    const purpose = intent.kind === 'probe' ? 'probe' : step.kind === 'observe' ? 'observe' : 'run';
    const command = commandOf(step, purpose);
    if (command === null) return fail('refused', `${step.title} has no command to run.`);
    const rendered = renderStep(step, purpose, valuesOf(state, plan));
    if (!rendered.ok) return rendered;
    const link = await targets.ensure(command.on);
    if (!link.ok) return link;
    const wire = await link.value.prepared.wrap(rendered.value.text, { carry: purpose === 'run' });
    if (!wire.ok) return wire;
    const files = commandFiles(await nextCommandNumber(setup.dir, state.starts), step.id, command.on);
    const prepared = await writeCommand(setup.dir, files, rendered.value, wire.value, purpose);
    if (!prepared.ok) return prepared;
    const launched = await launch(intent, admitted.value, {
      prepared: prepared.value,
      rendered: rendered.value,
      wire: wire.value,
      files,
      live: link.value,
      target: command.on,
      mode: command.mode,
    });
    if (!launched.ok) await discardCommand(setup.dir, files);
    return launched;
  }

  async function launch(
    intent: IntentOf<'run'> | IntentOf<'probe'>,
    view: StepView,
    ready: {
      readonly prepared: PreparedCommand;
      readonly rendered: Rendered;
      readonly wire: string;
      readonly files: CommandFiles;
      readonly live: LiveLink;
      readonly target: TargetName;
      readonly mode: 'pty' | 'exec';
    },
  ): Promise<Result<null>> {
    const pane = targets.pane(ready.target);
    const attempt = view.attempts.length + 1;
    const options: ExecutionOptions = {
      dir: setup.dir,
      step: view.step.id,
      title: view.step.title,
      attempt,
      rendered: ready.rendered,
      wire: ready.wire,
      files: ready.files,
      live: ready.live,
      pane,
      clock,
      begin: () => serially(() => begin(intent, ready.prepared)),
      onTrouble: setStorage,
      onProgress: (recorder) => {
        progress(recorder.bytes);
      },
    };
    const execution = await execute(view, ready.prepared.purpose, ready.mode, options);
    if (!execution.ok) return execution;
    const done = execution.value.outcome
      .catch((error: unknown) => unseen(view, attempt, ready.prepared.purpose, error))
      .then((outcome) => finish(outcome, view, pane));
    running = { target: ready.target, step: view.step.id, execution: execution.value, done };
    return ok(null);
  }

  async function begin(
    intent: IntentOf<'run'> | IntentOf<'probe'>,
    prepared: PreparedCommand,
  ): Promise<Result<null>> {
    // The state may have moved on while the host was connecting: judge again, now under the lock.
    const still = admitCommand(state, intent, when);
    if (!still.ok) return still;
    const said =
      intent.kind === 'run'
        ? { seen: intent.seen, ...(intent.confirm === undefined ? {} : { confirm: intent.confirm }) }
        : {};
    const record = startCommand(state, still.value, prepared, said);
    if (!record.ok) return record;
    const kept = await appender.intent([record.value]);
    return kept.ok ? ok(null) : kept;
  }

  function execute(
    view: StepView,
    purpose: PreparedCommand['purpose'],
    mode: 'pty' | 'exec',
    options: ExecutionOptions,
  ): Promise<Result<Execution>> {
    if (purpose === 'probe') return executeProbe(options);
    if (view.step.kind !== 'observe') return executeRun({ ...options, mode });
    return executeObserve({
      ...options,
      observe: view.step,
      onTry: async ({ n, end, checks }) => {
        await appender.fact([
          {
            type: 'observe.try',
            d: {
              step: view.step.id,
              attempt: options.attempt,
              n,
              end: recordEnd(end),
              checks: checks.map(recordCheck),
            },
          },
        ]);
      },
    });
  }

  async function finish(outcome: CommandOutcome, view: StepView, pane: Pane): Promise<void> {
    await serially(() => appender.fact(withSettled(conclude(outcome))));
    running = null;
    const after = state.steps[view.index];
    if (after !== undefined) pane.notice(resultLines(after, outcome));
    for (const file of Object.values(outcome.files)) recordedBytes += file.bytes;
    targets.stepEnded();
    progress(0, true);
  }

  function progress(active: number, always = false): void {
    const now = clock.mono();
    if (!always && now - lastProgress < 250_000) return;
    lastProgress = now;
    setup.emit({
      type: 'run.progress',
      runId: plan.runId,
      recordingBytes: recordedBytes + active + targets.recordedBytes,
    });
  }

  function snapshot(): RunSnapshot {
    return {
      plan,
      planSha256: setup.planSha256,
      runbook,
      records: [...setup.journal.records],
      live: !closed && state.end === null,
      links: targets.links(),
      recordingBytes: recordedBytes + targets.recordedBytes,
      ...(storage === null ? {} : { storage }),
    };
  }

  return {
    get state() {
      return state;
    },
    snapshot,
    dispatch,
    preview: (step) => previewStep(state, plan, step, (target) => targets.address(target)),
    pane: (target) => (runbook.targets.some((t) => t.name === target) ? targets.pane(target) : null),
    connectAll() {
      if (state.end === null) targets.connectAll();
    },
    async idle() {
      await running?.done;
    },
    async close() {
      if (closed) return;
      if (state.end === null) await targets.close();
      // A command whose contact was just closed still has its outcome to record; one that hangs is found again later.
      await Promise.race([running?.done, delay(CLOSE_WAIT_MS, undefined, { ref: false })]);
      closed = true;
      await queue;
      await setup.journal.close();
    },
  };
}

/** The outcome of a command that this app could not follow to its end: nothing is claimed of it. */
function unseen(
  view: StepView,
  attempt: number,
  purpose: PreparedCommand['purpose'],
  error: unknown,
): CommandOutcome {
  const why = `Holdpoint could not follow the command: ${error instanceof Error ? error.message : String(error)}`;
  return {
    step: view.step.id,
    attempt,
    purpose,
    end: { how: 'lost', why },
    ms: 0,
    files: {},
    checks: [],
    captures: ok({}),
  };
}
