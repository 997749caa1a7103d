/** What a run has to satisfy: the stricter of what the site and the runbook ask for. Pure; it judges no run. */
import type { Policy } from '../../contract/plan.ts';
import type { RunbookPolicy } from '../../contract/runbook.ts';

type Asked = Omit<Policy, 'signatures'> | RunbookPolicy;

/**
 * The policy of a run. Rehearsals follow it only where the site says so; `signatures` is always both. What asks for
 * nothing is left out, so that equal policies have equal bytes.
 */
export function effectivePolicy(
  site: Omit<Policy, 'signatures'>,
  runbook: RunbookPolicy | undefined,
  run: { readonly rehearsal: boolean; readonly inRehearsals: boolean },
): Policy {
  const signatures: Policy['signatures'] = ['seal', 'operator'];
  if (run.rehearsal && !run.inRehearsals) return { signatures };
  return stricter({ signatures, ...site }, runbook ?? {});
}

/** The stricter of both, field by field. */
export function stricter(policy: Policy, other: Asked): Policy {
  const approvals = Math.max(policy.approvals ?? 0, other.approvals ?? 0);
  const runbooks = policy.runbooks ?? ('runbooks' in other ? other.runbooks : undefined);
  const reviews = Math.max(policy.reviews ?? 0, other.reviews ?? 0);
  return {
    signatures: policy.signatures,
    ...(approvals === 0 ? {} : { approvals }),
    ...(policy.holds === 'signed' || other.holds === 'signed' ? { holds: 'signed' as const } : {}),
    ...(reviews === 0 ? {} : { reviews }),
    ...(policy.timestamp === 'required' || other.timestamp === 'required'
      ? { timestamp: 'required' as const }
      : {}),
    ...(policy.anchors === 'logger' || other.anchors === 'logger' ? { anchors: 'logger' as const } : {}),
    ...(runbooks === undefined ? {} : { runbooks }),
  };
}

/** Whether a policy asks for everything that another one asks for. */
export function covers(policy: Policy, asked: Policy): boolean {
  const both = stricter(policy, asked);
  const own = stricter(policy, {});
  return JSON.stringify(both) === JSON.stringify(own);
}
