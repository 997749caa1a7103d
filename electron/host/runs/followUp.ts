/**
 * What follows a command that is under way: whoever needs to know is told, and its outcome goes on record and on the
 * screen. Of a command that could not be followed to its end nothing is claimed.
 */
import type { StepId, TargetName } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import type { RecordBody } from '../../contract/records.ts';
import { type Failure, ok, type Result } from '../../contract/result.ts';
import type { PreparedCommand } from '../../domain/run/commands.ts';
import { type CommandOutcome, conclude, concludeContact, concludeMember } from '../../domain/run/conclude.ts';
import type { EvaluateWhen } from '../../domain/run/settle.ts';
import type { RunState, StepView } from '../../domain/run/state.ts';
import type { Clock } from '../ports.ts';
import type { RunSecrets } from '../secrets/runSecrets.ts';
import type { Pane } from '../terminal/pane.ts';
import type { Ending, Execution } from './execution.ts';
import { resultLines, type Standing, unsentText } from './paneText.ts';
import type { Targets } from './targets.ts';

/** What commands need of the run they belong to. */
export interface CommandRoom {
  readonly dir: string;
  readonly plan: Plan;
  readonly clock: Clock;
  readonly when: EvaluateWhen;
  readonly targets: Targets;
  readonly secrets: RunSecrets;
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

export type Purpose = PreparedCommand['purpose'];

/** Which command it is that was sent. */
export interface Sent {
  readonly view: StepView;
  readonly target: TargetName;
  /** Whether `target` is a member of the step's group. */
  readonly member: boolean;
  readonly purpose: Purpose;
}

/** Registers a command that has begun, and sees to its outcome. */
export function followUp(
  room: CommandRoom,
  what: Sent,
  execution: Execution,
  pane: Pane,
  hooks: UnderHooks,
): Under {
  const work = async (): Promise<void> => {
    const ending = await execution.ending.catch((error: unknown) => unseen(what, execution.attempt, error));
    await conclusion(room, what, execution, ending, pane);
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

/** Puts the outcome on record and on the screen. */
async function conclusion(
  room: CommandRoom,
  { view, target, member }: Omit<Sent, 'purpose'>,
  { attempt, unsent }: Pick<Execution, 'attempt' | 'unsent'>,
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
  const missed = unsent?.() ?? 0;
  if (missed > 0) pane.notice(unsentText(missed));
}

/** The ending of a command that this app could not follow to its end: nothing is claimed of it. */
function unseen({ view, purpose }: Pick<Sent, 'view' | 'purpose'>, attempt: number, error: unknown): Ending {
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
