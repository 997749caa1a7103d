/** Answers a step as somebody would for whom all is well, or as the case of a test says. Pure: it knows no person. */
import type { Intent } from '../../contract/intents.ts';
import type { AttestValue } from '../../contract/records.ts';
import type { Role } from '../../contract/runbook.ts';
import type { AttestInput, AttestStep, CustodiansStep } from '../../contract/steps.ts';
import { judgeAttestation } from '../run/attestation.ts';
import type { RunState, StepView } from '../run/state.ts';
import { type Asking, intentOf, type StepAnswer } from './answer.ts';
import type { Answer, TestCase } from './testFile.ts';

const PEOPLE: Readonly<Record<Role, readonly string[]>> = {
  operator: ['Olivia Operator'],
  verifier: ['Vera Verifier', 'Viktor Verifier', 'Valerie Verifier'],
  owner: ['Owen Owner', 'Olga Owner', 'Otto Owner'],
  witness: ['Wanda Witness', 'Walter Witness', 'Wilma Witness'],
  custodian: ['Carla Custodian', 'Cyril Custodian', 'Cecil Custodian', 'Clara Custodian', 'Cosmo Custodian'],
};

/** The operator of every test. */
export const TESTER = { name: 'Olivia Operator', principal: 'olivia@example.com' } as const;

/** The n-th person (from 0) who stands in a role: always the same, and nobody twice. */
export function personIn(role: Role, n = 0): string {
  return PEOPLE[role][n] ?? `${PEOPLE[role][0] ?? role} ${String(n + 1)}`;
}

/** Null when nothing that could be made up fits: then the case has to answer. */
export function answerStep(step: Asking, state: RunState, one: TestCase, seen: string): Intent | null {
  const given = answerGiven(one, step.id);
  return intentOf(step, { ...auto(step, state), ...explicit(step, given) }, seen);
}

export function answerGiven({ answers }: TestCase, step: string): Answer | undefined {
  return answers !== 'auto' && Object.hasOwn(answers, step) ? answers[step] : undefined;
}

/** A value alone is the answer to what the step asks for. */
function explicit(step: Asking, given: Answer | undefined): StepAnswer {
  if (typeof given !== 'string') return given ?? {};
  if (step.kind === 'decide') return { choice: given };
  if (step.kind !== 'attest') return step.kind === 'notify' ? { by: given } : { names: [given] };
  switch (step.input.kind) {
    case 'text':
      return { text: given };
    case 'number':
      return { number: given };
    case 'choice':
      return { choice: given };
    case 'checklist':
      return given === 'all' ? { ticked: 'all' } : { ticked: [] };
  }
}

function auto(step: Asking, state: RunState): StepAnswer {
  switch (step.kind) {
    case 'attest': {
      const first = firstAnswer(step, state);
      const by = step.by === 'operator' ? {} : { by: personIn(step.by, first === undefined ? 0 : 1) };
      return { ...(first === undefined ? fitting(step.input) : asAnswer(first)), ...by };
    }
    case 'decide': {
      const [option] = step.options;
      return { ...(option === undefined ? {} : { choice: option.id }), reason: 'as the test goes' };
    }
    case 'hold':
      return {
        names: step.signers.flatMap((role, i) => (role === 'operator' ? [] : [nth(step.signers, role, i)])),
      };
    case 'notify':
      return step.by === 'operator' ? {} : { by: personIn(step.by) };
  }
}

function nth(signers: readonly Role[], role: Role, at: number): string {
  return personIn(role, signers.slice(0, at).filter((other) => other === role).length);
}

/** What the first of two people has answered who are asked independently. */
function firstAnswer({ independentOf }: AttestStep, state: RunState): AttestValue | undefined {
  const first = state.steps.find(({ step }) => step.id === independentOf)?.status;
  return first?.state === 'attested' ? first.value : undefined;
}

function asAnswer(value: AttestValue): StepAnswer {
  switch (value.kind) {
    case 'text':
      return { text: value.text };
    case 'number':
      return { number: value.number };
    case 'choice':
      return { choice: value.option };
    case 'checklist':
      return { ticked: value.ticked };
  }
}

const TEXTS = [
  'Seen as described, nothing unusual.',
  'none',
  'yes',
  '1',
  '1.0.0',
  '2026-11-22',
  '2026-11-22T02:00:00Z',
  'CHG-1001',
  'seen-as-described',
  'https://example.com/CHG-1001',
  'a'.repeat(64),
  `sha256:${'a'.repeat(64)}`,
];

/** The first that is within the limits of the step. */
function fitting(input: AttestInput): StepAnswer {
  switch (input.kind) {
    case 'text': {
      const long = `${TEXTS[0] ?? ''} `.repeat(Math.ceil(input.minLength / 30)).trim();
      const fits = (text: string) => {
        const judged = judgeAttestation(input, { kind: 'text', text });
        return judged.ok && judged.value;
      };
      const text = [...TEXTS, long].find(fits);
      return text === undefined ? {} : { text };
    }
    case 'number':
      return { number: String(input.min ?? input.max ?? 0) };
    case 'choice': {
      const [choice] = input.passes;
      return choice === undefined ? {} : { choice };
    }
    case 'checklist':
      return { ticked: 'all' };
  }
}

/** Whose turn is next, and what they type; undefined when nobody is left. */
export function nextCustodian(
  view: StepView,
  step: CustodiansStep,
  one: TestCase,
): readonly string[] | undefined {
  const turn = view.turns?.length ?? 0;
  const given = Object.hasOwn(one.custodians, step.id) ? one.custodians[step.id] : undefined;
  if (given !== undefined) return given[turn];
  return turn < step.of ? [personIn('custodian', turn), `share-${String(turn + 1)}`] : undefined;
}
