/** How a step of custodians stands, and why the next turn cannot begin yet. Pure; what counts is judged by the host. */
import type { CustodiansStep } from '../../../electron/contract/steps.ts';
import { custodiansDone } from '../../../electron/domain/run/evolveTurns.ts';
import { samePerson } from '../../../electron/domain/run/people.ts';
import type { StepView } from '../../../electron/domain/run/state.ts';
import { t } from '../../i18n/t.ts';

export interface CustodiansNow {
  /** Names of those whose turn has passed. */
  readonly done: readonly string[];
  /** All turns that are needed have passed: what is left is the check. */
  readonly complete: boolean;
}

export function custodiansNow(view: StepView, step: CustodiansStep): CustodiansNow {
  const done = custodiansDone(view);
  return { done, complete: done.length >= step.needs };
}

/** Why this person cannot have the next turn; null when they can. */
export function nameProblem(name: string, done: readonly string[], operator: string): string | null {
  const typed = name.trim();
  if (typed === '') return t('custodians.name.missing');
  if (done.some((other) => samePerson(other, typed))) return t('custodians.again', { name: typed });
  return samePerson(operator, typed) ? t('custodians.operator') : null;
}
