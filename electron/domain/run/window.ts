/** The window of a change: whether a moment lies in it, and the record of a command that is started outside it. */
import type { StepId } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import type { RecordBody } from '../../contract/records.ts';

type Windowed = Pick<Plan, 'rehearsal' | 'window'>;

/** Where a moment stands to the window of a plan. A rehearsal may be held at any time; it has none. */
export function windowAt({ rehearsal, window }: Windowed, at: Date): 'none' | 'before' | 'open' | 'over' {
  if (rehearsal || window === undefined) return 'none';
  if (at.getTime() < Date.parse(window.from)) return 'before';
  return at.getTime() > Date.parse(window.to) ? 'over' : 'open';
}

/** What goes on record together with the start of a command: a deviation when it is outside the window. */
export function windowRecords(plan: Windowed, step: StepId, at: Date): readonly RecordBody[] {
  const where = windowAt(plan, at);
  if (plan.window === undefined || where === 'none' || where === 'open') return [];
  const { from, to } = plan.window;
  return [{ type: 'window.outside', d: { step, from, to } }];
}
