/** The signatures of a hold as places that are taken or open, and what still keeps it from being passed. Pure. */
import type { Role } from '../../../electron/contract/runbook.ts';
import type { HoldStep } from '../../../electron/contract/steps.ts';
import { counting, neededBy } from '../../../electron/domain/run/holdSignatures.ts';
import type { HoldSignature, RunState, StepView } from '../../../electron/domain/run/state.ts';
import { roleWords } from '../../format/describe.ts';
import { t } from '../../i18n/t.ts';

export interface HoldSlot {
  readonly role: Role;
  readonly given: HoldSignature | null;
}

/** One place for each role that the hold lists, in its order, filled with the signatures that count. */
export function holdSlots(state: RunState, view: StepView, step: HoldStep): readonly HoldSlot[] {
  // Which keys are the operator's own is known to the host alone; it refuses them when they are given.
  const free =
    view.request === undefined ? [] : [...counting(state, step, view.request, { operatorKeys: [] })];
  return step.signers.map((role) => {
    const at = free.findIndex((each) => each.role === role);
    return { role, given: at === -1 ? null : (free.splice(at, 1)[0] ?? null) };
  });
}

/** Why the hold cannot be passed now; empty when only its word is missing or nothing is. `now` in ms since the epoch. */
export function holdBarred(view: StepView, step: HoldStep, slots: readonly HoldSlot[], now: number): string {
  const { request } = view;
  if (request === undefined) return t('hold.signed.unasked');
  if (Date.parse(request.expiresAt) <= now) return t('hold.signed.expired');
  const missing = neededBy(step) - slots.filter((slot) => slot.given !== null).length;
  if (missing <= 0) return '';
  const open = slots.filter((slot) => slot.given === null).map((slot) => t(roleWords[slot.role]));
  const any = open.length - missing;
  return t('hold.signed.missing', { n: missing, any, roles: [...new Set(open)].join(', ') });
}
