/** What the specs know of the shipped runbooks and of the scripted answers. */
import { resolve } from 'node:path';
import { type Answers, readAnswers } from '../../../electron/cli/answers.ts';
import type { Runbook } from '../../../electron/contract/runbook.ts';
import { linkedRunbook } from '../../fixtures/runs/linkedRunbook.ts';

/** As a rehearsal runs it: put together with what it calls. */
export function shippedRunbook(id: string): Promise<Runbook> {
  return linkedRunbook(id);
}

export async function scriptedAnswers(name: string): Promise<Answers> {
  const answers = await readAnswers(resolve('test/fixtures/answers', `${name}.yaml`));
  if (!answers.ok) throw new Error(answers.error.message);
  return answers.value;
}
