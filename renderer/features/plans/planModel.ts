/** The plans that wait, in the order somebody has to look at them, and what keeps one from starting. Pure. */
import type { PreparedPlan } from '../../../electron/contract/people.ts';
import type { Plan } from '../../../electron/contract/plan.ts';
import { stamp, wordSpan } from '../../format/time.ts';
import { t } from '../../i18n/t.ts';

/** How a plan stands at `now` (ms since the epoch): the host says it, and time goes on here meanwhile. */
export function standingOf(plan: PreparedPlan, now: number): PreparedPlan['state'] {
  return Date.parse(plan.expiresAt) <= now ? 'expired' : plan.state;
}

/** Approved ones first (somebody waits for them), then those that wait, soonest expiry first; expired ones last. */
export function planRows(plans: readonly PreparedPlan[], now: number): readonly PreparedPlan[] {
  const order = { approved: 0, waiting: 1, expired: 2 } as const;
  return [...plans].sort(
    (a, b) => order[standingOf(a, now)] - order[standingOf(b, now)] || a.expiresAt.localeCompare(b.expiresAt),
  );
}

/** Why its window keeps it from starting at `now`; empty when it does not. The host refuses it then in any case. */
export function windowBarred(plan: Pick<Plan, 'rehearsal' | 'window'> | undefined, now: number): string {
  if (plan?.window === undefined || plan.rehearsal) return '';
  const { from, to } = plan.window;
  const left = Date.parse(from) - now;
  if (left > 0) return t('plans.barred.early', { span: wordSpan(left), at: stamp(from) });
  return Date.parse(to) <= now ? t('plans.barred.late') : '';
}

/** Why it cannot start now; empty when it can. `secrets`: what was typed for each. */
export function startBarred(
  plan: PreparedPlan,
  secrets: Readonly<Record<string, string>>,
  now: number,
): string {
  switch (standingOf(plan, now)) {
    case 'expired':
      return t('plans.barred.expired');
    case 'waiting':
      return t('plans.barred.waiting', { n: Math.max(1, plan.needed - plan.approvals.length) });
    case 'approved': {
      const missing = plan.secrets.filter((name) => (secrets[name] ?? '') === '');
      return missing.length === 0 ? '' : t('plans.barred.secrets', { names: missing.join(', ') });
    }
  }
}
