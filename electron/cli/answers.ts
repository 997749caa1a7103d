/** Scripted answers (`--answers FILE`): what a person would say, for tests and demonstrations. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { Change, Operator } from '../contract/plan.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import { roles } from '../contract/runbook.ts';

const StepAnswer = z.strictObject({
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
});
export type StepAnswer = z.infer<typeof StepAnswer>;

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const Answers = z.strictObject({
  operator: Operator.optional(),
  change: Change.optional(),
  parameters: z.record(z.string(), scalar).default({}),
  variants: z.record(z.string(), scalar).default({}),
  steps: z.record(z.string(), StepAnswer).default({}),
});
export type Answers = z.infer<typeof Answers>;

export const NO_ANSWERS: Answers = { parameters: {}, variants: {}, steps: {} };

/** Reads an answers file. `bad-request` names the field that is wrong. */
export async function readAnswers(path: string): Promise<Result<Answers>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return fail('not-found', `The answers file ${path} cannot be read.`);
  }
  let value: unknown;
  try {
    value = parse(text, { schema: 'core', maxAliasCount: 10 });
  } catch (error) {
    return fail(
      'bad-request',
      `${path}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'not YAML'}`,
    );
  }
  const parsed = Answers.safeParse(value);
  return parsed.success
    ? ok(parsed.data)
    : fail('bad-request', `${path} is not an answers file:\n${z.prettifyError(parsed.error)}`);
}
