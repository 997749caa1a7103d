/** What a runbook does, in a few facts: where the way back ends, what it calls, what was changed for this site. Pure. */
import type { LibraryEntry } from '../../../electron/contract/views.ts';
import type { Diagnostic, PartOf, Runbook } from '../../../electron/contract/runbook.ts';
import type { Step } from '../../../electron/contract/steps.ts';

export interface NumberedStep {
  readonly n: number;
  readonly step: Step;
}

export function numbered(runbook: Runbook): readonly NumberedStep[] {
  return runbook.phases.flatMap((phase) => phase.steps).map((step, index) => ({ n: index + 1, step }));
}

/** The holds after which there is no way back. */
export function noReturns(runbook: Runbook): readonly NumberedStep[] {
  return numbered(runbook).filter(({ step }) => step.kind === 'hold' && step.hold === 'point-of-no-return');
}

/** The runbooks it calls, in their order, each call once with how many steps it brought. */
export function partsOf(runbook: Runbook): readonly { readonly part: PartOf; readonly steps: number }[] {
  const parts = new Map<string, { part: PartOf; steps: number }>();
  for (const { step } of numbered(runbook)) {
    if (step.part === undefined) continue;
    const known = parts.get(step.part.call) ?? { part: step.part, steps: 0 };
    parts.set(step.part.call, { part: known.part, steps: known.steps + 1 });
  }
  return [...parts.values()];
}

/** How many steps have a command that takes them back, of those that change something. */
export function undoable(runbook: Runbook): { readonly of: number; readonly with: number } {
  const changing = numbered(runbook).filter(({ step }) => step.kind === 'run' && step.risk !== 'read');
  return {
    of: changing.length,
    with: changing.filter(({ step }) => step.kind === 'run' && step.undo !== undefined).length,
  };
}

/** Steps whose product command nobody has given. */
export function openSteps(entry: LibraryEntry): readonly NumberedStep[] {
  return numbered(entry.runbook).filter(({ step }) => entry.vendorOpen.includes(step.id));
}

/** What was found on reading and by the linter, each thing once, errors first. */
export function allFindings(
  read: readonly Diagnostic[],
  linted: readonly Diagnostic[],
): readonly Diagnostic[] {
  const key = ({ rule, message }: Diagnostic): string => `${rule} ${message}`;
  const seen = new Set(read.map(key));
  const all = [...read, ...linted.filter((each) => !seen.has(key(each)))];
  return [
    ...all.filter(({ severity }) => severity === 'error'),
    ...all.filter(({ severity }) => severity === 'warning'),
  ];
}
