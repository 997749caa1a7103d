/**
 * A run that is open in this app: intents in, effects out, everything through the journal. All it knows is the fold of
 * the journal and what is connected right now; it never sends a command before its start is durable.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { HostEvent } from '../../contract/calls.ts';
import type { CommandPreview, MessagePreview, RunSnapshot } from '../../contract/views.ts';
import type { Sha256, StepId, TargetName, VarName } from '../../contract/ids.ts';
import type { Intent, IntentOf } from '../../contract/intents.ts';
import type { Address, Plan } from '../../contract/plan.ts';
import type { RecordBody } from '../../contract/records.ts';
import { type Failure, fail, ok, type Result } from '../../contract/result.ts';
import type { Runbook } from '../../contract/runbook.ts';
import { decide } from '../../domain/run/decide.ts';
import { evolve, replay } from '../../domain/run/evolve.ts';
import { keyReplacement } from '../../domain/run/hosts.ts';
import type { CommandIntent } from '../../domain/run/commands.ts';
import type { Desk } from '../../domain/run/people.ts';
import { valuesOf } from '../../domain/run/scope.ts';
import type { RunState } from '../../domain/run/state.ts';
import type { Connect, ConnectOptions } from '../connect/connection.ts';
import type { Clock } from '../ports.ts';
import { noSecrets, type RunSecrets, withSecrets } from '../secrets/runSecrets.ts';
import { createHoldDesk, type HoldPeople } from '../requests/holds.ts';
import type { Pane } from '../terminal/pane.ts';
import { type Anchors, createAnchors } from './anchors.ts';
import { createAppender } from './appender.ts';
import { type Ceremony, createCeremony } from './ceremony.ts';
import { type CommandDesk, createCommandDesk } from './commandDesk.ts';
import type { Journal } from './journal.ts';
import { discardMessage, keepMessage, messageToKeep, previewMessage } from './messages.ts';
import { previewStep } from './preview.ts';
import { type DecidedIntent, isCommandIntent, sendsSomething } from './runIntents.ts';
import { whenOf } from './render.ts';
import { withSettled } from './settled.ts';
import { createTargets, type Targets } from './targets.ts';
import { createWaits, type Waits } from './waits.ts';

/** How long closing waits for the outcome of a command under way. */
const CLOSE_WAIT_MS = 3_000;
/** How long a host has to answer after the computer was not running for a while. */
const SIGN_OF_LIFE_MS = 10_000;

export interface RunSetup {
  readonly dir: string;
  readonly plan: Plan;
  readonly planSha256: Sha256;
  readonly runbook: Runbook;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly connect: Connect;
  readonly resolve: (target: TargetName, address: Address) => Promise<Result<ConnectOptions>>;
  /** Whether the app may keep small files on hosts. */
  readonly files: () => 'allowed' | 'forbidden';
  /** Milliseconds between tries to connect again, for tests. */
  readonly reconnectMs?: readonly number[];
  /** Who may sign for holds, and how that is judged. */
  readonly people: HoldPeople;
  /** Of a runbook that declares some. */
  readonly secrets?: RunSecrets;
  readonly emit: (event: HostEvent) => void;
  /** Called once when run.end is durable and everything is closed. */
  readonly onEnded: () => Promise<void>;
}

export interface OpenRun {
  readonly state: RunState;
  snapshot(): RunSnapshot;
  /** Judges an intent and carries it out. For commands it answers when the command is on its way. */
  dispatch(intent: Intent): Promise<Result<null>>;
  preview(step: StepId, of?: CommandIntent['kind']): Result<CommandPreview>;
  message(step: StepId): Result<MessagePreview>;
  pane(target: TargetName): Pane | null;
  /** Holds a secret in memory from now on, until the run is let go of. */
  giveSecret(name: VarName, value: string, by: string): Result<null>;
  /** Connects to the targets of the plan, in the background. */
  connectAll(): void;
  /** The computer was not running for a while: whoever it is connected to is asked whether contact still stands. */
  woke(gapMs: number): Promise<void>;
  /** Resolves when no command is under way. */
  idle(): Promise<void>;
  /** Lets go without ending the run: it can be resumed. */
  close(): Promise<void>;
}

/** What the host knows at the moment an intent is judged. */
type Known = Pick<Desk, 'signed' | 'message'>;

/** Opens a run over a journal whose records are already folded and recovered. */
export function openRun(setup: RunSetup): OpenRun {
  const { plan, runbook, clock } = setup;
  const when = whenOf(plan);
  const by = plan.operator.name;
  const secrets = setup.secrets ?? noSecrets();
  let state = replay(runbook, setup.journal.records);
  let storage: Failure | null = null;
  let closed = false;
  let queue: Promise<unknown> = Promise.resolve();
  let lastProgress = 0;

  const appender = createAppender({
    journal: setup.journal,
    secrets,
    onRecords: (records) => {
      for (const record of records) state = evolve(state, record);
      setup.emit({ type: 'run.records', runId: plan.runId, records });
      anchors.recorded();
      waits.recorded();
      ceremony.recorded();
    },
    onTrouble: setStorage,
    isClosed: () => closed,
  });

  const targets: Targets = createTargets({
    dir: setup.dir,
    plan,
    runbook,
    clock,
    secrets,
    connect: setup.connect,
    resolve: setup.resolve,
    files: setup.files,
    ...(setup.reconnectMs === undefined ? {} : { reconnectMs: setup.reconnectMs }),
    values: () => valuesOf(state, plan),
    append: (bodies) => appender.fact(bodies),
    running: (target) => commands.input(target) ?? ceremony.input(target),
    carried: (target) => state.targets[target]?.carried === true,
    adrift: (target) => commands.adrift(target),
    goesOn: (target) => commands.goesOn(target),
    onReached: (target) => {
      commands.reached(target);
    },
    onLinks: (links) => {
      setup.emit({ type: 'run.links', runId: plan.runId, links });
    },
    onTrouble: setStorage,
  });

  const ceremony: Ceremony = createCeremony({
    state: () => state,
    pane: (target) => targets.pane(target),
    onOver: (target) => {
      targets.released(target);
    },
  });

  const commands: CommandDesk = createCommandDesk({
    dir: setup.dir,
    plan,
    secrets,
    clock,
    when,
    targets,
    state: () => state,
    records: () => setup.journal.records,
    serially,
    intend: (bodies) => appender.intent(bodies),
    happened: (bodies) => appender.fact(withSettled(state, bodies, when)),
    onTrouble: setStorage,
    onProgress: progress,
    onReleased: (target) => {
      targets.released(target);
    },
    onStepEnded: () => {
      targets.stepEnded();
      progress(true);
    },
  });

  const anchors: Anchors = createAnchors({
    plan,
    runbook,
    state: () => state,
    position: () => setup.journal.position,
    live: (target) => targets.live(target),
    append: (bodies) => appender.intent(bodies),
  });

  const waits: Waits = createWaits({
    plan,
    clock,
    state: () => state,
    serially,
    append: (bodies) => appender.intent(withSettled(state, bodies, when, clock.now().toISOString())),
    lookAtClock: () => appender.clock(),
    onProblem: (failure) => {
      setup.emit({ type: 'notice', failure });
    },
  });

  const holds = createHoldDesk({
    dir: setup.dir,
    plan,
    planSha256: setup.planSha256,
    journal: setup.journal,
    clock,
    when,
    people: setup.people,
    state: () => state,
    intend: (bodies) => appender.intent(bodies),
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

  async function dispatch(intent: Intent): Promise<Result<null>> {
    // Nothing of the app's own goes to a host beside a command of the operator.
    if (sendsSomething(intent)) await anchors.settled();
    if (closed) return fail('refused', 'This run is not open here any more.');
    if (state.end !== null) return fail('refused', 'The run has ended; its record is closed.');
    if (isCommandIntent(intent))
      return storage === null ? commands.start(intent) : { ok: false, error: storage };
    if (intent.kind === 'attach')
      return storage === null ? commands.attach(intent.step) : { ok: false, error: storage };
    if (intent.kind === 'connect') {
      const linked = await targets.ensure(intent.target);
      return linked.ok ? ok(null) : linked;
    }
    if (intent.kind === 'replace-host-key') return replaceHostKey(intent);
    if (intent.kind === 'track-shell') {
      const decided = judged(intent);
      return decided.ok ? targets.trackShell(intent.target) : decided;
    }
    if (intent.kind === 'request-hold') return serially(() => ifOpen(() => holds.request(intent.step)));
    if (intent.kind === 'sign-hold') return serially(() => ifOpen(() => holds.sign(intent)));
    if (intent.kind === 'pass-hold') return serially(() => passHold(intent));
    if (intent.kind === 'notified') return serially(() => ifOpen(() => notified(intent)));
    return serially(() => carryOut(intent));
  }

  /** The run may have ended, or the disk failed, while others had their turn. */
  function ifOpen(work: () => Promise<Result<null>>): Promise<Result<null>> {
    if (storage !== null) return Promise.resolve({ ok: false, error: storage });
    return state.end === null && !closed
      ? work()
      : Promise.resolve(fail('refused', 'The run has ended; its record is closed.'));
  }

  /** Whose signatures count is a matter of this moment: trust may have changed since they were given. */
  async function passHold(intent: IntentOf<'pass-hold'>): Promise<Result<null>> {
    const signed = await holds.signed(intent.step);
    const good = await holds.recheck(intent.step);
    return good.ok ? carryOut(intent, signed === undefined ? {} : { signed }) : good;
  }

  function judged(intent: Intent, known: Known = {}): Result<readonly RecordBody[]> {
    const { head } = setup.journal.position;
    return decide(state, intent, { by, head, values: valuesOf(state, plan), ...known });
  }

  /** The text that was shown is on disk before it is called sent, and only when it may be. */
  async function notified(intent: IntentOf<'notified'>): Promise<Result<null>> {
    const message = messageToKeep(state, plan, intent.step);
    if (!message.ok) return message;
    const decided = judged(intent, { message: message.value });
    if (!decided.ok) return decided;
    const kept = await keepMessage(setup.dir, message.value);
    const done = kept.ok ? await appender.intent(withSettled(state, decided.value, when)) : kept;
    if (!done.ok) await discardMessage(setup.dir, message.value);
    return done;
  }

  async function carryOut(intent: DecidedIntent, known: Known = {}): Promise<Result<null>> {
    const ending = intent.kind === 'abort' || intent.kind === 'finish' || intent.kind === 'start-rollback';
    if (ending && commands.starting)
      return fail('busy', 'A step is just being started.', { hint: 'Interrupt it first.' });
    const decided = judged(intent, known);
    if (!decided.ok) return decided;
    if (ending) return end(intent);
    const kept = await appender.intent(withSettled(state, decided.value, when));
    if (!kept.ok) return kept;
    if (intent.kind === 'signal') commands.signal(intent.signal, intent.target);
    return ok(null);
  }

  /** Two people vouch for the key that the host has shown: what was typed must be that key, read elsewhere. */
  async function replaceHostKey(intent: IntentOf<'replace-host-key'>): Promise<Result<null>> {
    const decided = judged(intent);
    if (!decided.ok) return decided;
    const changed = targets.state(intent.target)?.failure?.changedKey;
    if (changed === undefined) return fail('refused', `${intent.target} has not shown a changed host key.`);
    const record = keyReplacement(state, intent, by, changed, changed.old[0]?.file ?? '');
    if (!record.ok) return record;
    return targets.replaceKey(intent.target, { changed, record: record.value });
  }

  /** Closes everything, then decides on what is true by then: the last key may just have been typed into a shell. */
  async function end(intent: DecidedIntent): Promise<Result<null>> {
    await anchors.emit();
    await targets.close(true);
    const decided = judged(intent);
    if (!decided.ok) return decided;
    const kept = await appender.intent(decided.value);
    if (!kept.ok) return kept;
    await setup.journal.close();
    await setup.onEnded();
    return ok(null);
  }

  function progress(always = false): void {
    const now = clock.mono();
    if (!always && now - lastProgress < 250_000) return;
    lastProgress = now;
    setup.emit({ type: 'run.progress', runId: plan.runId, recordingBytes: recordingBytes() });
  }

  function recordingBytes(): number {
    return commands.recordedBytes() + targets.recordedBytes;
  }

  function snapshot(): RunSnapshot {
    return {
      plan,
      planSha256: setup.planSha256,
      runbook,
      records: [...setup.journal.records],
      live: !closed && state.end === null,
      links: targets.links(),
      recordingBytes: recordingBytes(),
      ...withSecrets(secrets),
      ...(storage === null ? {} : { storage }),
    };
  }

  return {
    get state() {
      return state;
    },
    snapshot,
    dispatch,
    preview: (step, of) => previewStep(state, plan, step, (target) => targets.address(target), of),
    message: (step) => previewMessage(state, plan, step),
    pane: (target) => targets.watch(target),
    giveSecret(name, value, by) {
      // The plan is what was approved: a command that is fed more than it names makes the evidence inconsistent.
      if (plan.secrets?.includes(name) !== true)
        return fail('refused', `The plan of this run has no secret ${name}.`, {
          kept: 'It was not kept, and nothing was sent.',
          hint: 'Start another run with it.',
        });
      const given = secrets.give(name, value, by);
      if (given.ok) targets.secretsGiven();
      return given;
    },
    connectAll() {
      if (state.end === null) targets.connectAll();
      waits.recorded();
    },
    idle: () => commands.idle(),
    async woke(gapMs) {
      if (closed || state.end !== null) return;
      await appender.fact([{ type: 'desk.gap', d: { ms: Math.max(0, Math.round(gapMs)) } }]);
      await targets.examine(SIGN_OF_LIFE_MS);
    },
    async close() {
      if (closed) return;
      commands.halt();
      waits.close();
      await anchors.settled();
      commands.hangUp();
      if (state.end === null) await targets.close(false);
      // A command whose contact was just closed still has its outcome to record; one that hangs is found again later.
      await Promise.race([commands.idle(), delay(CLOSE_WAIT_MS, undefined, { ref: false })]);
      closed = true;
      await queue;
      await setup.journal.close();
    },
  };
}
