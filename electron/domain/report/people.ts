/** The people of a run: who operated, approved, passed holds and reviewed, and what each of these claims rests on. */
import type { EvidenceView } from '../../contract/views.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Signer } from '../../contract/records.ts';
import type { HoldStep } from '../../contract/steps.ts';
import { JOURNAL, PLAN, reviewPaths, signaturePath } from '../evidence/names.ts';
import { lineOf, ofType, type RunFold } from './fold.ts';
import type { Proof, ReportPerson } from './model.ts';

export interface PeopleInput {
  readonly fold: RunFold;
  readonly plan: Plan;
  readonly signatures: EvidenceView['signatures'];
  readonly reviews: EvidenceView['reviews'];
}

/** Everybody, in the order in which their part comes. */
export function peopleOf(input: PeopleInput): readonly ReportPerson[] {
  return [operatorOf(input), ...approversOf(input), ...signersOf(input.fold), ...reviewersOf(input)];
}

function operatorOf({ plan, signatures }: PeopleInput): ReportPerson {
  const { name, principal } = plan.operator;
  const signed = signatures.find((one) => one.role === 'operator');
  return {
    part: 'operator',
    what: 'operator',
    name,
    principal,
    ...(signed === undefined
      ? { basis: 'desk' as const, proof: [{ file: PLAN }] }
      : {
          fingerprint: signed.fingerprint,
          basis: 'signed' as const,
          proof: [{ file: signaturePath('operator') }, { file: PLAN }],
        }),
  };
}

function approversOf({ fold }: PeopleInput): readonly ReportPerson[] {
  const [start] = ofType(fold.records, 'run.start');
  return (start?.d.approvals ?? []).map((approval) => ({
    part: 'approver',
    what: 'approver of the plan',
    name: approval.principal,
    principal: approval.principal,
    fingerprint: approval.fingerprint,
    basis: 'signed',
    note: 'before the run started',
    proof: [{ file: approval.statement.file }, { file: approval.signature.file }, { file: JOURNAL, line: 1 }],
  }));
}

/** The signers of every hold that was passed. */
export function signersOf(fold: RunFold): readonly ReportPerson[] {
  const steps = new Map(fold.state.steps.map((view) => [view.step.id, view.step]));
  return ofType(fold.records, 'hold.pass').flatMap((record) => {
    const step = steps.get(record.d.step);
    if (step?.kind !== 'hold') return [];
    return record.d.signers.map((signer) => person(fold, step, signer, record.t, lineOf(record)));
  });
}

function person(fold: RunFold, step: HoldStep, signer: Signer, at: string, line: number): ReportPerson {
  const signature =
    signer.basis === 'signed'
      ? ofType(fold.records, 'hold.sign').findLast(
          ({ d }) => d.step === step.id && d.role === signer.role && d.principal === signer.principal,
        )
      : undefined;
  const proof: Proof[] = [{ file: JOURNAL, line }];
  if (signature !== undefined) {
    proof.push({ file: JOURNAL, line: lineOf(signature) }, { file: signature.d.signature.file });
  }
  return {
    part: 'signer',
    what: `${signer.role} of “${step.title}”`,
    step: step.id,
    name: signer.name,
    ...(signer.principal === undefined ? {} : { principal: signer.principal }),
    ...(signer.fingerprint === undefined ? {} : { fingerprint: signer.fingerprint }),
    basis: signer.basis,
    at: signature?.t ?? at,
    proof,
  };
}

function reviewersOf({ reviews }: PeopleInput): readonly ReportPerson[] {
  return reviews.map((review, index) => ({
    part: 'reviewer',
    what: `reviewer: ${review.verdict}`,
    name: review.principal,
    principal: review.principal,
    fingerprint: review.fingerprint,
    basis: 'signed',
    at: review.at,
    ...(review.comment === '' ? {} : { note: review.comment }),
    proof: [{ file: reviewPaths(index + 1).statement }, { file: reviewPaths(index + 1).signature }],
  }));
}
