/**
 * Who passes a hold by signature, and when it is enough. Pure; it believes what the host says of a signature (whose it
 * is, under which statement) and counts nobody twice.
 */
import type { StepId } from '../../contract/ids.ts';
import type { Signer } from '../../contract/records.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Role } from '../../contract/runbook.ts';
import type { HoldStep } from '../../contract/steps.ts';
import { mayReopen } from './evolveHolds.ts';
import { samePrincipal, sameSigner, type SignedHolds, type SignerIdentity } from './people.ts';
import { recordText } from './recordText.ts';
import { refuse, type Refusal, turnOf } from './refusal.ts';
import type { HoldRequest, HoldSignature, RunState, StepView } from './state.ts';

/** A step that is a hold, with what was asked of its signers. */
export interface OpenHold {
  readonly view: StepView;
  readonly step: HoldStep;
}

/** How many of the hold's signers are enough. */
export function neededBy(step: HoldStep): number {
  return Math.min(step.needs ?? step.signers.length, step.signers.length);
}

/** The hold that signatures may be asked for now: the current one, or the one just passed as long as nothing was sent. */
export function admitHoldRequest(
  state: RunState,
  id: StepId,
  signed: SignedHolds | undefined,
): Result<OpenHold> {
  if (signed === undefined) return byName();
  const view = state.steps.find((candidate) => candidate.step.id === id);
  if (view?.step.kind === 'hold' && view.status.state === 'held' && mayReopen(state, view, signed.now))
    return ok({ view, step: view.step });
  return currentHold(state, id);
}

/** Whether a signature in this role can be taken at all: there is an open request, in time, with room for the role. */
export function admitHoldSignature(
  state: RunState,
  id: StepId,
  role: Role,
  signed: SignedHolds | undefined,
): Result<OpenHold & { readonly request: HoldRequest }> {
  if (signed === undefined) return byName();
  const hold = currentHold(state, id);
  if (!hold.ok) return hold;
  const { view, step } = hold.value;
  if (!step.signers.includes(role)) return refuse(`${step.title} asks for no signature of a ${role}.`);
  const { request } = view;
  if (request === undefined) {
    return refuse(`No signatures were asked for at ${step.title}.`, 'Ask for them first.');
  }
  const late = expired(step, request, signed.now);
  return late ?? ok({ view, step, request });
}

/** A signature as the host has judged it: good, and whose. */
export interface JudgedHoldSignature extends Pick<
  HoldSignature,
  'role' | 'principal' | 'fingerprint' | 'statement'
> {
  /** Everybody whom its key may sign as in this role. */
  readonly principals: readonly string[];
}

/** Why this signature is not taken in; null when it counts. */
export function signatureBarred(
  state: RunState,
  step: HoldStep,
  request: HoldRequest,
  given: JudgedHoldSignature,
  signed: SignedHolds,
): Refusal | null {
  const late = expired(step, request, signed.now);
  if (late !== null) return late;
  if (given.statement !== request.statement.sha256) {
    return refuse(
      'The signature is under another statement than the one that is open now.',
      'Hand out the present request and have it signed anew.',
    );
  }
  const own = operatorBarred(state, given, signed);
  if (own !== null) return own;
  const counted = counting(state, step, request, signed);
  const before = counted.find((other) => sameSigner(identityOf(other, signed), given));
  if (before !== undefined) {
    return refuse(
      samePrincipal(before.principal, given.principal)
        ? `${given.principal} has signed already.`
        : before.fingerprint === given.fingerprint
          ? `The key of ${given.principal} has signed already, as ${before.principal}.`
          : `The trust file has ${given.principal} as one person with ${before.principal}, who has signed already.`,
      'Another person has to sign.',
    );
  }
  const places = step.signers.filter((role) => role === given.role).length;
  if (counted.filter((other) => other.role === given.role).length >= places) {
    return refuse(`There is a signature for each ${given.role} that ${step.title} asks for.`);
  }
  return null;
}

/** Nobody answers for the operator but the operator, and the operator for nobody else. */
function operatorBarred(
  state: RunState,
  given: Omit<JudgedHoldSignature, 'principals'>,
  signed: Pick<SignedHolds, 'operatorKeys'>,
): Refusal | null {
  const isOperator = samePrincipal(given.principal, state.principal);
  const operatorKey = signed.operatorKeys.includes(given.fingerprint);
  if (given.role === 'operator') {
    return isOperator
      ? null
      : refuse(`${given.principal} is not the operator of this run: ${state.principal} is.`);
  }
  if (isOperator) return refuse(`${given.principal} is the operator, who cannot sign as ${given.role}, too.`);
  return operatorKey
    ? refuse(
        `The key ${given.fingerprint} is the operator’s own, whatever name it is listed under.`,
        `The ${given.role} signs with a key of their own.`,
      )
    : null;
}

/** The signatures under the open statement that count, each by another person with another key. */
export function counting(
  state: RunState,
  step: HoldStep,
  request: HoldRequest,
  signed: Pick<SignedHolds, 'operatorKeys' | 'names'>,
): readonly HoldSignature[] {
  const counted: HoldSignature[] = [];
  const free: Role[] = [...step.signers];
  for (const given of request.signatures) {
    const at = free.indexOf(given.role);
    if (at === -1 || given.statement !== request.statement.sha256) continue;
    const who = identityOf(given, signed);
    if (counted.some((other) => sameSigner(identityOf(other, signed), who))) continue;
    if (operatorBarred(state, given, signed) !== null) continue;
    free.splice(at, 1);
    counted.push(given);
  }
  return counted;
}

/** The signers of a hold that has enough valid signatures now, or what is missing. */
export function signersBySignature(
  state: RunState,
  view: StepView,
  signed: SignedHolds,
): Result<readonly Signer[]> {
  const { step, request } = view;
  if (step.kind !== 'hold') return refuse(`${step.title} is not a hold.`);
  if (request === undefined) {
    return refuse(`${step.title} is passed with signatures, and none were asked for.`, 'Ask for them first.');
  }
  const late = expired(step, request, signed.now);
  if (late !== null) return late;
  const counted = counting(state, step, request, signed);
  const needed = neededBy(step);
  if (counted.length < needed) {
    return refuse(
      `${step.title} has ${String(counted.length)} of the ${String(needed)} signatures it needs.`,
      `It asks for: ${step.signers.join(', ')}.`,
    );
  }
  return ok(
    counted.map(({ role, principal, fingerprint }): Signer => ({
      role,
      name: recordText(role === 'operator' ? state.operator : principal, 100),
      basis: 'signed',
      principal,
      fingerprint,
    })),
  );
}

/** What the record says of a signer, with all that the trust says of the key now. */
function identityOf(
  { principal, fingerprint }: Pick<HoldSignature, 'principal' | 'fingerprint'>,
  { names }: Pick<SignedHolds, 'names'>,
): SignerIdentity {
  return { fingerprint, principals: [principal, ...(names?.get(fingerprint) ?? [])] };
}

function expired(step: HoldStep, request: HoldRequest, now: Date): Refusal | null {
  return now.getTime() <= Date.parse(request.expiresAt)
    ? null
    : refuse(
        `The request for the signatures of ${step.title} has expired (${request.expiresAt}).`,
        'Ask for them again.',
      );
}

function currentHold(state: RunState, id: StepId): Result<OpenHold> {
  const turn = turnOf(state, id);
  if (!turn.ok) return turn;
  const { step, status } = turn.value;
  if (step.kind !== 'hold') return refuse(`${step.title} is not a hold.`);
  if (status.state !== 'current') return refuse(`${step.title} is ${status.state}.`);
  return ok({ view: turn.value, step });
}

function byName(): Refusal {
  return refuse(
    'The holds of this run are passed by naming the people.',
    'Set the policy of this site (or of the runbook) to signed holds before the run starts.',
  );
}
