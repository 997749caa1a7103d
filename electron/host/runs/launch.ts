/**
 * Sends one command of a step to one host: makes it ready, has its start made durable, follows it and has its outcome
 * recorded. It judges nothing; a command leaves once and only after its start is on disk.
 */
import type { TargetName } from '../../contract/ids.ts';
import type { RecordBody } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Detacher } from '../../contract/steps.ts';
import { fetchedPath } from '../../domain/evidence/names.ts';
import {
  admitCommand,
  type CommandIntent,
  commandOf,
  type PreparedCommand,
  type Said,
  startCommand,
  startMember,
} from '../../domain/run/commands.ts';
import { watchTimes } from '../../domain/run/measure.ts';
import { recordCheck, recordEnd } from '../../domain/run/recordText.ts';
import { valuesOf } from '../../domain/run/scope.ts';
import type { StepView } from '../../domain/run/state.ts';
import { windowRecords } from '../../domain/run/window.ts';
import { detachedJob } from '../remote/detached.ts';
import type { Pane } from '../terminal/pane.ts';
import { discardCommand, writeCommand } from './commandFiles.ts';
import { earlierFile } from './compareFetched.ts';
import { executeDetached } from './detachedExecution.ts';
import type { Execution, ExecutionOptions } from './execution.ts';
import { type CommandRoom, followUp, type Purpose, type Under, type UnderHooks } from './followUp.ts';
import type { LiveLink } from './link.ts';
import { executeObserve, executeProbe } from './probeExecution.ts';
import { type Rendered, renderInput, renderStep } from './render.ts';
import { executeRun } from './runExecution.ts';
import { commandBase, commandFiles } from './runFolder.ts';
import { executeTransfer } from './transferExecution.ts';

export interface Sending {
  readonly intent: CommandIntent;
  readonly view: StepView;
  readonly target: TargetName;
  /** Whether `target` is a member of the step's group. */
  readonly member: boolean;
  /** Number of the command in the run, for the names of its files. */
  readonly number: number;
}

export function purposeOf({ intent, view }: Pick<Sending, 'intent' | 'view'>): Purpose {
  if (intent.kind !== 'run') return intent.kind;
  return view.step.kind === 'observe' ? 'observe' : 'run';
}

/** Sends it. A failure means that nothing was sent. */
export async function launch(room: CommandRoom, sending: Sending, hooks: UnderHooks): Promise<Result<Under>> {
  const { view, target } = sending;
  const purpose = purposeOf(sending);
  const command = commandOf(view.step, purpose);
  if (command === null) return fail('refused', `${view.step.title} has no command to run.`);
  const blocked = room.secrets.blocked();
  if (blocked !== null) return blocked;
  const rendered = withInput(room, view, purpose);
  if (!rendered.ok) return rendered;
  const told = stateLost(room, target);
  const link = await room.targets.ensure(target);
  if (!link.ok) return link;
  if (purpose === 'run' && view.step.kind === 'run' && !told && stateLost(room, target))
    return lostMeanwhile(target);
  const live = link.value;
  const wire = await wireOf(live, rendered.value, purpose, command.mode);
  if (!wire.ok) return wire;
  const files = commandFiles(sending.number, view.step.id, target, sending.member);
  // Beside the opening of the recording: both are there before the start is put on record.
  const writing = writeCommand(room.dir, files, rendered.value, wire.value, purpose);
  const job =
    command.mode === 'detached'
      ? detachedJob(room.plan.runId, view.step.id, sending.number, sending.member ? target : undefined)
      : undefined;
  const pane = room.targets.pane(target);
  const execution = await execute(room, sending, command.mode, job, {
    ...executionBasics(room, view, target, live, pane),
    rendered: rendered.value,
    wire: wire.value,
    files,
    begin: async () => {
      const written = await writing;
      if (!written.ok) return written;
      const prepared = job === undefined ? written.value : { ...written.value, job };
      return room.serially(() => begin(room, sending, prepared));
    },
  });
  if (!execution.ok) {
    await writing;
    await discardCommand(room.dir, files);
    return execution;
  }
  return ok(followUp(room, { ...sending, purpose }, execution.value, pane, hooks));
}

/** The command, and what it gets on its standard input: known in memory only, and only from here on. */
function withInput(room: CommandRoom, { step }: StepView, purpose: Purpose): Result<Rendered> {
  const values = valuesOf(room.state(), room.plan);
  const rendered = renderStep(step, purpose, values);
  if (!rendered.ok || purpose !== 'run' || step.kind !== 'run' || step.stdin === undefined) return rendered;
  const input = renderInput(step.stdin, values, room.secrets);
  return input.ok ? ok({ ...rendered.value, stdin: input.value }) : input;
}

function stateLost(room: CommandRoom, target: TargetName): boolean {
  return room.state().targets[target]?.stateLost === true;
}

/** Whoever sent it could not know: it was found out by the connection that was made for it. */
function lostMeanwhile(target: TargetName): Result<never> {
  return fail(
    'refused',
    `What earlier steps had left on ${target} (directory, variables) was gone when it was connected again.`,
    { kept: 'Nothing was sent.', hint: 'Restore what the step needs there, then send it again.' },
  );
}

/** What an execution needs whatever it is. */
export function executionBasics(
  room: CommandRoom,
  view: StepView,
  target: TargetName,
  live: LiveLink,
  pane: Pane,
): Pick<
  ExecutionOptions,
  'dir' | 'step' | 'title' | 'live' | 'pane' | 'clock' | 'secrets' | 'onTrouble' | 'onProgress'
> {
  return {
    dir: room.dir,
    secrets: room.secrets,
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
  const now = room.clock.now();
  const record =
    sending.member && (intent.kind === 'run' || intent.kind === 'probe')
      ? startMember(room.state(), intent, target, prepared, now)
      : alone();
  if (!record.ok) return record;
  const kept = await room.intend([...windowRecords(room.plan, intent.step, now), record.value]);
  if (!kept.ok) return kept;
  return record.value.type === 'step.start'
    ? ok(record.value.d.attempt)
    : fail('internal', 'A command was to begin with another record than its start.');

  function alone(): Result<RecordBody> {
    const still = admitCommand(room.state(), intent, room.when);
    if (!still.ok) return still;
    return startCommand(room.state(), still.value, prepared, saidBy(intent), now);
  }
}

function saidBy(intent: CommandIntent): Said {
  if (intent.kind === 'probe') return {};
  if (intent.kind === 'custodian') return { seen: intent.seen, custodian: intent.name };
  return { seen: intent.seen, ...(intent.kind === 'run' ? { confirm: intent.confirm } : {}) };
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
    const keep = fetchedPath(commandBase(number, step.id, target, member), transfer.path);
    const earlier = earlierFile(room.state(), step);
    const found = earlier === undefined ? {} : { earlier };
    return executeTransfer({ ...options, transfer: step, filled: transfer, target, keep, ...found });
  }
  if (step.kind === 'observe') {
    const times = watchTimes(step, valuesOf(room.state(), room.plan));
    if (!times.ok) return Promise.resolve(times);
    return executeObserve({
      ...options,
      observe: { ...times.value, times: step.times },
      onTry: async ({ attempt, n, end, checks }) => {
        const tried = { step: step.id, attempt, n, end: recordEnd(end), checks: checks.map(recordCheck) };
        await room.happened([{ type: 'observe.try', d: tried }]);
      },
    });
  }
  if (mode === 'detached' && job !== undefined) {
    return executeDetached({ ...options, job, detacher: detacherOf(view) });
  }
  const purpose = intent.kind === 'run' ? ('run' as const) : intent.kind;
  return executeRun({ ...options, purpose, mode: mode === 'pty' ? 'pty' : 'exec' });
}

function detacherOf({ step }: StepView): Detacher {
  return (step.kind === 'run' ? step.detacher : undefined) ?? 'shell';
}
