/**
 * The questions that auditors ask about a change, each with the answer of this run and where it is proven. What the run
 * does not hold is "not recorded": an answer is never made up. The questions are in our words, not the standards'.
 */
import type { Plan } from '../../contract/plan.ts';
import type { Runbook } from '../../contract/runbook.ts';
import type { KindBlock } from '../evidence/kindBlock.ts';
import { JOURNAL, PLAN, RUNBOOK } from '../evidence/names.ts';
import type { RunFold } from './fold.ts';
import type { ChangeQuestion, Proof, ReportCounts, ReportEvent, ReportPerson, ReportStep } from './model.ts';
import { count, plural, resultText, utc } from './words.ts';

export interface ChangeInput {
  readonly plan: Plan;
  readonly runbook: Runbook;
  readonly fold: RunFold;
  readonly people: readonly ReportPerson[];
  readonly steps: readonly ReportStep[];
  readonly events: readonly ReportEvent[];
  readonly counts: ReportCounts;
  readonly block: KindBlock | null;
}

type Answer = Pick<ChangeQuestion, 'state' | 'answer' | 'proof'>;

const plan: Proof = { file: PLAN };
const journal: Proof = { file: JOURNAL };

function notRecorded(answer: string): Answer {
  return { state: 'not-recorded', answer, proof: [] };
}

/** Every question with its answer, by framework. */
export function changeRecordOf(input: ChangeInput): readonly ChangeQuestion[] {
  const soc = question('SOC 2', 'CC8.1');
  const iso = question('ISO/IEC 27001:2022', 'A.8.32');
  const pci = question('PCI DSS 4.0.1', '6.5.1');
  return [
    soc('Was the change authorised before it was made?', authorised(input)),
    soc('Was it documented before it was made: what, why, under which ticket?', documented(input)),
    soc('Was it tested before it was made?', testedBefore(input)),
    soc('Was it made as it was documented?', asDocumented(input)),
    soc('Was it checked after it was made?', testedAfter(input)),
    soc('Did somebody else than the operator review it?', reviewed(input)),
    iso('Was the impact of the change, security among it, assessed?', impact(input)),
    iso('Was the change authorised?', authorised(input)),
    iso('Were those concerned told of it?', told(input)),
    iso('Was it tested, and were the tests accepted?', accepted(input)),
    iso('Was there a way back, and was it used?', fallback(input)),
    iso('Is there a record of the change that can be relied on?', recorded(input)),
    pci('Is the reason for the change and its description on record?', documented(input)),
    pci('Is its security impact on record?', securityImpact(input)),
    pci('Did authorised people approve it?', authorised(input)),
    pci('Was it tested that it does no harm to security?', harmless(input)),
    pci('Is there a procedure to get back to a secure state?', fallback(input)),
  ];
}

function question(framework: ChangeQuestion['framework'], clause: string) {
  return (text: string, answer: Answer): ChangeQuestion => ({ framework, clause, question: text, ...answer });
}

function authorised({ people, fold, plan: planned }: ChangeInput): Answer {
  const approvers = people.filter((person) => person.part === 'approver');
  const wanted = planned.policy.approvals ?? 0;
  if (approvers.length > 0) {
    const started = fold.state.startedAt;
    const when = started === null ? '' : ` before the start at ${utc(started)}`;
    return {
      state: approvers.length >= wanted ? 'yes' : 'partly',
      answer: `${approvers.map((person) => person.name).join(', ')} approved the plan with their own keys${when}.`,
      proof: approvers.flatMap((person) => person.proof),
    };
  }
  const holds = people.filter((person) => person.part === 'signer' && person.name !== planned.operator.name);
  if (holds.length === 0) return notRecorded('No approval of the plan is in the evidence.');
  const basis = holds.every((person) => person.basis === 'signed')
    ? 'with their own keys'
    : 'as named by the operator';
  return {
    state: 'partly',
    answer: `No approval of the plan before the start. During the run holds were passed by ${names(holds)}, ${basis}.`,
    proof: holds.flatMap((person) => person.proof),
  };
}

function documented({ plan: planned, runbook }: ChangeInput): Answer {
  const { ticket, reason } = planned.change;
  const what = `runbook “${runbook.title}” ${planned.runbook.version}${releaseText(planned)}`;
  const proof = [plan, { file: RUNBOOK }];
  if (ticket.trim() === '' && reason.trim() === '') {
    return {
      state: 'partly',
      answer: `The ${what} says what was done; neither reason nor ticket was given.`,
      proof,
    };
  }
  const why = reason.trim() === '' ? 'no reason was given' : `reason: ${reason}`;
  const under = ticket.trim() === '' ? 'no ticket was given' : `ticket ${ticket}`;
  const state = ticket.trim() === '' || reason.trim() === '' ? 'partly' : 'yes';
  return { state, answer: `${under}; ${why}; ${what}.`, proof };
}

/** Who signed the package that the runbook is from, as the plan says it. */
function releaseText({ release, policy, rehearsal }: Plan): string {
  if (release !== undefined)
    return `, released by ${release.principal} (key ${release.fingerprint}, digest list ${release.sha256})`;
  return policy.runbooks === 'signed' && !rehearsal ? ', from no signed package' : '';
}

function testedBefore({ fold, block }: ChangeInput): Answer {
  if (fold.state.rehearsal) {
    return {
      state: 'partly',
      answer: 'This run is a rehearsal: it is such a test, and it changed no real system.',
      proof: [plan],
    };
  }
  const before = block?.before ?? [];
  const elsewhere = 'A test of the change in another environment is not recorded here.';
  if (before.length === 0) return notRecorded(elsewhere);
  return {
    state: 'partly',
    answer: `Before the first lasting change ${heldText(before)}. ${elsewhere}`,
    proof: [journal],
  };
}

function asDocumented({ counts, events, fold }: ChangeInput): Answer {
  const off = events.filter((event) => ['skip', 'override', 'deviation'].includes(event.kind));
  if (fold.state.end === null) return notRecorded('The run has not ended.');
  if (off.length === 0 && counts.done === counts.steps) {
    return {
      state: 'yes',
      answer: `All ${plural(counts.steps, 'step')} of the runbook were gone through; none was skipped or overridden.`,
      proof: [{ file: RUNBOOK }, journal],
    };
  }
  const parts = [
    `${count(counts.done)} of ${plural(counts.steps, 'step')} came to an end`,
    `${count(counts.skipped)} skipped, ${count(counts.overridden)} overridden`,
    `${plural(counts.deviations, 'deviation')} in the live shell`,
  ];
  return {
    state: counts.done === counts.steps ? 'partly' : 'no',
    answer: `${parts.join('; ')}. Reasons are given below.`,
    proof: [{ file: RUNBOOK }, ...linesOf(off)],
  };
}

function testedAfter({ counts, fold, block }: ChangeInput): Answer {
  const result = fold.state.end?.result ?? null;
  const after = block?.after ?? [];
  const text =
    after.length === 0
      ? `${count(counts.checksHeld)} of ${plural(counts.checks, 'check')} held over the whole run`
      : `after the last lasting change ${heldText(after)}`;
  if (counts.checks === 0) return notRecorded('The run has no checks.');
  return {
    state: result === 'success' ? 'yes' : 'partly',
    answer: `Result: ${resultText(result)}; ${text}.`,
    proof: [journal],
  };
}

function reviewed({ people }: ChangeInput): Answer {
  const reviewers = people.filter((person) => person.part === 'reviewer');
  if (reviewers.length === 0) return notRecorded('No review of the evidence is signed.');
  const rejected = reviewers.some((person) => person.what.includes('rejected'));
  return {
    state: rejected ? 'no' : 'yes',
    answer: reviewers.map((person) => `${person.name}: ${person.what.replace('reviewer: ', '')}`).join('; '),
    proof: reviewers.flatMap((person) => person.proof),
  };
}

function impact(input: ChangeInput): Answer {
  const security = securityImpact(input);
  const { runbook, steps } = input;
  const lasting = steps.filter((step) => step.risk === 'disruptive' || step.risk === 'irreversible').length;
  const known = `${plural(lasting, 'step')} marked disruptive or irreversible${
    runbook.downtime === undefined ? '' : `; downtime: ${runbook.downtime.replace(/[.\s]+$/, '')}`
  }`;
  if (security.state === 'not-recorded') {
    return { state: 'partly', answer: `${known}. ${security.answer}`, proof: [{ file: RUNBOOK }] };
  }
  return { state: 'yes', answer: `${known}. ${security.answer}`, proof: [{ file: RUNBOOK }, plan] };
}

function securityImpact({ plan: planned }: ChangeInput): Answer {
  const text = planned.change.securityImpact?.trim() ?? '';
  if (text === '') return notRecorded('No security impact was stated in the plan.');
  return { state: 'yes', answer: `Security impact: ${text}`, proof: [plan] };
}

function told({ block }: ChangeInput): Answer {
  const notified = block?.facts['notified'];
  return notified === undefined
    ? notRecorded('Who was told is not part of this evidence.')
    : { state: 'yes', answer: notified, proof: [{ file: RUNBOOK }] };
}

function accepted(input: ChangeInput): Answer {
  const tested = testedAfter(input);
  const holds = input.people.filter(
    (person) => person.part === 'signer' && /^(?:verifier|owner) /.test(person.what),
  );
  if (tested.state === 'not-recorded' || holds.length === 0) return tested;
  return {
    state: tested.state,
    answer: `${tested.answer} Accepted by ${names(holds)}.`,
    proof: [...tested.proof, ...holds.flatMap((person) => person.proof)],
  };
}

function harmless(input: ChangeInput): Answer {
  const tested = testedAfter(input);
  if (tested.state === 'not-recorded') return tested;
  const note = 'Which of the checks are about security is for the reader of the runbook to judge.';
  return {
    ...tested,
    state: 'partly',
    answer: `${tested.answer} ${note}`,
    proof: [...tested.proof, { file: RUNBOOK }],
  };
}

function fallback({ plan: planned, runbook, fold, events }: ChangeInput): Answer {
  const words = planned.change.fallback?.trim() ?? '';
  const used = fold.state.rollback;
  const started = events.filter((event) => event.kind === 'rollback');
  const ways = [
    words === '' ? '' : words,
    runbook.rollback === undefined ? '' : `runbook ${runbook.rollback}`,
  ].filter((way) => way !== '');
  const use =
    used === null
      ? 'It was not used in this run.'
      : `It was used: run ${used.runId} (${used.runbook}) followed this one.`;
  if (ways.length === 0 && used === null) {
    return planned.origin === undefined
      ? notRecorded('No way back was stated.')
      : {
          state: 'yes',
          answer: `This run is itself the way back from run ${planned.origin.runId}.`,
          proof: [plan],
        };
  }
  return {
    state: 'yes',
    answer: `Way back: ${ways.join('; ')}. ${use}`,
    proof: [...(words === '' ? [] : [plan]), { file: RUNBOOK }, ...linesOf(started)],
  };
}

function recorded({ fold }: ChangeInput): Answer {
  const ended = fold.state.end !== null;
  return {
    state: ended ? 'yes' : 'partly',
    answer: `${plural(fold.records.length, 'record')} in one hash chain, ${
      ended ? 'closed and sealed' : 'not closed yet'
    }; see “How it was verified” for what was checked.`,
    proof: [{ file: 'MANIFEST.sha256' }, journal],
  };
}

function heldText(steps: KindBlock['before']): string {
  const held = steps.reduce((total, step) => total + step.held, 0);
  const of = steps.reduce((total, step) => total + step.of, 0);
  return `${count(held)} of ${plural(of, 'check')} in ${plural(steps.length, 'step')} held`;
}

function names(people: readonly ReportPerson[]): string {
  return [...new Set(people.map((person) => person.name))].join(', ');
}

function linesOf(events: readonly ReportEvent[]): readonly Proof[] {
  return events.slice(0, 20).map((event) => ({ file: JOURNAL, line: event.line }));
}
