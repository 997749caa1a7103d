/** Ways into a runbook that several rooms need. */
import type { Phase, Runbook, Step } from '../../contract/runbook.ts';

export interface PlacedStep {
  readonly step: Step;
  readonly phase: Phase;
  /** Position among all steps, from 0. */
  readonly index: number;
}

/** All steps in the order they are done, each with its phase. */
export function stepsOf(runbook: Pick<Runbook, 'phases'>): readonly PlacedStep[] {
  return runbook.phases
    .flatMap((phase) => phase.steps.map((step) => ({ step, phase })))
    .map((placed, index) => ({ ...placed, index }));
}

export function findStep(runbook: Pick<Runbook, 'phases'>, id: string): PlacedStep | undefined {
  return stepsOf(runbook).find(({ step }) => step.id === id);
}
