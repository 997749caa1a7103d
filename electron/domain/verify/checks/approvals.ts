/** Four eyes before the run: the approvals of the plan, by other people than the operator, made for this one run. */
import { canonicalize } from '../../evidence/jcs.ts';
import { approvalPaths, PLAN } from '../../evidence/names.ts';
import { sameSigner } from '../../run/people.ts';
import type { Context } from '../context.ts';
import { isOperator } from '../context.ts';
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

/** Checks every approval, and that there are enough that count. Returns a line for each that does. */
export async function checkApprovals(context: Context, nonces: Nonces): Promise<readonly string[]> {
  const { start, policy, report } = context;
  const numbers = new Set(numbersOf(context, /^plan\/approval-(\d+)\.json(?:\.sig)?$/));
  for (const index of (start.d.approvals ?? []).keys()) numbers.add(index + 1);
  const counted: { readonly signer: SignerSeen; readonly line: string }[] = [];
  for (const n of [...numbers].sort((a, b) => a - b)) {
    const paths = approvalPaths(n);
    const read = await readStatement(context, 'approval', paths.statement);
    const signed =
      read === null ? null : await readSignature(context, 'approval', 'approve', paths.signature, read.bytes);
    if (read === null || signed === null) continue;
    const faults = new Faults(report);
    checkOne(context, n, read, signed, nonces, faults);
    if (counted.some(({ signer }) => sameSigner(signer, signed.signer)))
      faults.add('approval.twice', paths.signature, 'this person has approved before');
    if (!faults.none) continue;
    const who = signed.signer.principals.join(', ');
    counted.push({ signer: signed.signer, line: `approved by ${who}, ${signed.signer.fingerprint}` });
  }
  const needed = policy.approvals ?? 0;
  if (counted.length < needed) {
    const message = `${String(counted.length)} of the ${String(needed)} approvals that are demanded count`;
    report.add('approval.missing', PLAN, message);
  }
  return counted.map(({ line }) => line);
}

function checkOne(
  context: Context,
  n: number,
  { place, sha256, statement }: ReadStatement<'approval'>,
  { signer, sha256: signatureSha256 }: Signed,
  nonces: Nonces,
  faults: Faults,
): void {
  const { plan, start, digests } = context;
  const wrong = (id: FindingId, message: string) => {
    faults.add(id, place, message);
  };
  if (isOperator(context, signer))
    wrong('approval.self', `${signer.principals.join(', ')} is the operator of the run`);
  const other =
    statement.planSha256 !== digests.get(PLAN)
      ? 'plan'
      : statement.runId !== plan.runId
        ? 'run'
        : canonicalize(statement.runbook) !== canonicalize(plan.runbook)
          ? 'runbook'
          : statement.operator !== plan.operator.principal
            ? 'operator'
            : statement.ticket !== plan.change.ticket
              ? 'ticket'
              : null;
  if (other !== null) wrong('approval.plan', `it is of another ${other}`);
  if (Date.parse(start.t) > Date.parse(statement.expiresAt))
    wrong('approval.expired', `it was good until ${statement.expiresAt}, the run started at ${start.t}`);
  if (Date.parse(statement.requestedAt) > Date.parse(start.t))
    wrong('approval.late', `it was asked for at ${statement.requestedAt}, the run started at ${start.t}`);
  if (nonces.reused(statement.nonce, sha256)) wrong('approval.nonce', 'another statement has its nonce');
  const named = start.d.approvals?.[n - 1];
  const paths = approvalPaths(n);
  if (
    named?.statement.file !== paths.statement ||
    named.statement.sha256 !== sha256 ||
    named.signature.file !== paths.signature ||
    named.signature.sha256 !== signatureSha256
  ) {
    wrong('approval.unnamed', 'it is not the approval that run.start names at this place');
  } else if (named.fingerprint !== signer.fingerprint || !signer.principals.includes(named.principal)) {
    const who = `${named.principal}, ${named.fingerprint}`;
    wrong('approval.unnamed', `run.start says it is of ${who}; the key is ${signer.fingerprint}`);
  }
}
