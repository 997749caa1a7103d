/** The trust of this desk as the judge of signatures asks for it, and the keys that are the operator's. */
import type { SigningRole } from '../../contract/people.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { samePrincipal } from '../../domain/run/people.ts';
import type { TrustStore } from '../evidence/trustStore.ts';
import type { TrustOf } from './judge.ts';

/** Judges keys by the trust that the security team handed over, and the desk's own keys. */
export function trustOf(store: Pick<TrustStore, 'judge'>): TrustOf {
  return async (key, role, at) => {
    const judged = await store.judge(key.blob, role, at);
    if (!judged.ok) return judged;
    const { principals, refusals, revoked } = judged.value;
    if (principals.length > 0) return ok(principals);
    return revoked ? refuse(key.fingerprint, 'is revoked') : notListed(key.fingerprint, role, refusals);
  };
}

function notListed(fingerprint: string, role: SigningRole, refusals: readonly string[]): Result<never> {
  return refusals.length === 0
    ? refuse(fingerprint, 'is not known to this desk')
    : refuse(fingerprint, `may not sign as ${role}: ${refusals.join('; ')}`);
}

function refuse(fingerprint: string, why: string): Result<never> {
  return fail('trust', `The key ${fingerprint} ${why}.`, {
    hint: 'Who may sign is for the security team to say, in the trust file of this desk.',
  });
}

/**
 * Fingerprints of every key that is known to be the operator's: the one of this desk, and those the trust lists under
 * the operator's principal.
 */
export async function operatorKeysOf(
  store: Pick<TrustStore, 'view'>,
  own: () => Promise<Result<{ readonly fingerprint: string } | null>>,
  principal: string,
): Promise<readonly string[]> {
  const [view, key] = await Promise.all([store.view(), own()]);
  const listed = view.ok
    ? view.value.signers
        .filter((signer) => signer.principals.some((name) => samePrincipal(name, principal)))
        .map((signer) => signer.fingerprint)
    : [];
  return [...new Set([...listed, ...(key.ok && key.value !== null ? [key.value.fingerprint] : [])])];
}
