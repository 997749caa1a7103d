/**
 * What stands behind a hold: the commands that its signers let go out, and whether a command is still the one they
 * signed. Pure; it renders nothing.
 */
import type { StepId, TargetName } from '../../contract/ids.ts';
import type { Step } from '../../contract/steps.ts';
import type { GuardedCommand } from '../../contract/statements.ts';
import { passedBySignature, speaksOf } from './evolveHolds.ts';
import { isDone } from './turn.ts';
import { entriesOf } from './members.ts';
import { refuse, type Refusal } from './refusal.ts';
import type { EvaluateWhen } from './settle.ts';
import type { RunState, StepView } from './state.ts';

/**
 * The steps behind a hold whose commands its signers answer for, in their order: up to the next hold, or up to and with
 * the first that changes something and surely has its turn. Steps that only look, and steps of which it cannot be told
 * yet whether they apply, stand before that one.
 */
export function stepsBehind(state: RunState, hold: StepView, evaluate: EvaluateWhen): readonly StepView[] {
  const behind: StepView[] = [];
  let mayChange = false;
  for (const view of state.steps.slice(hold.index + 1)) {
    const { step } = view;
    if (step.kind === 'hold') break;
    // A hold that is signed anew speaks of what is still to come.
    if (isDone(view.status)) continue;
    if (!SENDS.has(step.kind)) {
      mayChange = true;
      continue;
    }
    const applies = step.when === undefined ? 'yes' : appliesNow(evaluate(step.when, state), mayChange);
    if (applies === 'no') continue;
    behind.push(view);
    if (applies === 'yes' && step.kind !== 'observe' && step.risk !== 'read') break;
  }
  return behind;
}

/** Steps that send a command; at the others people report, decide or wait, or a time is taken. */
const SENDS: ReadonlySet<Step['kind']> = new Set<Step['kind']>(['run', 'observe', 'transfer', 'custodians']);

/** Why a step's own command is sent. */
export function purposeOfStep(kind: Step['kind']): 'run' | 'observe' | 'custodian' {
  if (kind === 'custodians') return 'custodian';
  return kind === 'observe' ? 'observe' : 'run';
}

/** What a person reports or decides before the step's turn can turn its condition round. */
function appliesNow(told: ReturnType<EvaluateWhen>, mayChange: boolean): 'yes' | 'no' | 'open' {
  if (!told.ok || mayChange) return 'open';
  return told.value ? 'yes' : 'no';
}

/** What the statement of a hold says of the commands behind it. */
export interface Bound {
  readonly guards: readonly GuardedCommand[];
  /** Steps whose command cannot be known yet: nothing binds them. */
  readonly unguarded: readonly StepId[];
}

/**
 * What the signers of a hold answer for: the commands behind it, and the steps whose command is not known yet. Whoever
 * asks for signatures and whoever verifies them work it out here, so that nothing is left unbound that was known.
 * `digestOf`: SHA-256 of a step's command as it would be sent now; null when a value is missing.
 */
export function boundBehind(
  state: RunState,
  hold: StepView,
  evaluate: EvaluateWhen,
  digestOf: (view: StepView) => GuardedCommand['commandSha256'] | null,
): Bound {
  const guards: GuardedCommand[] = [];
  const unguarded: StepId[] = [];
  for (const view of stepsBehind(state, hold, evaluate)) {
    const digest = digestOf(view);
    if (digest === null) unguarded.push(view.step.id);
    else guards.push(...guardsOf(view, digest));
  }
  return { guards, unguarded };
}

/** The guards of one step: its command on its host, or on each member of its group that has not passed. */
export function guardsOf(
  view: StepView,
  commandSha256: GuardedCommand['commandSha256'],
): readonly GuardedCommand[] {
  if (!('on' in view.step)) return [];
  const targets: readonly TargetName[] =
    view.members === undefined
      ? [view.step.on]
      : entriesOf(view).flatMap(([name, member]) => (member.state === 'passed' ? [] : [name]));
  return targets.map((target) => ({ step: view.step.id, target, commandSha256 }));
}

/**
 * The refusal of a command that is not the one that was signed for, or whose signatures are too old to open its step;
 * null when it may go out, or when no signed hold says anything about the step.
 */
export function guardBroken(
  state: RunState,
  view: StepView,
  on: TargetName,
  commandSha256: string,
  now: Date,
): Refusal | null {
  const late = openedTooLate(state, view, now);
  if (late !== null) return late;
  const hold = state.steps.slice(0, view.index).findLast((before) => guardsIn(before, view).length > 0);
  if (hold === undefined) return null;
  const guards = guardsIn(hold, view);
  if (guards.some((guard) => guard.target === on && guard.commandSha256 === commandSha256)) return null;
  const other = guards.some((guard) => guard.target === on) ? 'the command' : `the target ${on}`;
  return refuse(
    `${view.step.title}: ${other} is not the one that was signed at “${hold.step.title}”. Those signatures are void.`,
    view.attempts.length === 0
      ? `Ask for the signatures of “${hold.step.title}” again, skip the step with a reason, or abort.`
      : 'Override its outcome with a reason, skip it, start the rollback, or abort.',
  );
}

/** A step that runs already goes on to its other hosts; one that is to be opened needs signatures that are still good. */
function openedTooLate(state: RunState, view: StepView, now: Date): Refusal | null {
  if (view.status.state === 'running') return null;
  const hold = state.steps.slice(0, view.index).findLast((before) => speaksOf(before, view.step.id));
  const expiresAt = hold?.request?.expiresAt;
  if (hold === undefined || expiresAt === undefined || now.getTime() <= Date.parse(expiresAt)) return null;
  return refuse(
    `${view.step.title}: the signatures of “${hold.step.title}” were good until ${expiresAt}.`,
    `Ask for the signatures of “${hold.step.title}” again, skip the step with a reason, or abort.`,
  );
}

/** What a hold that was passed with signatures says of a step. */
function guardsIn(hold: StepView, view: StepView): readonly GuardedCommand[] {
  if (!passedBySignature(hold)) return [];
  return (hold.request?.guards ?? []).filter((guard) => guard.step === view.step.id);
}
