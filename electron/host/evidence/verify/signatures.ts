/** Who signed the manifest, judged by the given trust alone and before anything else of the bundle is parsed. */
import type { Result } from '../../../contract/result.ts';
import { ok } from '../../../contract/result.ts';
import {
  ATTEST,
  MANIFEST,
  namespaceOf,
  type SignatureRole,
  signaturePath,
  signatureRoles,
} from '../../../domain/evidence/names.ts';
import { type AllowedSigner, parseAllowedSigners, parseRevoked, standingOf } from '../allowedSigners.ts';
import { decodeSignature, MAX_ARMOR_BYTES, verifySignature } from '../sshsig.ts';
import { type Container, readMember } from './members.ts';
import type { Report } from './report.ts';

export interface Trust {
  /** Text of an allowed_signers file that came by another way than the bundle. */
  readonly allowedSigners: string;
  /** Public keys that no longer count, one a line. */
  readonly revoked?: string;
  /** The time validity is judged at; now when absent. Never take it from a journal. */
  readonly at?: Date;
}

export interface ReadTrust {
  readonly signers: readonly AllowedSigner[];
  readonly revoked: ReadonlySet<string>;
  readonly at: Date;
}

/** Reads the trust inputs; an error here is about them, not about the bundle. */
export function readTrust(trust: Trust): Result<ReadTrust> {
  const signers = parseAllowedSigners(trust.allowedSigners);
  if (!signers.ok) return signers;
  const revoked = parseRevoked(trust.revoked ?? '');
  if (!revoked.ok) return revoked;
  return ok({ signers: signers.value, revoked: revoked.value, at: trust.at ?? new Date() });
}

export interface CheckedSignature {
  readonly role: SignatureRole;
  readonly fingerprint: string;
  readonly keyType: string;
  /** Everybody this key may sign as in this role; empty when the signature does not count. */
  readonly principals: readonly string[];
}

export async function checkSignatures(
  container: Container,
  manifest: Buffer,
  trust: ReadTrust,
  report: Report,
): Promise<readonly CheckedSignature[]> {
  const checked: CheckedSignature[] = [];
  let matching = 0;
  for (const role of signatureRoles) {
    const file = await readMember(container, signaturePath(role), MAX_ARMOR_BYTES, report);
    if (file === null) continue;
    const outcome = checkOne(role, file.bytes, manifest, trust, report);
    if (outcome === null) continue;
    matching += 1;
    checked.push(outcome);
  }
  if (!container.members.has(signaturePath('seal'))) {
    report.add(
      'L1',
      'signature.missing',
      signaturePath('seal'),
      'there is no seal: every run is sealed by its device',
    );
  }
  if (matching === 0) {
    report.add(
      'L1',
      'manifest.not-signed',
      MANIFEST,
      'no signature holds for the manifest: it or the signatures were changed',
    );
  }
  for (const path of container.members.keys()) {
    const known = signatureRoles.some((role) => signaturePath(role) === path);
    if (path.startsWith(ATTEST) && !known)
      report.add('L1', 'attest.unknown', path, 'this file has no business in attest/');
  }
  return checked;
}

function checkOne(
  role: SignatureRole,
  file: Buffer,
  manifest: Buffer,
  trust: ReadTrust,
  report: Report,
): CheckedSignature | null {
  const place = signaturePath(role);
  const decoded = decodeSignature(file);
  if (!decoded.ok) {
    report.add('L1', 'signature.format', place, decoded.error.message);
    return null;
  }
  const { key } = decoded.value;
  const holds = verifySignature(decoded.value, namespaceOf(role), manifest);
  if (!holds.ok) {
    report.add('L1', 'signature.mismatch', place, `${holds.error.message} (${MANIFEST})`);
    return null;
  }
  const standing = standingOf(trust.signers, key.blob, namespaceOf(role), trust.at);
  const revoked = trust.revoked.has(key.fingerprint);
  if (revoked) report.add('L1', 'signature.revoked', place, `the key ${key.fingerprint} is revoked`);
  else if (standing.principals.length === 0) {
    const why = standing.refusals.length === 0 ? 'it is not listed' : standing.refusals.join('; ');
    report.add(
      'L1',
      'signature.untrusted',
      place,
      `the key ${key.fingerprint} does not count as ${role}: ${why}`,
    );
  }
  return {
    role,
    fingerprint: key.fingerprint,
    keyType: key.type,
    principals: revoked ? [] : standing.principals,
  };
}
