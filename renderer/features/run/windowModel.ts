/** Where an open run stands to the window of its change. Pure. */
import type { Plan } from '../../../electron/contract/plan.ts';
import type { Runbook } from '../../../electron/contract/runbook.ts';
import { windowAt } from '../../../electron/domain/run/window.ts';

/** How long before its end the operator is told. */
const SOON_MS = 15 * 60_000;

interface WindowedRun {
  readonly snapshot: {
    readonly plan: Pick<Plan, 'rehearsal' | 'window'>;
    readonly runbook: Pick<Runbook, 'rollback'>;
  };
  readonly state: { readonly end: unknown };
}

export type WindowNow =
  | { readonly state: 'quiet' }
  | { readonly state: 'soon'; readonly leftMs: number; readonly to: string }
  /** `rollback`: what is offered first from now on, where the runbook names one. */
  | { readonly state: 'over'; readonly to: string; readonly rollback?: string };

/** `now` in milliseconds since the epoch; `leftMs` is whole minutes, so that it is said once a minute. */
export function windowNow({ snapshot, state }: WindowedRun, now: number): WindowNow {
  const { window } = snapshot.plan;
  const where = windowAt(snapshot.plan, new Date(now));
  if (window === undefined || where === 'none' || state.end !== null) return { state: 'quiet' };
  const { to } = window;
  if (where === 'over') {
    const { rollback } = snapshot.runbook;
    return rollback === undefined ? { state: 'over', to } : { state: 'over', to, rollback };
  }
  const leftMs = Math.ceil((Date.parse(to) - now) / 60_000) * 60_000;
  return leftMs <= SOON_MS ? { state: 'soon', leftMs, to } : { state: 'quiet' };
}
