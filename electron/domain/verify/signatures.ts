/** Who signed the manifest, judged by the given trust alone and before anything else of the bundle is parsed. */
import {
  ATTEST,
  kindOf,
  MANIFEST,
  type SignatureRole,
  signaturePath,
  signatureRoles,
} from '../evidence/names.ts';
import { MAX_ARMOR_BYTES } from '../signatures/sshsig.ts';
import { type Container, readMember } from './members.ts';
import type { Report } from './report.ts';
import { judgeSignature, type SignerSeen } from './signer.ts';
import type { ReadTrust } from './trust.ts';

export interface CheckedSignature extends SignerSeen {
  readonly role: SignatureRole;
  /** The signature file: what a timestamp is over. */
  readonly file: Uint8Array;
}

export async function checkSignatures(
  container: Container,
  manifest: Uint8Array,
  trust: ReadTrust,
  report: Report,
): Promise<readonly CheckedSignature[]> {
  const checked: CheckedSignature[] = [];
  for (const role of signatureRoles) {
    const file = await readMember(container, signaturePath(role), MAX_ARMOR_BYTES, report);
    if (file === null) continue;
    const signer = await checkOne(container, role, file.bytes, manifest, trust, report);
    if (signer !== null) checked.push({ role, file: file.bytes, ...signer });
  }
  if (!container.members.has(signaturePath('seal'))) {
    const message = 'there is no seal: every run is sealed by its device';
    report.add('signature.missing', signaturePath('seal'), message);
  }
  if (checked.length === 0) {
    const message = 'no signature holds for the manifest: it or the signatures were changed';
    report.add('manifest.not-signed', MANIFEST, message);
  }
  for (const path of container.members.keys()) {
    if (path.startsWith(ATTEST) && kindOf(path) === null)
      report.add('attest.unknown', path, 'this file has no business in attest/');
  }
  return checked;
}

async function checkOne(
  { platform }: Container,
  role: SignatureRole,
  file: Uint8Array,
  manifest: Uint8Array,
  trust: ReadTrust,
  report: Report,
): Promise<SignerSeen | null> {
  const place = signaturePath(role);
  const outcome = await judgeSignature(platform, trust, role, file, manifest);
  if (!outcome.holds) {
    const message = outcome.why === 'mismatch' ? `${outcome.message} (${MANIFEST})` : outcome.message;
    report.add(`signature.${outcome.why}`, place, message);
    return null;
  }
  const { refused } = outcome.signer;
  if (refused !== undefined) report.add(`signature.${refused.why}`, place, refused.message);
  return outcome.signer;
}
