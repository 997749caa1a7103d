/** A policy as plain sentences: what must be there for a run to start and for its bundle to be complete. Pure. */
import type { Policy } from '../../../electron/contract/plan.ts';
import { t } from '../../i18n/t.ts';

/** In the order in which a run meets them. What the policy does not ask for is not said. */
export function policySentences(policy: Omit<Policy, 'signatures'>): readonly string[] {
  const out: string[] = [];
  if (policy.runbooks === 'signed') out.push(t('policy.runbooks'));
  if ((policy.approvals ?? 0) > 0) out.push(t('policy.approvals', { n: policy.approvals ?? 0 }));
  if (policy.holds === 'signed') out.push(t('policy.holds.signed'));
  if (policy.anchors === 'logger') out.push(t('policy.anchors'));
  if (policy.timestamp === 'required') out.push(t('policy.timestamp'));
  if ((policy.reviews ?? 0) > 0) out.push(t('policy.reviews', { n: policy.reviews ?? 0 }));
  return out;
}
