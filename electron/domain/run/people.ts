/** Who is who at the desk: the operator, and the others that holds and attestations name. Never the same person twice. */
import type { Sha256 } from '../../contract/ids.ts';
import type { FileRef, Signer } from '../../contract/records.ts';
import { assertNever, fail, ok, type Result } from '../../contract/result.ts';
import type { HoldStep } from '../../contract/steps.ts';
import { escapeText } from '../evidence/jcs.ts';
import type { Values } from '../runbook/template.ts';
import { refuse } from './refusal.ts';

/** Who asks, and what the host knows at that moment. */
export interface Desk {
  readonly by: string;
  /** Head of the journal the person has seen. */
  readonly head: Sha256;
  /** Set when holds are passed with signatures: what is asked about them. Absent: the operator names the people. */
  readonly signed?: SignedHolds;
  /** For `notified`: the message as it was shown, written to the run's folder, and whom it goes to. */
  readonly message?: { readonly ref: FileRef; readonly to: string };
  /** For `measure`: parameters, captures and choices by name. */
  readonly values?: Values;
}

/** What the rules about signatures need to know of this moment. */
export interface SignedHolds {
  readonly now: Date;
  /** Fingerprints of the operator's keys: they count for no other role. */
  readonly operatorKeys: readonly string[];
  /** Everybody whom the keys that have signed the open request may sign as, by fingerprint. */
  readonly names?: ReadonlyMap<string, readonly string[]>;
}

/** Who made a signature, as far as the trust can tell: a key, and every name it is listed under for its role. */
export interface SignerIdentity {
  readonly fingerprint: string;
  readonly principals: readonly string[];
}

/**
 * Whether two signatures are of one person: the same key, or a name that both keys are listed under. The one rule by
 * which the desk takes signatures in and the verifier counts them.
 */
export function sameSigner(a: SignerIdentity, b: SignerIdentity): boolean {
  return (
    a.fingerprint === b.fingerprint ||
    a.principals.some((name) => b.principals.some((other) => samePrincipal(name, other)))
  );
}

/** What the operator of a run is called: by people, and in allowed_signers. */
export interface OperatorNames {
  readonly name: string;
  readonly principal: string;
}

/** Whether a name that somebody typed is the operator's. The desk refuses it for another role, the verifier reports it. */
export function namesOperator(name: string, operator: OperatorNames): boolean {
  return samePerson(name, operator.name) || samePerson(name, operator.principal);
}

/** Words that pass a hold: typed, so that it is never passed by reflex. */
export function holdWord(hold: HoldStep['hold']): string {
  switch (hold) {
    case 'go':
      return 'GO';
    case 'verify':
      return 'VERIFIED';
    case 'point-of-no-return':
      return 'NO RETURN';
    default:
      return assertNever(hold);
  }
}

/** Name of the person in `role` who reports something: the operator, or somebody else who must be named. */
export function namedPerson(
  role: Signer['role'],
  named: string | undefined,
  operator: OperatorNames,
): Result<string> {
  if (role === 'operator') return ok(operator.name);
  const name = escapeText(named?.trim() ?? '');
  if (name === '') return fail('bad-request', `Name the ${role} who reports this.`);
  return namesOperator(name, operator)
    ? refuse(`The ${role} must be another person than the operator.`)
    : ok(name);
}

/** The people who pass a hold, from the names given for its roles in their order; each must be another person. */
export function signersOf(
  step: HoldStep,
  names: readonly string[],
  operator: OperatorNames,
): Result<readonly Signer[]> {
  const others = step.signers.filter((role) => role !== 'operator');
  if (names.length !== others.length) {
    return fail(
      'bad-request',
      `${step.title} needs ${String(others.length)} other people: ${others.join(', ')}.`,
    );
  }
  const seen: string[] = [];
  const signers: Signer[] = step.signers.includes('operator')
    ? [{ role: 'operator', name: escapeText(operator.name), basis: 'desk' }]
    : [];
  for (const [index, role] of others.entries()) {
    const name = names[index]?.trim() ?? '';
    if (name === '') return fail('bad-request', `Name the ${role}.`);
    if (namesOperator(name, operator) || seen.some((other) => samePerson(other, name))) {
      return refuse(`${name} is already part of this: the ${role} must be another person.`);
    }
    seen.push(name);
    signers.push({ role, name: escapeText(name), basis: 'named' });
  }
  return ok(signers);
}

/** Whether two names are two spellings of one. */
export function samePerson(a: string, b: string): boolean {
  return nameKey(a) === nameKey(b);
}

/** Whether two principals of allowed_signers stand for one person: mail addresses that differ in case alone do. */
export function samePrincipal(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** A name without what can differ between two spellings of one person: width, case, spaces, invisible characters. */
function nameKey(name: string): string {
  return escapeText(name)
    .replace(/<U\+[0-9A-F]+>|\p{Cf}/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '')
    .join(' ');
}
