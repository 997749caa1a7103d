/** Whether there is anything to roll back to: the rollback that the runbook names, or undo commands of what was done. Pure. */
import { doneSteps } from '../../../electron/domain/run/done.ts';
import type { RunState } from '../../../electron/domain/run/state.ts';
import { planUndo } from '../../../electron/domain/runbook/rollbackPlan.ts';

export function canRollBack(state: RunState): boolean {
  return state.runbook.rollback !== undefined || planUndo(state.groups, doneSteps(state)).undo.length > 0;
}
