/** What the specs know of the shipped runbooks and of the scripted answers. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Answers, readAnswers } from '../../../electron/cli/answers.ts';
import type { Runbook } from '../../../electron/contract/runbook.ts';
import { parseRunbook } from '../../../electron/domain/runbook/parse.ts';

export async function shippedRunbook(id: string): Promise<Runbook> {
  const file = resolve('runbooks', `${id}.runbook.yaml`);
  const { runbook } = parseRunbook(await readFile(file, 'utf8'), file);
  if (runbook === null) throw new Error(`${file} cannot be read`);
  return runbook;
}

export async function scriptedAnswers(name: string): Promise<Answers> {
  const answers = await readAnswers(resolve('test/fixtures/answers', `${name}.yaml`));
  if (!answers.ok) throw new Error(answers.error.message);
  return answers.value;
}
