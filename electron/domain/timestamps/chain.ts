/**
 * The path from a signer's certificate to an authority that the site trusts (RFC 5280 section 6, as far as it matters
 * here), judged at the time of the token. Only what came out of band is an anchor; what the token carries is a hint.
 */
import { ok, type Result } from '../../contract/result.ts';
import { type Certificate, KEY_USAGE, nameText, sameCertificate } from './certificate.ts';
import { problem, type TimestampProblem } from './problems.ts';
import { checkSignature, sameDer } from './signatureCheck.ts';
import type { Subtle } from './subtle.ts';

export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const ANY_PURPOSE = '2.5.29.37.0';
const MAX_DEPTH = 6;
/** Signatures that are checked for one token: bounds the work that a hostile one can cause. */
const MAX_CHECKS = 40;

export interface ChainRequest {
  readonly signer: Certificate;
  /** Certificates that came with the token. */
  readonly carried: readonly Certificate[];
  /** Certificates that came from the security team. Those of authorities are anchors. */
  readonly given: readonly Certificate[];
  readonly at: Date;
  readonly subtle: Subtle;
}

/** The anchor that the signer's certificate leads to. Errors: `timestamp.untrusted`, `timestamp.expired`. */
export async function findAnchor(request: ChainRequest): Promise<Result<Certificate, TimestampProblem>> {
  const { signer, given, carried, at } = request;
  const unknown = signer.unknownCritical[0];
  if (unknown !== undefined)
    return problem(
      'timestamp.untrusted',
      `the signer’s certificate has a critical extension ${unknown} that is not judged`,
    );
  const early = validity(signer, at);
  if (early !== null) return early;
  const candidates: readonly Candidate[] = [
    ...given.filter((one) => one.isAuthority).map((certificate) => ({ certificate, anchor: true })),
    ...carried.filter((one) => one.isAuthority).map((certificate) => ({ certificate, anchor: false })),
  ];
  const walk: Walk = { ...request, candidates, checks: 0, reason: null };
  const anchor = await climb(walk, signer, []);
  if (anchor !== null) return ok(anchor);
  return (
    walk.reason ??
    problem(
      'timestamp.untrusted',
      `no authority of the site issued the certificate of ${nameText(signer.subject)}`,
    )
  );
}

interface Candidate {
  readonly certificate: Certificate;
  readonly anchor: boolean;
}

interface Walk extends ChainRequest {
  readonly candidates: readonly Candidate[];
  checks: number;
  /** The most telling of the reasons why a path did not count. */
  reason: ReturnType<typeof problem> | null;
}

async function climb(
  walk: Walk,
  child: Certificate,
  below: readonly Certificate[],
): Promise<Certificate | null> {
  if (below.length >= MAX_DEPTH) return null;
  for (const { certificate: issuer, anchor } of walk.candidates) {
    if (!sameDer(child.issuer, issuer.subject)) continue;
    if (sameCertificate(child, issuer) || below.some((one) => sameCertificate(one, issuer))) continue;
    const refused = await refusal(walk, child, issuer, below.length);
    if (refused !== null) {
      walk.reason = walk.reason?.error.id === 'timestamp.expired' ? walk.reason : refused;
      continue;
    }
    const found = anchor ? issuer : await climb(walk, issuer, [...below, child]);
    if (found !== null) return found;
  }
  return null;
}

/** Why `issuer` does not count as the issuer of `child`; null when it does. `below`: authorities under it already. */
async function refusal(
  walk: Walk,
  child: Certificate,
  issuer: Certificate,
  below: number,
): Promise<ReturnType<typeof problem> | null> {
  const name = nameText(issuer.subject);
  if (walk.checks >= MAX_CHECKS)
    return problem('timestamp.untrusted', 'too many certificates fit: not all were tried');
  walk.checks += 1;
  const { oid } = child.algorithm;
  const signed = await checkSignature(walk.subtle, issuer.publicKey, {
    algorithm: child.algorithm,
    signature: child.signature,
    data: child.body,
  });
  if (!signed.ok) return problem('timestamp.untrusted', `the signature (${oid}) of ${name}: ${signed.error}`);
  if (!signed.value)
    return problem(
      'timestamp.untrusted',
      `${nameText(child.subject)} was not issued by the ${name} that is trusted`,
    );
  const { keyUsage, extendedKeyUsage, pathLength } = issuer;
  if (keyUsage !== null && !keyUsage.has(KEY_USAGE.keyCertSign))
    return problem('timestamp.untrusted', `${name} may not issue certificates`);
  if (pathLength !== null && below > pathLength)
    return problem('timestamp.untrusted', `${name} may not have so many authorities under it`);
  const purposes = extendedKeyUsage?.purposes;
  if (purposes !== undefined && !purposes.includes(TIME_STAMPING) && !purposes.includes(ANY_PURPOSE))
    return problem('timestamp.untrusted', `${name} is not an authority for timestamps`);
  const unknown = issuer.unknownCritical[0];
  if (unknown !== undefined)
    return problem('timestamp.untrusted', `${name} has a critical extension ${unknown} that is not judged`);
  return validity(issuer, walk.at);
}

function validity(certificate: Certificate, at: Date): ReturnType<typeof problem> | null {
  const { subject, notBefore, notAfter } = certificate;
  const when = `at ${at.toISOString()}, the time of the token`;
  if (at < notBefore)
    return problem(
      'timestamp.expired',
      `the certificate of ${nameText(subject)} was not valid yet ${when}: it begins ${notBefore.toISOString()}`,
    );
  // notAfter is the last valid second (RFC 5280 section 4.1.2.5), so its fractions still count.
  if (at.getTime() >= notAfter.getTime() + 1000)
    return problem(
      'timestamp.expired',
      `the certificate of ${nameText(subject)} had expired ${when}: it ended ${notAfter.toISOString()}`,
    );
  return null;
}
