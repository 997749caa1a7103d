/**
 * Detached commands of an open run that were started earlier: taken up again when their host can be reached, and what
 * ended ones have left there is removed. It never starts a command.
 */
import type { StepId, TargetName } from '../../contract/ids.ts';
import type { JournalRecord, RecordOf } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { admitAttach, attachable, attachRecord } from '../../domain/run/attach.ts';
import { valuesOf } from '../../domain/run/scope.ts';
import type { Attempt, StepView } from '../../domain/run/state.ts';
import { removeDetached } from '../remote/detached.ts';
import type { PaneInput } from '../terminal/pane.ts';
import { executeAttach } from './detachedExecution.ts';
import { type CommandRoom, followUp, type Under, type UnderHooks } from './followUp.ts';
import { executionBasics } from './launch.ts';
import { notTakenUpText, unsentText } from './paneText.ts';
import { renderStep } from './render.ts';
import { createWaitingKeys, type WaitingKeys } from './waitingKeys.ts';

export interface AttachDeskOptions {
  readonly room: CommandRoom;
  readonly records: () => readonly JournalRecord[];
  readonly hooks: UnderHooks;
  /** Whether a command is under way on the target. */
  readonly busy: (target: TargetName) => boolean;
  /** The command of a group's member has ended that nobody goes over the group for. */
  readonly onMemberDone: (step: StepId) => Promise<void>;
  /** A command could not be taken up: the pane of its target is free again. */
  readonly onReleased: (target: TargetName) => void;
}

export interface AttachDesk {
  /** Takes the detached commands of a step up again. */
  attach(step: StepId): Promise<Result<null>>;
  /** A host can be reached: what goes on there is taken up again, what has ended there is cleaned up. */
  reached(target: TargetName): void;
  /** Whether a detached command at the host can be taken up again. */
  adrift(target: TargetName): boolean;
  /** Whether a detached command that was sent to the host has no end on record. */
  goesOn(target: TargetName): boolean;
  /** Removes what ended commands have left on a host. */
  sweep(target: TargetName): Promise<void>;
  /** While a command is being taken up, what is typed waits for it. */
  input(target: TargetName): PaneInput | null;
}

export function createAttachDesk(options: AttachDeskOptions): AttachDesk {
  const { room, hooks } = options;
  const attaching = new Map<TargetName, WaitingKeys>();
  const removed = new Set<string>();

  async function attach(step: StepId): Promise<Result<null>> {
    const admitted = admitAttach(room.state(), { kind: 'attach', step });
    const view = room.state().steps.find((candidate) => candidate.step.id === step);
    if (!admitted.ok) return admitted;
    if (view === undefined) return fail('not-found', `There is no step ${step} in this runbook.`);
    const results = await Promise.all(admitted.value.map((attempt) => attachOne(view, attempt)));
    // One that was taken up is an answer; the others stay unknown and say why on their own panes.
    return results.find((result) => result.ok) ?? results[0] ?? ok(null);
  }

  async function attachOne(view: StepView, attempt: Attempt): Promise<Result<null>> {
    const { target } = attempt;
    const blocked = room.secrets.blocked();
    if (blocked !== null) {
      room.targets.pane(target).notice(notTakenUpText(blocked.error.message));
      return blocked;
    }
    if (attaching.has(target) || options.busy(target))
      return fail('busy', `${target} is busy with a command.`);
    const keys = createWaitingKeys();
    attaching.set(target, keys);
    const taken = await takeUp(view, attempt).catch((error: unknown) =>
      fail('internal', error instanceof Error ? error.message : String(error)),
    );
    attaching.delete(target);
    if (taken.ok) {
      keys.pourInto(taken.value.execution.input);
      return ok(null);
    }
    const pane = room.targets.pane(target);
    pane.notice(notTakenUpText(taken.error.message));
    if (keys.count() > 0) pane.notice(unsentText(keys.count()));
    options.onReleased(target);
    return taken;
  }

  async function takeUp(view: StepView, attempt: Attempt): Promise<Result<Under>> {
    const { target, n, job } = attempt;
    const step = view.step.id;
    const link = await room.targets.ensure(target);
    if (!link.ok) return link;
    const { identity } = room.state().targets[target] ?? { identity: 'unproven' };
    if (identity === 'unproven' || identity === 'refuted')
      return fail('refused', `${target} has not proven to be the right host.`);
    const start = startOf(options.records(), step, n);
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
    if (member) void taken.done.then(() => options.onMemberDone(step));
    return ok(taken);
  }

  /** What cannot be removed now is tried at the next contact. */
  async function sweep(target: TargetName): Promise<void> {
    const live = room.targets.live(target);
    if (live === null) return;
    for (const { job, end, target: on } of room.state().steps.flatMap((view) => view.attempts)) {
      // Of a job whose end was not seen, what is left on the host is for a person to look at.
      if (job === undefined || end === undefined || end.how === 'lost') continue;
      if (on !== target || removed.has(job)) continue;
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
            ({ mode, target: on, end }) => mode === 'detached' && on === target && end === undefined,
          ),
        ),
    sweep,
    input: (target) => attaching.get(target)?.input ?? null,
  };
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
