/** The facts of a run that conditions (`when`) and templates may refer to. */
import type { Plan } from '../../contract/plan.ts';
import type { RunState } from './state.ts';

export interface Scope {
  readonly variant: Readonly<Record<string, string>>;
  readonly param: Readonly<Record<string, string>>;
  readonly capture: Readonly<Record<string, string>>;
  readonly choice: Readonly<Record<string, string>>;
  readonly step: Readonly<Record<string, { readonly state: string }>>;
}

/** Scope for conditions. */
export function scopeOf(state: RunState, plan: Pick<Plan, 'parameters' | 'variants'>): Scope {
  const choices = state.steps.flatMap((view) =>
    view.step.kind === 'decide' && view.status.state === 'decided'
      ? [[view.step.capture, view.status.choice] as const]
      : [],
  );
  return {
    variant: plan.variants,
    param: plan.parameters,
    capture: state.captures,
    choice: Object.fromEntries(choices),
    step: Object.fromEntries(state.steps.map((view) => [view.step.id, { state: view.status.state }])),
  };
}

/** What `${name}` may stand for: parameters and variants of the plan, then what was captured and chosen. */
export function valuesOf(
  state: RunState,
  plan: Pick<Plan, 'parameters' | 'variants'>,
): Readonly<Record<string, string>> {
  return { ...plan.variants, ...plan.parameters, ...state.captures, ...scopeOf(state, plan).choice };
}
