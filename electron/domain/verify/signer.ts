/** One signature file over one message, judged by the given trust: does it hold, and who may have made it. */
import type { SigningRole } from '../../contract/people.ts';
import { namespaceOf } from '../evidence/names.ts';
import { standingOf } from '../signatures/allowedSigners.ts';
import type { SignatureCrypto } from '../signatures/crypto.ts';
import { decodeSignature, verifySignature } from '../signatures/sshsig.ts';
import type { ReadTrust } from './trust.ts';

export interface SignerSeen {
  readonly blob: Uint8Array;
  readonly fingerprint: string;
  readonly keyType: string;
  /** Everybody this key may sign as in this role; empty when the signature does not count. */
  readonly principals: readonly string[];
  /** Why it does not count, although it holds. */
  readonly refused?: { readonly why: 'revoked' | 'untrusted'; readonly message: string };
}

export type SignatureOutcome =
  | { readonly holds: true; readonly signer: SignerSeen }
  | { readonly holds: false; readonly why: 'format' | 'mismatch'; readonly message: string };

/** Checks format, namespace, bytes, revocation and standing, in this order. */
export async function judgeSignature(
  crypto: SignatureCrypto,
  trust: ReadTrust,
  role: SigningRole,
  file: Uint8Array,
  message: Uint8Array,
): Promise<SignatureOutcome> {
  const decoded = decodeSignature(crypto, file);
  if (!decoded.ok) return { holds: false, why: 'format', message: decoded.error.message };
  const { key } = decoded.value;
  const namespace = namespaceOf(role);
  const holds = await verifySignature(crypto, decoded.value, namespace, message);
  if (!holds.ok) return { holds: false, why: 'mismatch', message: holds.error.message };
  const seen = { blob: key.blob, fingerprint: key.fingerprint, keyType: key.type };
  if (trust.revoked.has(key.fingerprint)) {
    const refused = { why: 'revoked', message: `the key ${key.fingerprint} is revoked` } as const;
    return { holds: true, signer: { ...seen, principals: [], refused } };
  }
  const { principals, refusals } = standingOf(trust.signers, key.blob, namespace, trust.at);
  if (principals.length > 0) return { holds: true, signer: { ...seen, principals } };
  const why = refusals.length === 0 ? 'it is not listed' : refusals.join('; ');
  const message_ = `the key ${key.fingerprint} does not count as ${role}: ${why}`;
  return {
    holds: true,
    signer: { ...seen, principals: [], refused: { why: 'untrusted', message: message_ } },
  };
}
