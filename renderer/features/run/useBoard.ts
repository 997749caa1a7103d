/** The rows of the group a step runs on, worked out again only when the run has moved. */
import { useMemo } from 'react';
import type { StepView } from '../../../electron/domain/run/state.ts';
import type { OpenRun } from '../../state/run.ts';
import { memberRows, type MemberRow } from './memberRows.ts';
import { membersOf } from './model.ts';

/** Null when the step does not run on a group. */
export function useBoard(run: OpenRun, view: StepView): readonly MemberRow[] | null {
  const { state, links, snapshot } = run;
  return useMemo(() => {
    const members = membersOf(state, view);
    return members === null ? null : memberRows(view, members, state.targets, snapshot.plan, links);
  }, [state, links, snapshot, view]);
}
