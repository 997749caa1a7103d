/**
 * The commands of an open run: the one step's command that is under way, on one host or on the members of a group, and
 * detached commands that are taken up again. It starts nothing that the domain has not admitted.
 */
import type { StepId, TargetName } from '../../contract/ids.ts';
import type { IntentOf } from '../../contract/intents.ts';
import type { JournalRecord } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { admitCommand, type CommandIntent, commandOf } from '../../domain/run/commands.ts';
import { memberNotRun } from '../../domain/run/conclude.ts';
import {
  concludeGroup,
  fanOutOf,
  membersByState,
  membersToProbe,
  nextMembers,
  nextProbes,
} from '../../domain/run/group.ts';
import { guardBroken } from '../../domain/run/holdGuards.ts';
import { valuesOf } from '../../domain/run/scope.ts';
import type { StepView } from '../../domain/run/state.ts';
import { sha256 } from '../files/hash.ts';
import type { PaneInput } from '../terminal/pane.ts';
import { type AttachDesk, createAttachDesk } from './attachDesk.ts';
import type { Ending } from './execution.ts';
import { fanOut } from './fanOut.ts';
import type { SignalName } from './interrupt.ts';
import type { CommandRoom, Under, UnderHooks } from './followUp.ts';
import type { LiveLink } from './link.ts';
import { launch, purposeOf } from './launch.ts';
import { renderStep } from './render.ts';
import { nextCommandNumber } from './runFolder.ts';

type GroupIntent = IntentOf<'run'> | IntentOf<'probe'>;

export interface CommandDeskOptions extends CommandRoom {
  readonly records: () => readonly JournalRecord[];
  /** A step has ended, on this host. */
  readonly onStepEnded: () => void;
  /** No command has the pane of the target any more. */
  readonly onReleased: (target: TargetName) => void;
}

export interface CommandDesk extends Pick<AttachDesk, 'attach' | 'reached' | 'adrift' | 'goesOn'> {
  /** True from the moment a command is asked for until it is under way. */
  readonly starting: boolean;
  /** Sends a step's command or probe. Answers when it is on its way; on a group, when going over it has begun. */
  start(intent: CommandIntent): Promise<Result<null>>;
  signal(name: SignalName, target?: TargetName): void;
  /** Input of the command that has the target's pane: under way, or being taken up again. */
  input(target: TargetName): PaneInput | null;
  /** Bytes recorded by commands so far, ended ones and those under way. */
  recordedBytes(): number;
  /** No further member of a group is started from here on. */
  halt(): void;
  /** Gives up on what is under way here, so that nothing we do to its host counts as how it ended. */
  hangUp(): void;
  idle(): Promise<void>;
}

export function createCommandDesk(room: CommandDeskOptions): CommandDesk {
  const under = new Map<TargetName, Under>();
  /** The link each command was sent or followed over. */
  const links = new Map<TargetName, LiveLink | null>();
  let starting = false;
  let going: Promise<void> | null = null;
  let halting = false;
  let recorded = 0;

  const hooks: UnderHooks = {
    begun: (begun) => {
      under.set(begun.target, begun);
      links.set(begun.target, room.targets.live(begun.target));
    },
    settled: (settled, ending) => {
      if (under.get(settled.target) === settled) under.delete(settled.target);
      recorded += bytesOf(ending);
      room.onStepEnded();
      if (ending.kind === 'ended') void jobs.sweep(settled.target);
      else if (isNewLink(settled.target)) jobs.reached(settled.target);
      room.onReleased(settled.target);
    },
  };

  const jobs = createAttachDesk({
    room,
    records: room.records,
    hooks,
    busy: (target) => under.has(target),
    // Going over the group concludes it while it lasts; afterwards that is ours to do.
    onMemberDone: (step) => (going === null ? concludeMembers(step) : Promise.resolve()),
    onReleased: room.onReleased,
  });

  /** The host was connected again before its command was known to have lost contact. */
  function isNewLink(target: TargetName): boolean {
    const live = room.targets.live(target);
    return live !== null && live !== links.get(target);
  }

  function viewNow(step: StepId): StepView | undefined {
    return room.state().steps.find((view) => view.step.id === step);
  }

  /** Number of the command that was sent last by this app; what an earlier life of it left is read from the folder. */
  let last: number | null = null;

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
    const { starts } = room.state();
    const number = last === null ? await nextCommandNumber(room.dir, starts) : Math.max(last, starts) + 1;
    last = number;
    if (view.members !== undefined) {
      return intent.kind === 'run' || intent.kind === 'probe'
        ? startGroup(intent, view, number)
        : fail('refused', `${view.step.title} runs on a group: it has nothing to try or to take turns at.`);
    }
    const target = commandOf(view.step, purposeOf({ intent, view }))?.on;
    if (target === undefined) return fail('refused', `${view.step.title} has no command to run.`);
    const launched = await launch(room, { intent, view, target, member: false, number }, hooks);
    return launched.ok ? ok(null) : launched;
  }

  /** What would be refused for each member is refused once, before anybody is gone to. */
  function startGroup(intent: GroupIntent, view: StepView, number: number): Result<null> {
    const rendered = renderStep(view.step, purposeOf({ intent, view }), valuesOf(room.state(), room.plan));
    if (!rendered.ok) return rendered;
    if (intent.kind === 'run') {
      const { text, confirm } = rendered.value;
      if (sha256(text) !== intent.seen) {
        return fail('refused', 'The command has changed since it was shown.', {
          hint: 'Read it again, then run it.',
        });
      }
      const broken = membersToStart(view)
        .map((member) => guardBroken(room.state(), view, member, sha256(text), room.clock.now()))
        .find((refusal) => refusal !== null);
      if (broken !== undefined) return broken;
      if (confirm !== undefined && intent.confirm?.trim() !== confirm)
        return fail('refused', `Type “${confirm}” to run this step.`);
    }
    going = goOver(intent, view, number).finally(() => {
      going = null;
    });
    return ok(null);
  }

  async function goOver(intent: GroupIntent, view: StepView, number: number): Promise<void> {
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

  return {
    get starting() {
      return starting || going !== null;
    },
    start,
    attach: (step) => jobs.attach(step),
    reached: (target) => {
      jobs.reached(target);
    },
    adrift: (target) => jobs.adrift(target),
    goesOn: (target) => jobs.goesOn(target),
    signal(name, target) {
      for (const command of under.values()) {
        if (target === undefined || command.target === target) command.execution.signal(name);
      }
    },
    input: (target) => under.get(target)?.execution.input ?? jobs.input(target),
    recordedBytes: () =>
      recorded + [...under.values()].reduce((sum, { execution }) => sum + execution.recordedBytes(), 0),
    halt() {
      halting = true;
    },
    hangUp() {
      for (const command of under.values()) command.execution.hangUp?.();
    },
    async idle() {
      while (under.size > 0 || going !== null)
        await Promise.all([going, ...[...under.values()].map((command) => command.done)]);
    },
  };
}

/** The members that sending the step now goes to. */
function membersToStart(view: StepView): readonly TargetName[] {
  return membersByState(view).waiting;
}

function bytesOf(ending: Ending): number {
  if (ending.kind !== 'ended') return 0;
  return Object.values(ending.outcome.files).reduce((sum, file) => sum + file.bytes, 0);
}
