/**
 * What stands behind a hold: the commands that its signers let go out, and whether a command is still the one they
 * signed. Pure; it renders nothing.
 */
import type { TargetName } from '../../contract/ids.ts';
import type { GuardedCommand } from '../../contract/statements.ts';
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
    if (step.kind === 'attest' || step.kind === 'decide') {
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

/** What a person reports or decides before the step's turn can turn its condition round. */
function appliesNow(told: ReturnType<EvaluateWhen>, mayChange: boolean): 'yes' | 'no' | 'open' {
  if (!told.ok || mayChange) return 'open';
  return told.value ? 'yes' : 'no';
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
 * The refusal of a command that is not the one that was signed for; null when it is, or when no signed hold says
 * anything about the step.
 */
export function guardBroken(
  state: RunState,
  view: StepView,
  on: TargetName,
  commandSha256: string,
): Refusal | null {
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

/** What a hold that was passed with signatures says of a step. */
function guardsIn(hold: StepView, view: StepView): readonly GuardedCommand[] {
  if (hold.status.state !== 'held' || !hold.status.signers.some(({ basis }) => basis === 'signed')) return [];
  return (hold.request?.guards ?? []).filter((guard) => guard.step === view.step.id);
}
