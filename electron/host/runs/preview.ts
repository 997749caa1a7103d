/** What Run would send for a step, to the byte, before anything is sent. Pure but for the digest. */
import type { CommandPreview } from '../../contract/views.ts';
import type { StepId, TargetName } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { StepKind } from '../../contract/steps.ts';
import { type CommandIntent, commandOf } from '../../domain/run/commands.ts';
import { valuesOf } from '../../domain/run/scope.ts';
import { entriesOf } from '../../domain/run/members.ts';
import type { Purpose, RunState, StepView } from '../../domain/run/state.ts';
import { describe } from '../../domain/runbook/expectation.ts';
import { sha256 } from '../files/hash.ts';
import { renderStep } from './render.ts';

/** The command with its values filled in now, or why there is none (yet). */
export function previewStep(
  state: RunState,
  plan: Plan,
  id: StepId,
  addressOf: (target: TargetName) => string,
  of: CommandIntent['kind'] = 'run',
): Result<CommandPreview> {
  const view = state.steps.find((candidate) => candidate.step.id === id);
  const purpose = of !== 'run' ? of : purposeOfKind(view?.step.kind);
  const command = view === undefined ? null : commandOf(view.step, purpose);
  if (view === undefined || command === null) return fail('not-found', 'This step has no command.');
  const values = valuesOf(state, plan);
  const members = view.members === undefined ? [] : nextRound(view);
  const rendered = renderStep(view.step, purpose, values);
  if (!rendered.ok) return rendered;
  const { text, marks, expect, confirm, fed, withheld } = rendered.value;
  return ok({
    step: id,
    target: command.on,
    address: addressOf(command.on),
    ...(view.members === undefined
      ? {}
      : { members: members.map((target) => ({ target, address: addressOf(target) })) }),
    command: text,
    bytes: Buffer.byteLength(text),
    sha256: sha256(text),
    values: marks as CommandPreview['values'],
    expect: describe(expect, values),
    ...(fed === undefined || fed.length === 0 ? {} : { fed }),
    ...(withheld === true ? { withheld } : {}),
    ...(confirm === undefined ? {} : { confirm }),
  });
}

/** A step of custodians is sent for one of them at a time. */
function purposeOfKind(kind: StepKind | undefined): Purpose {
  if (kind === 'custodians') return 'custodian';
  return kind === 'observe' ? 'observe' : 'run';
}

/** The members that sending the step now would go to, in their order: those that have not passed. */
function nextRound(view: StepView): readonly TargetName[] {
  return entriesOf(view).flatMap(([name, { state }]) => (state === 'waiting' ? [name] : []));
}
