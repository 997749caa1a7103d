/** Who is who at the desk: the operator, and the others that holds and attestations name. Never the same person twice. */
import type { Sha256 } from '../../contract/ids.ts';
import type { Signer } from '../../contract/records.ts';
import { assertNever, fail, ok, type Result } from '../../contract/result.ts';
import type { HoldStep } from '../../contract/runbook.ts';
import { escapeText } from '../evidence/jcs.ts';
import { refuse } from './refusal.ts';

/** Who asks, and what the host knows at that moment. */
export interface Desk {
  readonly by: string;
  /** Head of the journal the person has seen. */
  readonly head: Sha256;
  /** Set when holds are passed with signatures: what is asked about them. Absent: the operator names the people. */
  readonly signed?: SignedHolds;
}

/** What the rules about signatures need to know of this moment. */
export interface SignedHolds {
  readonly now: Date;
  /** Fingerprints of the operator's keys: they count for no other role. */
  readonly operatorKeys: readonly string[];
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
  operator: string,
): Result<string> {
  if (role === 'operator') return ok(operator);
  const name = escapeText(named?.trim() ?? '');
  if (name === '') return fail('bad-request', `Name the ${role} who reports this.`);
  return samePerson(name, operator)
    ? refuse(`The ${role} must be another person than the operator.`)
    : ok(name);
}

/** The people who pass a hold, from the names given for its roles in their order; each must be another person. */
export function signersOf(
  step: HoldStep,
  names: readonly string[],
  operator: string,
): Result<readonly Signer[]> {
  const others = step.signers.filter((role) => role !== 'operator');
  if (names.length !== others.length) {
    return fail(
      'bad-request',
      `${step.title} needs ${String(others.length)} other people: ${others.join(', ')}.`,
    );
  }
  const seen = [operator];
  const signers: Signer[] = step.signers.includes('operator')
    ? [{ role: 'operator', name: escapeText(operator), basis: 'desk' }]
    : [];
  for (const [index, role] of others.entries()) {
    const name = names[index]?.trim() ?? '';
    if (name === '') return fail('bad-request', `Name the ${role}.`);
    if (seen.some((other) => samePerson(other, name))) {
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
