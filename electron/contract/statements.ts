/**
 * What people put their signature under, apart from the bundle itself: an approval of a plan, the passing of a hold, a
 * review, and the proof that a key is theirs. The signed bytes are the canonical JSON of one of these and a line feed.
 */
import { z } from 'zod';
import { Instant, RunbookId, RunId, Sha256, StepId, TargetName } from './ids.ts';
import { Prose } from './plan.ts';

const nonce = z.string().regex(/^[0-9a-f]{32}$/);
const principal = z.string().min(3).max(200);

/** A plan may be carried out. Made before the run; good for the one run that the plan names. */
export const ApprovalStatement = z.strictObject({
  format: z.literal(1),
  kind: z.literal('approval'),
  runId: RunId,
  planSha256: Sha256,
  runbook: z.strictObject({ id: RunbookId, version: z.string().max(32), sha256: Sha256 }),
  /** Principal of the operator, who cannot approve it. */
  operator: principal,
  ticket: z.string().max(200),
  requestedAt: Instant,
  expiresAt: Instant,
  nonce,
});
export type ApprovalStatement = z.infer<typeof ApprovalStatement>;

/** A command that a hold stands before, as it would be sent. */
export const GuardedCommand = z.strictObject({
  step: StepId,
  target: TargetName,
  /** SHA-256 of the command as the operator sees it. */
  commandSha256: Sha256,
});
export type GuardedCommand = z.infer<typeof GuardedCommand>;

/** A hold may be passed. One statement for all of its signers; each signs it under the namespace of their role. */
export const HoldStatement = z.strictObject({
  format: z.literal(1),
  kind: z.literal('hold'),
  runId: RunId,
  planSha256: Sha256,
  step: StepId,
  /** Head of the journal when the signatures were asked for: what has happened until then is part of what is signed. */
  head: Sha256,
  /** The next commands behind the hold; another command or another host voids the signatures. */
  guards: z.array(GuardedCommand).max(500),
  /** Steps behind the hold whose commands are not known yet (they use values that come later): nothing binds them. */
  unguarded: z.array(StepId).max(500).exactOptional(),
  requestedAt: Instant,
  expiresAt: Instant,
  nonce,
});
export type HoldStatement = z.infer<typeof HoldStatement>;

/** Somebody has read the evidence of a run and says what they found. */
export const ReviewStatement = z.strictObject({
  format: z.literal(1),
  kind: z.literal('review'),
  runId: RunId,
  manifestSha256: Sha256,
  verdict: z.enum(['accepted', 'rejected']),
  comment: Prose,
  requestedAt: Instant,
  nonce,
});
export type ReviewStatement = z.infer<typeof ReviewStatement>;

/** Who signs it holds the key and wants to be known by this name, in these roles. */
export const EnrolmentStatement = z.strictObject({
  format: z.literal(1),
  kind: z.literal('enrolment'),
  principal,
  roles: z.array(z.string().max(20)).min(1).max(12),
  fingerprint: z.string().max(100),
  requestedAt: Instant,
  nonce,
});
export type EnrolmentStatement = z.infer<typeof EnrolmentStatement>;

export const Statement = z.discriminatedUnion('kind', [
  ApprovalStatement,
  HoldStatement,
  ReviewStatement,
  EnrolmentStatement,
]);
export type Statement = z.infer<typeof Statement>;
