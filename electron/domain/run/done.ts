/** What a run has really changed on hosts, in the order it was done: what a roll-back has to take back. Pure. */
import type { TargetName } from '../../contract/ids.ts';
import type { Step } from '../../contract/steps.ts';
import type { RunState, StepView } from './state.ts';

/** A step whose command left for a host. */
export interface DoneStep {
  readonly step: Step;
  /** It passed. Else it may have had its effect in part, or not at all. */
  readonly sure: boolean;
  /** Members of a group that it was sent to, in the order they were begun. */
  readonly members?: readonly TargetName[];
}

/** Steps that were sent to a host, each once, in the order they were done. A twin or a probe changes nothing. */
export function doneSteps(state: RunState): readonly DoneStep[] {
  return state.steps.flatMap((view) => {
    const sent = view.attempts.filter(({ purpose }) => purpose === 'run' || purpose === 'custodian');
    if (sent.length === 0 || !changesHosts(view.step)) return [];
    const sure = view.status.state === 'passed';
    if (view.members === undefined) return [{ step: view.step, sure }];
    return [{ step: view.step, sure, members: begun(view) }];
  });
}

function changesHosts(step: Step): boolean {
  return (
    step.kind === 'run' ||
    step.kind === 'custodians' ||
    (step.kind === 'transfer' && step.direction === 'put')
  );
}

function begun({ attempts }: StepView): readonly TargetName[] {
  const sent = attempts.filter(({ purpose }) => purpose === 'run').map(({ target }) => target);
  return [...new Set(sent)];
}
