/**
 * Sends one command of a step to one host: makes it ready, has its start made durable, follows it and has its outcome
 * recorded. It judges nothing; a command leaves once and only after its start is on disk.
 */
import type { StepId, TargetName } from '../../contract/ids.ts';
import type { IntentOf } from '../../contract/intents.ts';
import type { Plan } from '../../contract/plan.ts';
import type { RecordBody } from '../../contract/records.ts';
import { type Failure, fail, ok, type Result } from '../../contract/result.ts';
import type { Detacher } from '../../contract/runbook.ts';
import {
  admitCommand,
  commandOf,
  type PreparedCommand,
  startCommand,
  startMember,
} from '../../domain/run/commands.ts';
import { conclude, concludeContact, concludeMember, type CommandOutcome } from '../../domain/run/conclude.ts';
import { recordCheck, recordEnd } from '../../domain/run/recordText.ts';
import { valuesOf } from '../../domain/run/scope.ts';
import type { EvaluateWhen } from '../../domain/run/settle.ts';
import type { RunState, StepView } from '../../domain/run/state.ts';
import { detachedJob } from '../remote/detached.ts';
import type { Clock } from '../ports.ts';
import type { Pane } from '../terminal/pane.ts';
import { discardCommand, writeCommand } from './commandFiles.ts';
import { executeDetached } from './detachedExecution.ts';
import type { Ending, Execution, ExecutionOptions } from './execution.ts';
import type { LiveLink } from './link.ts';
import { resultLines, type Standing } from './paneText.ts';
import { executeObserve, executeProbe } from './probeExecution.ts';
import { type Rendered, renderStep } from './render.ts';
import { executeRun } from './runExecution.ts';
import { commandBase, commandFiles, fetchedFile } from './runFolder.ts';
import type { Targets } from './targets.ts';
import { executeTransfer } from './transferExecution.ts';

export type CommandIntent = IntentOf<'run'> | IntentOf<'probe'>;

/** What commands need of the run they belong to. */
export interface CommandRoom {
  readonly dir: string;
  readonly plan: Plan;
  readonly clock: Clock;
  readonly when: EvaluateWhen;
  readonly targets: Targets;
  readonly state: () => RunState;
  /** One decision at a time, each on the state that the one before left. */
  readonly serially: <T>(work: () => Promise<T>) => Promise<T>;
  /** Appends what has not happened yet: when it cannot be recorded, it does not happen. */
  readonly intend: (bodies: readonly RecordBody[]) => Promise<Result<null>>;
  /** Appends what has happened, with what follows from it by itself. */
  readonly happened: (bodies: readonly RecordBody[]) => Promise<Result<null>>;
  readonly onTrouble: (failure: Failure | null) => void;
  readonly onProgress: () => void;
}

/** A command under way on a host. */
export interface Under {
  readonly step: StepId;
  readonly target: TargetName;
  readonly execution: Execution;
  /** Resolves when its outcome is on record. */
  readonly done: Promise<void>;
}

/** Who is told of a command under way: when it is, and when its outcome is on record. */
export interface UnderHooks {
  readonly begun: (under: Under) => void;
  readonly settled: (under: Under, ending: Ending) => void;
}

export interface Sending {
  readonly intent: CommandIntent;
  readonly view: StepView;
  readonly target: TargetName;
  /** Whether `target` is a member of the step's group. */
  readonly member: boolean;
  /** Number of the command in the run, for the names of its files. */
  readonly number: number;
}

type Purpose = PreparedCommand['purpose'];

export function purposeOf({ intent, view }: Pick<Sending, 'intent' | 'view'>): Purpose {
  if (intent.kind === 'probe') return 'probe';
  return view.step.kind === 'observe' ? 'observe' : 'run';
}

/** Sends it. A failure means that nothing was sent. */
export async function launch(room: CommandRoom, sending: Sending, hooks: UnderHooks): Promise<Result<Under>> {
  const { view, target } = sending;
  const purpose = purposeOf(sending);
  const command = commandOf(view.step, purpose);
  if (command === null) return fail('refused', `${view.step.title} has no command to run.`);
  const rendered = renderStep(view.step, purpose, valuesOf(room.state(), room.plan));
  if (!rendered.ok) return rendered;
  const link = await room.targets.ensure(target);
  if (!link.ok) return link;
  const live = link.value;
  const wire = await wireOf(live, rendered.value, purpose, command.mode);
  if (!wire.ok) return wire;
  const files = commandFiles(sending.number, view.step.id, target, sending.member);
  const written = await writeCommand(room.dir, files, rendered.value, wire.value, purpose);
  if (!written.ok) return written;
  const job =
    command.mode === 'detached'
      ? detachedJob(room.plan.runId, view.step.id, sending.number, sending.member ? target : undefined)
      : undefined;
  const prepared = job === undefined ? written.value : { ...written.value, job };
  const pane = room.targets.pane(target);
  const execution = await execute(room, sending, command.mode, job, {
    ...executionBasics(room, view, target, live, pane),
    rendered: rendered.value,
    wire: wire.value,
    files,
    begin: () => room.serially(() => begin(room, sending, prepared)),
  });
  if (!execution.ok) {
    await discardCommand(room.dir, files);
    return execution;
  }
  return ok(followUp(room, { ...sending, purpose }, execution.value, pane, hooks));
}

/** Registers a command that has begun, and sees to its outcome. */
export function followUp(
  room: CommandRoom,
  what: Pick<Sending, 'view' | 'target' | 'member'> & { readonly purpose: Purpose },
  execution: Execution,
  pane: Pane,
  hooks: UnderHooks,
): Under {
  const work = async (): Promise<void> => {
    const ending = await execution.ending.catch((error: unknown) => unseen(what, execution.attempt, error));
    await conclusion(room, what, execution.attempt, ending, pane);
    hooks.settled(under, ending);
  };
  const under: Under = {
    step: what.view.step.id,
    target: what.target,
    execution,
    // Begun in the next turn, so that it is registered before it can be over.
    done: Promise.resolve().then(work),
  };
  hooks.begun(under);
  return under;
}

/** What an execution needs whatever it is. */
export function executionBasics(
  room: CommandRoom,
  view: StepView,
  target: TargetName,
  live: LiveLink,
  pane: Pane,
): Pick<ExecutionOptions, 'dir' | 'step' | 'title' | 'live' | 'pane' | 'clock' | 'onTrouble' | 'onProgress'> {
  return {
    dir: room.dir,
    step: view.step.id,
    title: view.members === undefined ? view.step.title : `${view.step.title} · ${target}`,
    live,
    pane,
    clock: room.clock,
    onTrouble: room.onTrouble,
    onProgress: room.onProgress,
  };
}

/** What goes over the wire for it. A transfer has no command of the host's: its description stands for it. */
async function wireOf(
  live: LiveLink,
  rendered: Rendered,
  purpose: Purpose,
  mode: 'pty' | 'exec' | 'detached',
): Promise<Result<string>> {
  if (rendered.transfer !== undefined) return ok(rendered.text);
  if (mode === 'detached' && !live.prepared.carries) {
    return fail(
      'refused',
      'A detached command needs a folder on its host, and none may be or can be made there.',
      {
        hint: 'Allow files on hosts in the settings and connect again, or change the step to mode: pty.',
      },
    );
  }
  return live.prepared.wrap(rendered.text, { carry: purpose === 'run' });
}

/** Judges again, now under the lock: the state may have moved on while the host was connecting. */
async function begin(
  room: CommandRoom,
  sending: Sending,
  prepared: PreparedCommand,
): Promise<Result<number>> {
  const { intent, target } = sending;
  const record = sending.member ? startMember(room.state(), intent, target, prepared) : alone();
  if (!record.ok) return record;
  const kept = await room.intend([record.value]);
  if (!kept.ok) return kept;
  return record.value.type === 'step.start'
    ? ok(record.value.d.attempt)
    : fail('internal', 'A command was to begin with another record than its start.');

  function alone(): Result<RecordBody> {
    const still = admitCommand(room.state(), intent, room.when);
    if (!still.ok) return still;
    const said =
      intent.kind === 'run'
        ? { seen: intent.seen, ...(intent.confirm === undefined ? {} : { confirm: intent.confirm }) }
        : {};
    return startCommand(room.state(), still.value, prepared, said);
  }
}

function execute(
  room: CommandRoom,
  { intent, view, target, member, number }: Sending,
  mode: 'pty' | 'exec' | 'detached',
  job: string | undefined,
  options: ExecutionOptions,
): Promise<Result<Execution>> {
  const { step } = view;
  const { transfer } = options.rendered;
  if (intent.kind === 'probe') return executeProbe(options);
  if (step.kind === 'transfer' && transfer !== undefined) {
    const keep = fetchedFile(commandBase(number, step.id, target, member), transfer.path);
    return executeTransfer({ ...options, transfer: step, filled: transfer, target, keep });
  }
  if (step.kind === 'observe') {
    return executeObserve({
      ...options,
      observe: step,
      onTry: async ({ attempt, n, end, checks }) => {
        const tried = { step: step.id, attempt, n, end: recordEnd(end), checks: checks.map(recordCheck) };
        await room.happened([{ type: 'observe.try', d: tried }]);
      },
    });
  }
  if (mode === 'detached' && job !== undefined) {
    return executeDetached({ ...options, job, detacher: detacherOf(view) });
  }
  return executeRun({ ...options, mode: mode === 'pty' ? 'pty' : 'exec' });
}

function detacherOf({ step }: StepView): Detacher {
  return (step.kind === 'run' ? step.detacher : undefined) ?? 'shell';
}

/** Puts the outcome on record and on the screen. */
async function conclusion(
  room: CommandRoom,
  { view, target, member }: Pick<Sending, 'view' | 'target' | 'member'>,
  attempt: number,
  ending: Ending,
  pane: Pane,
): Promise<void> {
  const step = view.step.id;
  const bodies =
    ending.kind === 'adrift'
      ? [concludeContact({ step, attempt, why: ending.why, ...(member ? { target } : {}) })]
      : member
        ? concludeMember(ending.outcome, target)
        : conclude(ending.outcome);
  await room.serially(() => room.happened(bodies));
  const after = room.state().steps[view.index];
  const standing: Standing | undefined = member ? after?.members?.[target] : after?.status;
  const checks = ending.kind === 'adrift' ? [] : ending.outcome.checks;
  if (standing !== undefined) pane.notice(resultLines(standing, { checks }));
}

/** The ending of a command that this app could not follow to its end: nothing is claimed of it. */
function unseen(
  { view, purpose }: { readonly view: StepView; readonly purpose: Purpose },
  attempt: number,
  error: unknown,
): Ending {
  const why = `Holdpoint could not follow the command: ${error instanceof Error ? error.message : String(error)}`;
  if (purpose === 'run' && view.step.kind === 'run' && view.step.mode === 'detached')
    return { kind: 'adrift', why };
  const outcome: CommandOutcome = {
    step: view.step.id,
    attempt,
    purpose,
    end: { how: 'lost', why },
    ms: 0,
    files: {},
    checks: [],
    captures: ok({}),
  };
  return { kind: 'ended', outcome };
}
