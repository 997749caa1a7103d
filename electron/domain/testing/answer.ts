/** What is said at a step in place of a person: in a file of answers, or in a test of a runbook. Shapes and what they mean. */
import { z } from 'zod';
import type { Intent } from '../../contract/intents.ts';
import { roles } from '../../contract/runbook.ts';
import type { AttestStep, Step } from '../../contract/steps.ts';
import { holdWord } from '../run/people.ts';

/** A custodian: their name, then what they type at the prompts of the command, in this order. */
const Custodian = z.array(z.string().max(4000)).min(1).max(20);

export const StepAnswer = z.strictObject({
  text: z.string().optional(),
  number: z.union([z.string(), z.number()]).transform(String).optional(),
  choice: z.string().optional(),
  reason: z.string().optional(),
  ticked: z.union([z.literal('all'), z.array(z.int())]).optional(),
  names: z.array(z.string()).optional(),
  /** Signatures of a hold: in which role, with which key (`app`, a key file, or SHA256:… of the agent). */
  sign: z.array(z.strictObject({ role: z.enum(roles), key: z.string().min(1) })).optional(),
  by: z.string().optional(),
  confirm: z.string().optional(),
  custodians: z.array(Custodian).min(1).max(20).optional(),
});
export type StepAnswer = z.infer<typeof StepAnswer>;

/** Steps at which a person says something, and nothing is sent to a host. */
export type Asking = Extract<Step, { kind: 'attest' | 'decide' | 'hold' | 'notify' }>;

/** Null when the answer does not say what this step asks for. `seen`: digest of the message that was shown. */
export function intentOf(step: Asking, answer: StepAnswer, seen = ''): Intent | null {
  switch (step.kind) {
    case 'attest':
      return attestFrom(step, answer);
    case 'decide':
      return answer.choice === undefined
        ? null
        : {
            kind: 'decide',
            step: step.id,
            choice: answer.choice,
            ...(answer.reason === undefined ? {} : { reason: answer.reason }),
          };
    case 'hold':
      return { kind: 'pass-hold', step: step.id, names: answer.names ?? [], word: holdWord(step.hold) };
    case 'notify':
      return { kind: 'notified', step: step.id, seen, ...said(answer) };
  }
}

function said({ by }: StepAnswer): { readonly by?: string } {
  return by === undefined ? {} : { by };
}

function attestFrom({ id, input }: AttestStep, answer: StepAnswer): Intent | null {
  const attest = (value: Extract<Intent, { kind: 'attest' }>['value']): Intent => ({
    kind: 'attest',
    step: id,
    value,
    ...said(answer),
  });
  switch (input.kind) {
    case 'text':
      return answer.text === undefined ? null : attest({ kind: 'text', text: answer.text });
    case 'number':
      return answer.number === undefined ? null : attest({ kind: 'number', number: answer.number });
    case 'choice':
      return answer.choice === undefined ? null : attest({ kind: 'choice', option: answer.choice });
    case 'checklist': {
      if (answer.ticked === undefined) return null;
      const ticked = answer.ticked === 'all' ? input.items.map((_, index) => index) : answer.ticked;
      return attest({ kind: 'checklist', ticked });
    }
  }
}
