/** Cases 25 to 31: rules about several people, broken by one who has keys of the site. */
import { instant, MINUTE, signerOf, siteTrust, T0 } from '../../fixtures/evidence/fullBook.ts';
import { retold, type TamperCase } from './kit.ts';

/** Lists the operator's own key for a role of others, under another name. */
const alsoOperator = (role: string, principal: string) => {
  const { keyType, publicKeyBlob } = signerOf('operator');
  const key = Buffer.from(publicKeyBlob).toString('base64');
  return siteTrust([`${principal} namespaces="${role}.evidence-v1@holdpoint" ${keyType} ${key}`]);
};

export const fourEyesCases: readonly TamperCase[] = [
  {
    n: 25,
    title: 'the operator approved the plan, under another name',
    id: 'approval.self',
    make: async ({ runs }) =>
      retold(
        await runs.make({
          approvals: [{ signer: signerOf('operator'), principal: 'boss@example.com' }],
        }),
        { allowedSigners: alsoOperator('approve', 'boss@example.com') },
      ),
  },
  {
    n: 26,
    title: 'the approval of another plan',
    id: 'approval.plan',
    make: async ({ runs }) =>
      retold(
        await runs.make({
          approvals: [{ statement: (statement) => ({ ...statement, planSha256: 'e'.repeat(64) }) }],
        }),
      ),
  },
  {
    n: 27,
    title: 'approved after the run had begun',
    id: 'approval.late',
    make: async ({ runs }) =>
      retold(
        await runs.make({
          approvals: [
            { statement: (statement) => ({ ...statement, requestedAt: instant(T0 + 5 * MINUTE) }) },
          ],
        }),
      ),
  },
  {
    n: 28,
    title: 'the plan edited after it was approved',
    id: 'approval.plan',
    make: async ({ runs }) =>
      retold(
        await runs.make({
          planAfterApproval: (plan) => ({ ...plan, nonce: 'f'.repeat(32) }),
        }),
      ),
  },
  {
    n: 29,
    title: 'the operator reviewed the run, under another name',
    id: 'review.self',
    make: async ({ runs }) =>
      retold(await runs.make({ reviewer: signerOf('operator') }), {
        allowedSigners: alsoOperator('review', 'auditor@example.com'),
      }),
  },
  {
    n: 30,
    title: 'the review of another manifest',
    id: 'review.manifest',
    make: async ({ runs }) =>
      retold(await runs.make({ review: (statement) => ({ ...statement, manifestSha256: 'e'.repeat(64) }) })),
  },
  {
    n: 31,
    title: 'a review that rejects',
    id: 'review.rejected',
    make: async ({ runs }) =>
      retold(await runs.make({ review: (statement) => ({ ...statement, verdict: 'rejected' }) })),
  },
];
