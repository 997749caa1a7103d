/** The trust of this desk for people to read: what each line says, and why it does not count where it does not. */
import type { SigningRole, TrustedSigner, TrustView } from '../../contract/people.ts';
import { signingRoles } from '../../contract/people.ts';
import { ok, type Result } from '../../contract/result.ts';
import { namespaceOf } from '../../domain/evidence/names.ts';
import type { AllowedSigner } from '../../domain/signatures/allowedSigners.ts';
import { fingerprintOf, parsePublicKey } from '../../domain/signatures/keys.ts';
import { parseAuthorities } from '../../domain/timestamps/authorities.ts';
import { nameText } from '../../domain/timestamps/certificate.ts';
import { sha256 } from '../files/hash.ts';
import { nodeCrypto } from './nodeCrypto.ts';

/** The lines of a list, judged at a time. `revoked`: fingerprints. */
export function signersOf(
  signers: readonly AllowedSigner[],
  revoked: ReadonlySet<string>,
  at: Date,
): readonly TrustedSigner[] {
  return signers.map((signer) => {
    const { line, principals, keyType, validAfter, validBefore } = signer;
    const fingerprint = fingerprintOf(nodeCrypto, signer.blob);
    const isRevoked = revoked.has(fingerprint);
    const problem = isRevoked ? 'its key is revoked' : problemOf(signer, at);
    return {
      line,
      principals,
      roles: rolesOf(signer),
      keyType,
      fingerprint,
      ...(validAfter === undefined ? {} : { validAfter: validAfter.toISOString() }),
      ...(validBefore === undefined ? {} : { validBefore: validBefore.toISOString() }),
      revoked: isRevoked,
      ...(problem === null ? {} : { problem }),
    };
  });
}

function rolesOf({ namespaces }: AllowedSigner): readonly SigningRole[] {
  return signingRoles.filter((role) => namespaces?.includes(namespaceOf(role)) === true);
}

function problemOf(signer: AllowedSigner, at: Date): string | null {
  const { principals, namespaces, validAfter, validBefore } = signer;
  if (signer.certAuthority) return 'certificate authorities are not supported';
  if (principals.some((name) => /[*?!]/.test(name))) return 'a wildcard principal could be anybody';
  if (namespaces === undefined) return 'it names no namespaces: the key could sign in any role';
  if (rolesOf(signer).length === 0) return 'it is for no role of Holdpoint';
  if (validAfter !== undefined && at < validAfter) return 'it is not valid yet';
  if (validBefore !== undefined && at > validBefore) return 'it is no longer valid';
  const key = parsePublicKey(nodeCrypto, signer.blob);
  return key.ok ? null : key.error.message;
}

/** The certificates in a PEM file that are authorities. */
export function authoritiesOf(pem: string): Result<TrustView['authorities'], string> {
  const certificates = parseAuthorities(pem);
  if (!certificates.ok) return certificates;
  return ok(
    certificates.value
      .filter((one) => one.isAuthority)
      .map(({ subject, notAfter, whole }) => ({
        subject: nameText(subject),
        notAfter: notAfter.toISOString(),
        sha256: sha256(whole),
      })),
  );
}
