/**
 * The commands of an open run: the one step's command that is under way, on one host or on the members of a group, and
 * detached commands that are taken up again. It starts nothing that the domain has not admitted.
 */
import type { StepId, TargetName } from '../../contract/ids.ts';
import type { JournalRecord, RecordOf } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { admitAttach, attachable, attachRecord } from '../../domain/run/attach.ts';
import { admitCommand } from '../../domain/run/commands.ts';
import { memberNotRun } from '../../domain/run/conclude.ts';
import { concludeGroup, fanOutOf, membersToProbe, nextMembers, nextProbes } from '../../domain/run/group.ts';
import { valuesOf } from '../../domain/run/scope.ts';
import type { Attempt, StepView } from '../../domain/run/state.ts';
import { sha256 } from '../files/hash.ts';
import { removeDetached } from '../remote/detached.ts';
import type { PaneInput } from '../terminal/pane.ts';
import { executeAttach } from './detachedExecution.ts';
import type { Ending } from './execution.ts';
import { fanOut } from './fanOut.ts';
import type { SignalName } from './interrupt.ts';
import {
  type CommandIntent,
  type CommandRoom,
  executionBasics,
  followUp,
  launch,
  purposeOf,
  type Under,
  type UnderHooks,
} from './launch.ts';
import { renderStep } from './render.ts';
import { nextCommandNumber } from './runFolder.ts';

export interface CommandDeskOptions extends CommandRoom {
  readonly records: () => readonly JournalRecord[];
  /** A step has ended, on this host. */
  readonly onStepEnded: () => void;
}

export interface CommandDesk {
  /** True from the moment a command is asked for until it is under way. */
  readonly starting: boolean;
  /** Sends a step's command or probe. Answers when it is on its way; on a group, when going over it has begun. */
  start(intent: CommandIntent): Promise<Result<null>>;
  /** Takes the detached commands of a step up again. */
  attach(step: StepId): Promise<Result<null>>;
  /** A host can be reached: what goes on there is taken up again, what has ended there is cleaned up. */
  reached(target: TargetName): void;
  /** Whether a detached command at the host can be taken up again. */
  adrift(target: TargetName): boolean;
  /** Whether a detached command that was sent to the host has no end on record. */
  goesOn(target: TargetName): boolean;
  signal(name: SignalName, target?: TargetName): void;
  input(target: TargetName): PaneInput | null;
  /** Bytes recorded by commands so far, ended ones and those under way. */
  recordedBytes(): number;
  /** No further member of a group is started from here on. */
  halt(): void;
  idle(): Promise<void>;
}

export function createCommandDesk(room: CommandDeskOptions): CommandDesk {
  const under = new Map<TargetName, Under>();
  const attaching = new Set<TargetName>();
  const removed = new Set<string>();
  let starting = false;
  let going: Promise<void> | null = null;
  let halting = false;
  let recorded = 0;

  const hooks: UnderHooks = {
    begun: (begun) => void under.set(begun.target, begun),
    settled: (settled, ending) => {
      if (under.get(settled.target) === settled) under.delete(settled.target);
      recorded += bytesOf(ending);
      room.onStepEnded();
      if (ending.kind === 'ended') void sweep(settled.target);
    },
  };

  function viewNow(step: StepId): StepView | undefined {
    return room.state().steps.find((view) => view.step.id === step);
  }

  async function start(intent: CommandIntent): Promise<Result<null>> {
    if (starting || going !== null) return fail('busy', 'This step is already being started.');
    starting = true;
    try {
      return await startStep(intent);
    } finally {
      starting = false;
    }
  }

  async function startStep(intent: CommandIntent): Promise<Result<null>> {
    const admitted = admitCommand(room.state(), intent, room.when);
    if (!admitted.ok) return admitted;
    const view = admitted.value;
    const number = await nextCommandNumber(room.dir, room.state().starts);
    if (view.members !== undefined) return startGroup(intent, view, number);
    const target = view.step.kind === 'run' && intent.kind === 'probe' ? view.step.probe?.on : onOf(view);
    if (target === undefined) return fail('refused', `${view.step.title} has no command to run.`);
    const launched = await launch(room, { intent, view, target, member: false, number }, hooks);
    return launched.ok ? ok(null) : launched;
  }

  /** What would be refused for each member is refused once, before anybody is gone to. */
  function startGroup(intent: CommandIntent, view: StepView, number: number): Result<null> {
    const rendered = renderStep(view.step, purposeOf({ intent, view }), valuesOf(room.state(), room.plan));
    if (!rendered.ok) return rendered;
    if (intent.kind === 'run') {
      const { text, confirm } = rendered.value;
      if (sha256(text) !== intent.seen) {
        return fail('refused', 'The command has changed since it was shown.', {
          hint: 'Read it again, then run it.',
        });
      }
      if (confirm !== undefined && intent.confirm?.trim() !== confirm)
        return fail('refused', `Type “${confirm}” to run this step.`);
    }
    going = goOver(intent, view, number).finally(() => {
      going = null;
    });
    return ok(null);
  }

  async function goOver(intent: CommandIntent, view: StepView, number: number): Promise<void> {
    const rule = fanOutOf(view.step);
    const begun = new Set<TargetName>();
    const todo = membersToProbe(view);
    const now = () => viewNow(view.step.id) ?? view;
    const halted = (): string | undefined => {
      if (halting) return 'the run was closed here';
      return room.state().stopped === null ? undefined : 'the run was stopped';
    };
    await fanOut({
      next: () =>
        intent.kind === 'run'
          ? nextMembers(now(), rule, halted()).start
          : halted() === undefined
            ? nextProbes(
                now(),
                rule,
                todo.filter((member) => !begun.has(member)),
              ).start
            : [],
      send: async (member) => {
        const sending = { intent, view: now(), target: member, member: true, number };
        const launched = await launch(room, sending, {
          ...hooks,
          begun: (command) => {
            begun.add(member);
            hooks.begun(command);
          },
        }).catch((error: unknown) =>
          fail('internal', error instanceof Error ? error.message : String(error)),
        );
        begun.add(member);
        if (launched.ok) return launched.value.done;
        room.targets.pane(member).notice(`\r\n\x1b[31mNot sent: ${launched.error.message}\x1b[0m\r\n`);
        if (intent.kind === 'probe' || halted() !== undefined || now().interrupted) return;
        const why = `nothing was sent: ${launched.error.message}`;
        await room.serially(() => room.happened([memberNotRun(view.step.id, member, why)]));
      },
    });
    await concludeMembers(view.step.id, nextMembers(now(), rule, halted()).halted);
  }

  /** Ends a step on a group when none of its members runs any more. */
  async function concludeMembers(step: StepId, halted?: string): Promise<void> {
    await room.serially(async () => {
      const view = viewNow(step);
      if (view?.members === undefined || view.status.state !== 'running') return;
      await room.happened(concludeGroup(view, halted));
    });
    room.onStepEnded();
  }

  async function attach(step: StepId): Promise<Result<null>> {
    const admitted = admitAttach(room.state(), { kind: 'attach', step });
    const view = viewNow(step);
    if (!admitted.ok) return admitted;
    if (view === undefined) return fail('not-found', `There is no step ${step} in this runbook.`);
    const results = await Promise.all(admitted.value.map((attempt) => attachOne(view, attempt)));
    // One that was taken up is an answer; the others stay unknown and say why on their own panes.
    return results.find((result) => result.ok) ?? results[0] ?? ok(null);
  }

  async function attachOne(view: StepView, attempt: Attempt): Promise<Result<null>> {
    const { target } = attempt;
    if (attaching.has(target) || under.has(target)) return fail('busy', `${target} is busy with a command.`);
    attaching.add(target);
    try {
      const taken = await takeUp(view, attempt);
      if (!taken.ok)
        room.targets.pane(target).notice(`\r\n\x1b[31mNot taken up: ${taken.error.message}\x1b[0m\r\n`);
      return taken;
    } finally {
      attaching.delete(target);
    }
  }

  async function takeUp(view: StepView, attempt: Attempt): Promise<Result<null>> {
    const { target, n, job } = attempt;
    const step = view.step.id;
    const link = await room.targets.ensure(target);
    if (!link.ok) return link;
    const { identity } = room.state().targets[target] ?? { identity: 'unproven' };
    if (identity === 'unproven' || identity === 'refuted')
      return fail('refused', `${target} has not proven to be the right host.`);
    const start = startOf(room.records(), step, n);
    const rendered = renderStep(view.step, 'run', valuesOf(room.state(), room.plan));
    if (!rendered.ok) return rendered;
    if (start === undefined || job === undefined)
      return fail('corrupt', 'The record of its start does not say how it was started.');
    const pane = room.targets.pane(target);
    const { command, wire, recording, output } = start.d;
    const execution = await executeAttach({
      ...executionBasics(room, view, target, link.value, pane),
      rendered: rendered.value,
      files: { command: command.file, wire: wire.file, recording, stdout: output, stderr: output },
      job,
      attempt: n,
      startedAt: new Date(start.t),
      resume: (fromByte) =>
        room.serially(async () => {
          const record = attachRecord(room.state(), { kind: 'attach', step }, n, fromByte);
          if (!record.ok) return record;
          return room.intend([record.value]);
        }),
    });
    if (!execution.ok) return execution;
    const member = view.members !== undefined;
    const taken = followUp(room, { view, target, member, purpose: 'run' }, execution.value, pane, hooks);
    // Going over the group concludes it while it lasts; afterwards that is ours to do.
    if (member) void taken.done.then(() => (going === null ? concludeMembers(step) : undefined));
    return ok(null);
  }

  /** Removes what ended commands have left on a host. What cannot be removed now is tried at the next contact. */
  async function sweep(target: TargetName): Promise<void> {
    const live = room.targets.live(target);
    if (live === null) return;
    for (const { job, end, target: on } of room.state().steps.flatMap((view) => view.attempts)) {
      if (job === undefined || end === undefined || on !== target || removed.has(job)) continue;
      removed.add(job);
      const gone = await removeDetached(live, job);
      if (!gone.ok) removed.delete(job);
    }
  }

  function open(target: TargetName): readonly { readonly view: StepView; readonly attempt: Attempt }[] {
    return room
      .state()
      .steps.flatMap((view) =>
        attachable(view).flatMap((attempt) => (attempt.target === target ? [{ view, attempt }] : [])),
      );
  }

  return {
    get starting() {
      return starting || going !== null;
    },
    start,
    attach,
    reached(target) {
      for (const { view, attempt } of open(target)) void attachOne(view, attempt);
      void sweep(target);
    },
    adrift: (target) => open(target).length > 0,
    goesOn: (target) =>
      room
        .state()
        .steps.some((view) =>
          view.attempts.some(
            (attempt) =>
              attempt.mode === 'detached' && attempt.target === target && attempt.end === undefined,
          ),
        ),
    signal(name, target) {
      for (const command of under.values()) {
        if (target === undefined || command.target === target) command.execution.signal(name);
      }
    },
    input: (target) => under.get(target)?.execution.input ?? null,
    recordedBytes: () =>
      recorded + [...under.values()].reduce((sum, { execution }) => sum + execution.recordedBytes(), 0),
    halt() {
      halting = true;
    },
    async idle() {
      while (under.size > 0 || going !== null)
        await Promise.all([going, ...[...under.values()].map((command) => command.done)]);
    },
  };
}

function onOf({ step }: StepView): TargetName | undefined {
  return 'on' in step ? step.on : undefined;
}

function startOf(
  records: readonly JournalRecord[],
  step: StepId,
  attempt: number,
): (RecordOf<'step.start'> & { readonly t: string }) | undefined {
  return records.find(
    (record) => record.type === 'step.start' && record.d.step === step && record.d.attempt === attempt,
  ) as (RecordOf<'step.start'> & { readonly t: string }) | undefined;
}

function bytesOf(ending: Ending): number {
  if (ending.kind !== 'ended') return 0;
  return Object.values(ending.outcome.files).reduce((sum, file) => sum + file.bytes, 0);
}
