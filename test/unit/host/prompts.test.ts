import { expect, it } from 'vitest';
import type { RunId, TargetName } from '../../../electron/contract/ids.ts';
import type { PromptContext } from '../../../electron/contract/prompts.ts';
import { createPrompts } from '../../../electron/host/prompts.ts';

const context: PromptContext = {
  runId: 'r1' as RunId,
  target: 'db' as TargetName,
  address: 'oncall@db:22',
};
const question = { kind: 'password', again: false } as const;

it('shows a question until it is answered, and resolves with the answer', async () => {
  const seen: number[] = [];
  const prompts = createPrompts((open) => seen.push(open.length));
  const answered = prompts.ask(context, question);
  const [open] = prompts.list();
  expect(open).toMatchObject({ ...question, context });
  expect(prompts.answer(open?.id ?? '', { kind: 'text', values: ['x'] }).ok).toBe(true);
  expect(await answered).toEqual({ kind: 'text', values: ['x'] });
  expect(prompts.answer(open?.id ?? '', { kind: 'cancel' })).toMatchObject({ ok: false });
  expect(seen).toEqual([1, 0]);
});

it('takes a question back when its signal aborts, and only that one', async () => {
  const prompts = createPrompts(() => undefined);
  const aborter = new AbortController();
  const withdrawn = prompts.ask(context, question, aborter.signal);
  const other = prompts.ask(context, { kind: 'touch-key', key: 'k' });
  aborter.abort();
  expect(await withdrawn).toEqual({ kind: 'cancel' });
  expect(prompts.list().map((prompt) => prompt.kind)).toEqual(['touch-key']);
  expect(await prompts.ask(context, question, aborter.signal)).toEqual({ kind: 'cancel' });
  expect(prompts.list()).toHaveLength(1);
  prompts.cancel('r1');
  expect(await other).toEqual({ kind: 'cancel' });
});

it('keeps an answer that came before the signal', async () => {
  const prompts = createPrompts(() => undefined);
  const aborter = new AbortController();
  const answered = prompts.ask(context, question, aborter.signal);
  prompts.answer(prompts.list()[0]?.id ?? '', { kind: 'text', values: ['first'] });
  aborter.abort();
  expect(await answered).toEqual({ kind: 'text', values: ['first'] });
});
