/** The steps of a phase as rows, those of a called runbook under one head that folds. Pure. */
import type { StepId } from '../../../electron/contract/ids.ts';
import type { PartOf } from '../../../electron/contract/runbook.ts';
import { isDone } from '../../../electron/domain/run/evolve.ts';
import type { StepView } from '../../../electron/domain/run/state.ts';

export interface PartRow {
  readonly kind: 'part';
  /** Id of the call step. */
  readonly key: StepId;
  readonly part: PartOf;
  readonly done: number;
  readonly of: number;
  readonly folded: boolean;
  /** The step that has the turn, or the one that is looked at, is in it: it stays open. */
  readonly kept: boolean;
}
export type StepRow = PartRow | { readonly kind: 'step'; readonly view: StepView; readonly within: boolean };

/** `open`: calls that somebody has opened or folded by hand; without one a part is folded when all of it is done. */
export function stepRows(
  views: readonly StepView[],
  keep: readonly (StepId | null)[],
  open: ReadonlyMap<StepId, boolean>,
): readonly StepRow[] {
  const rows: StepRow[] = [];
  for (let at = 0; at < views.length;) {
    const view = views[at];
    const part = view?.step.part;
    if (view === undefined) break;
    if (part === undefined) {
      rows.push({ kind: 'step', view, within: false });
      at += 1;
      continue;
    }
    let end = at;
    while (views[end]?.step.part?.call === part.call) end += 1;
    const own = views.slice(at, end);
    const done = own.filter(({ status }) => isDone(status)).length;
    const kept = own.some(({ step }) => keep.includes(step.id));
    const folded = !kept && !(open.get(part.call) ?? done < own.length);
    rows.push({ kind: 'part', key: part.call, part, done, of: own.length, folded, kept });
    if (!folded) rows.push(...own.map((each): StepRow => ({ kind: 'step', view: each, within: true })));
    at = end;
  }
  return rows;
}
