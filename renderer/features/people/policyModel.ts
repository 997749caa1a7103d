/** The site's policy as it is edited. What asks for nothing is left out, so that equal policies are equal. Pure. */
import type { Settings } from '../../../electron/contract/settings.ts';
import { t } from '../../i18n/t.ts';

type SitePolicy = Settings['policy'];

/** The policy with some of its demands changed; `undefined` and 0 take a demand away. */
export function policyWith(
  policy: SitePolicy,
  change: { readonly [K in keyof SitePolicy]?: SitePolicy[K] | undefined },
): SitePolicy {
  const all = { ...policy, ...change };
  return {
    ...((all.approvals ?? 0) > 0 ? { approvals: all.approvals ?? 0 } : {}),
    ...(all.holds === 'signed' ? { holds: 'signed' as const } : {}),
    ...((all.reviews ?? 0) > 0 ? { reviews: all.reviews ?? 0 } : {}),
    ...(all.timestamp === 'required' ? { timestamp: 'required' as const } : {}),
    ...(all.anchors === 'logger' ? { anchors: 'logger' as const } : {}),
    ...(all.runbooks === 'signed' ? { runbooks: 'signed' as const } : {}),
  };
}

const hours = [1, 4, 8, 12, 24, 48, 72, 24 * 7, 24 * 14, 24 * 31] as const;

/** The listed spans and the one that is set, in order. */
export function requestHourChoices(own: number): readonly number[] {
  return [...new Set([...hours, own])].sort((a, b) => a - b);
}

export function hoursText(n: number): string {
  return n % 24 === 0 && n > 24 ? t('policy.days', { n: n / 24 }) : t('policy.hours', { n });
}
