/** The verdict in one word. Good only when nothing failed, nothing is unknown and somebody outside saw it. Pure. */
import type { Verdict } from '../../../electron/contract/views.ts';

export type Overall = 'fails' | 'doubt' | 'unwitnessed' | 'holds';

export function overallOf(verdict: Verdict): Overall {
  if (verdict.l1 === 'fails' || verdict.l2 === 'fails' || verdict.l3 === 'fails') return 'fails';
  if (verdict.l2 === 'not-checked' || verdict.findings.length > 0) return 'doubt';
  return verdict.l3 === 'none' ? 'unwitnessed' : 'holds';
}

/** Whether its contents may be compared and reported as what happened. */
export function isSound(verdict: Verdict): boolean {
  const overall = overallOf(verdict);
  return overall === 'holds' || overall === 'unwitnessed';
}
