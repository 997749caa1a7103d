/** Which product commands that nobody has confirmed a run would come to, as far as that can be told before it starts. Pure. */
import type { Runbook } from '../../contract/runbook.ts';
import type { Step } from '../../contract/steps.ts';
import { conditionRefs, evaluateCondition } from './condition.ts';
import { stepsOf } from './describe.ts';

interface Chosen {
  readonly parameters: Readonly<Record<string, string>>;
  readonly variants: Readonly<Record<string, string>>;
}

/** Steps whose product command is open and whose condition does not rule them out with these choices. */
export function openVendorSteps(runbook: Runbook, chosen: Chosen): readonly Step[] {
  return stepsOf(runbook)
    .map(({ step }) => step)
    .filter((step) => step.vendorConfirm !== undefined && step.vendorConfirm.filled === undefined)
    .filter((step) => step.when === undefined || !ruledOut(step.when, chosen));
}

/** Only a condition that is false whatever the run finds out rules a step out. */
function ruledOut(when: string, { parameters, variants }: Chosen): boolean {
  const refs = conditionRefs(when);
  if (!refs.ok) return false;
  const scope = { param: parameters, variant: variants, capture: {}, choice: {}, step: {} };
  // A part that cannot be told yet is an error; `false && …` is false all the same (CEL, logical operators).
  const value = evaluateCondition(when, scope);
  return value.ok && !value.value;
}
