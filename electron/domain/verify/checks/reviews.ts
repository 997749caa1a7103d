/** What people found who read the sealed evidence: their verdicts, by other people than the operator, on this manifest. */
import type { EvidenceView } from '../../../contract/views.ts';
import { reviewPaths } from '../../evidence/names.ts';
import { sameSigner } from '../../run/people.ts';
import { type Context, isOperator } from '../context.ts';
import type { FindingId } from '../findings.ts';
import type { SignerSeen } from '../signer.ts';
import {
  Faults,
  type Nonces,
  numbersOf,
  type ReadStatement,
  readSignature,
  readStatement,
  type Signed,
} from './signedStatement.ts';

export type Review = EvidenceView['reviews'][number];

export interface ReviewSeen {
  readonly n: number;
  readonly review: Review;
  /** The signature file: what a timestamp is over. */
  readonly armor: Uint8Array;
}

/** Checks every review, and that there are enough that accept the run. Returns those that count. */
export async function checkReviews(context: Context, nonces: Nonces): Promise<readonly ReviewSeen[]> {
  const { policy, report } = context;
  const seen: ReviewSeen[] = [];
  const signers: SignerSeen[] = [];
  for (const n of numbersOf(context, /^attest\/review-(\d+)\.json/)) {
    const paths = reviewPaths(n);
    const read = await readStatement(context, 'review', paths.statement);
    const signed =
      read === null ? null : await readSignature(context, 'review', 'review', paths.signature, read.bytes);
    if (read === null || signed === null) continue;
    const faults = new Faults(report);
    checkOne(context, read, signed, nonces, faults);
    if (signers.some((signer) => sameSigner(signer, signed.signer)))
      faults.add('review.twice', paths.signature, 'this person has reviewed before');
    if (!faults.none) continue;
    signers.push(signed.signer);
    seen.push({ n, review: reviewOf(read, signed), armor: signed.armor });
    if (read.statement.verdict === 'rejected')
      report.add(
        'review.rejected',
        paths.statement,
        `${signed.signer.principals.join(', ')} rejected the run`,
      );
  }
  const accepted = seen.filter(({ review }) => review.verdict === 'accepted').length;
  const needed = policy.reviews ?? 0;
  if (accepted < needed) {
    const message = `${String(accepted)} of the ${String(needed)} reviews that are demanded accept the run`;
    report.add('review.missing', 'attest/', message);
  }
  return seen;
}

function checkOne(
  context: Context,
  { place, sha256, statement }: ReadStatement<'review'>,
  { signer }: Signed,
  nonces: Nonces,
  faults: Faults,
): void {
  const { run, manifestSha256 } = context;
  const wrong = (id: FindingId, message: string) => {
    faults.add(id, place, message);
  };
  if (isOperator(context, signer))
    wrong('review.self', `${signer.principals.join(', ')} is the operator of the run`);
  if (statement.manifestSha256 !== manifestSha256 || statement.runId !== run.runId)
    wrong('review.manifest', 'it is of another run or manifest');
  if (Date.parse(statement.requestedAt) < Date.parse(run.endedAt))
    wrong('review.early', `it was asked for at ${statement.requestedAt}, the run ended at ${run.endedAt}`);
  if (nonces.reused(statement.nonce, sha256)) wrong('approval.nonce', 'another statement has its nonce');
}

function reviewOf({ statement }: ReadStatement<'review'>, { signer }: Signed): Review {
  return {
    role: 'review',
    principal: signer.principals[0] ?? '',
    fingerprint: signer.fingerprint,
    keyType: signer.keyType,
    at: statement.requestedAt,
    verdict: statement.verdict,
    comment: statement.comment,
  };
}
