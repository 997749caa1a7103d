/**
 * Judges a signature that somebody gave: is it over these bytes, for this role, by somebody the trust of this desk
 * knows, and not the operator in disguise. Each refusal says which rule it was.
 */
import type { Sha256 } from '../../contract/ids.ts';
import type { GivenSignature, SigningRole } from '../../contract/people.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { namespaceOf } from '../../domain/evidence/names.ts';
import { samePrincipal } from '../../domain/run/people.ts';
import { type SshSignature, verifySignature } from '../evidence/sshsig.ts';
import { readArmor } from './armor.ts';

/** Says under which principals a key may sign in a role now. A failure says why it may not. */
export type TrustOf = (
  key: SshSignature['key'],
  role: SigningRole,
  at: Date,
) => Promise<Result<readonly string[]>>;

/** The operator of the run that a signature is for, whose keys count for no other role. */
export interface OperatorIdentity {
  readonly principal: string;
  /** Fingerprints of every key that is known to be theirs. */
  readonly keys: readonly string[];
}

export interface SignatureClaim {
  /** The bytes that were to be signed. */
  readonly statement: string;
  readonly role: SigningRole;
  /** SSHSIG armor as it was brought. */
  readonly armor: string;
  readonly operator: OperatorIdentity;
}

export interface JudgedSignature extends GivenSignature {
  /** The signature file as ssh-keygen writes it. */
  readonly armor: string;
  /** Everybody whom the key may sign as in this role; `principal` is one of them. */
  readonly principals: readonly string[];
}

export type JudgeSignature = (claim: SignatureClaim) => Promise<Result<JudgedSignature>>;

/** A judge over this trust. Signatures are judged by the time at which they are handed in. */
export function createJudge(trust: TrustOf, now: () => Date): JudgeSignature {
  return async ({ statement, role, armor, operator }) => {
    const brought = readArmor(armor);
    if (!brought.ok) return brought;
    const { signature } = brought.value;
    const namespace = namespaceOf(role);
    if (signature.namespace !== namespace) {
      return fail('refused', `The signature was made for ${signature.namespace}, not for ${namespace}.`, {
        hint: `Sign again with: ssh-keygen -Y sign -n ${namespace}`,
      });
    }
    const good = verifySignature(signature, namespace, Buffer.from(statement, 'utf8'));
    if (!good.ok) {
      return fail(
        'refused',
        'The signature is not over this statement: another one was signed, or it was changed.',
        {
          hint: 'Export the request as it is now, and sign that file.',
        },
      );
    }
    const at = now();
    const principals = await trust(signature.key, role, at);
    if (!principals.ok) return principals;
    const own = principals.value.find((name) => samePrincipal(name, operator.principal));
    if (role !== 'operator' && (own !== undefined || operator.keys.includes(signature.key.fingerprint))) {
      return refuseOperator(own, signature.key.fingerprint, role);
    }
    const principal = role === 'operator' ? own : principals.value[0];
    if (principal === undefined) {
      return fail(
        'refused',
        `The key is ${principals.value.join(', ')}’s, and the operator is ${operator.principal}.`,
      );
    }
    const { fingerprint, type } = signature.key;
    const { armor: kept } = brought.value;
    return ok({
      role,
      principal,
      principals: principals.value,
      fingerprint,
      keyType: type,
      at: at.toISOString(),
      armor: kept,
    });
  };
}

function refuseOperator(own: string | undefined, fingerprint: string, role: SigningRole): Result<never> {
  return fail(
    'refused',
    own === undefined
      ? `The key ${fingerprint} is the operator’s own, whatever name it is listed under.`
      : `${own} is the operator of this run, and cannot sign it as ${roleText(role)}.`,
    { hint: 'Another person has to sign, with a key of their own.' },
  );
}

function roleText(role: SigningRole): string {
  if (role === 'approve') return 'its approver';
  return role === 'review' ? 'its reviewer' : role;
}

/** What the judge found, without the signature file. */
export function givenOf({ role, principal, fingerprint, keyType, at }: JudgedSignature): GivenSignature {
  return { role, principal, fingerprint, keyType, at };
}

/** A statement that was on the screen is signed, and no other one. */
export function shownStatement(shown: Sha256, now: Sha256): Result<null> {
  return shown === now
    ? ok(null)
    : fail('refused', 'The statement has changed since it was shown.', {
        hint: 'Read it again, then sign it.',
      });
}
