/**
 * Enrolment: what a person hands to the security team so that their key is listed. The statement is signed with the key
 * itself, so that nobody is listed with a key they do not hold. Nothing is trusted here; the team decides.
 */
import type { Enrolment, KeySource, SigningRole } from '../../contract/people.ts';
import { Operator } from '../../contract/plan.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { EnrolmentStatement } from '../../contract/statements.ts';
import { canonicalize } from '../../domain/evidence/jcs.ts';
import { namespaceOf } from '../../domain/evidence/names.ts';
import { allowedSignersLine } from '../../domain/signatures/allowedSigners.ts';
import { bitLength } from '../../domain/signatures/keyProblem.ts';
import { randomart } from '../connect/trust/randomart.ts';
import type { KeyRing } from './keyRing.ts';
import { parsePublicKey } from './sshkey.ts';

export interface EnrolmentRequest {
  readonly principal: string;
  readonly roles: readonly SigningRole[];
  readonly key: KeySource;
  readonly passphrase?: string;
}

/** Roles that the device's own key signs in; `keys export` hands them out. */
const DEVICE_ROLES: ReadonlySet<SigningRole> = new Set(['seal', 'ledger']);
/** File name in the command; the person saves the two under it. */
export const ENROLMENT_FILE = 'enrolment.json';

/**
 * The line for allowed_signers and the proof that goes with it. Errors: `bad-request` (name or role), `trust` (a key
 * that must never count), and those of the key.
 */
export async function enrol(
  keys: Pick<KeyRing, 'signer'>,
  request: EnrolmentRequest,
  made: { readonly at: Date; readonly nonce: string },
): Promise<Result<Enrolment>> {
  const { principal } = request;
  if (!Operator.shape.principal.safeParse(principal).success) {
    return fail('bad-request', `${JSON.stringify(principal)} cannot be a principal.`, {
      hint: 'Take the form of an e-mail address, without blanks, commas or wildcards: alice@example.com.',
    });
  }
  const roles = [...new Set(request.roles)];
  const device = roles.find((role) => DEVICE_ROLES.has(role));
  if (device !== undefined) {
    return fail('bad-request', `${device} is a role of the device, not of a person.`, {
      hint: 'holdpoint keys export prints the line of the device key.',
    });
  }
  const signer = await keys.signer(request.key, request.passphrase);
  if (!signer.ok) return signer;
  const { publicKeyBlob, keyType, fingerprint } = signer.value;
  const key = parsePublicKey(publicKeyBlob);
  if (!key.ok) return key;
  const statement: EnrolmentStatement = {
    format: 1,
    kind: 'enrolment',
    principal,
    roles,
    fingerprint,
    requestedAt: made.at.toISOString() as EnrolmentStatement['requestedAt'],
    nonce: made.nonce,
  };
  const text = `${canonicalize(statement)}\n`;
  const namespace = namespaceOf('enrol');
  const signature = await signer.value.sign(namespace, Buffer.from(text, 'utf8'));
  if (!signature.ok) return signature;
  const { material } = key.value;
  return ok({
    line: allowedSignersLine(principal, roles.map(namespaceOf), { keyType, publicKeyBlob }),
    fingerprint,
    randomart: randomart({
      type: keyType,
      fingerprint,
      ...(material.kind === 'rsa' ? { bits: bitLength(material.n) } : {}),
    }),
    statement: text,
    signature: signature.value,
    command: `ssh-keygen -Y check-novalidate -n ${namespace} -s ${ENROLMENT_FILE}.sig < ${ENROLMENT_FILE}`,
  });
}
