/** Ways into a runbook that several rooms need. */
import type { Phase, Runbook } from '../../contract/runbook.ts';
import type { Step, TransferStep } from '../../contract/steps.ts';

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

/** Whether what comes back from the step's command, or from its twin, is kept nowhere. Its probe is kept. */
export function isWithheld(step: Step): boolean {
  if (step.kind === 'custodians') return true;
  return (step.kind === 'run' || step.kind === 'observe') && step.evidence === 'none';
}

/** What of a transfer step is filled in when it is shown and recorded. */
export interface FilledTransfer {
  readonly path: string;
  readonly from?: string;
  readonly sha256?: string;
}

/**
 * What a transfer does, line by line: shown before Run, its digest is what the operator has seen, kept as the step's
 * command. No shell ever reads it.
 */
export function describeTransfer(
  step: Pick<TransferStep, 'direction' | 'maxBytes'>,
  filled: FilledTransfer,
): string {
  const lines =
    step.direction === 'fetch' ? [`fetch ${filled.path}`] : [`put ${filled.from ?? ''}`, `as ${filled.path}`];
  lines.push(`at most ${String(step.maxBytes)} bytes`);
  if (filled.sha256 !== undefined) lines.push(`sha256 ${filled.sha256}`);
  return `${lines.join('\n')}\n`;
}
