/** Scripted answers (`--answers FILE`): what a person would say, for tests and demonstrations. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { Change, Operator } from '../contract/plan.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import { StepAnswer } from '../domain/testing/answer.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const Answers = z.strictObject({
  operator: Operator.optional(),
  change: Change.optional(),
  parameters: z.record(z.string(), scalar).default({}),
  variants: z.record(z.string(), scalar).default({}),
  steps: z.record(z.string(), StepAnswer).default({}),
});
export type { StepAnswer } from '../domain/testing/answer.ts';
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
