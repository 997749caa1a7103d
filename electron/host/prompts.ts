/** Open questions of connections, shown to whoever is at the desk. A question without an answer stays open. */
import { randomUUID } from 'node:crypto';
import type { Prompt, PromptAnswer, PromptContext, PromptQuestion } from '../contract/prompts.ts';
import { fail, ok, type Result } from '../contract/result.ts';

export interface Prompts {
  /** Resolves with `cancel`, and takes the question away, when `signal` says that it has gone. */
  ask(context: PromptContext, question: PromptQuestion, signal?: AbortSignal): Promise<PromptAnswer>;
  list(): readonly Prompt[];
  answer(id: string, answer: PromptAnswer): Result<null>;
  /** Cancels every open question of a run (or all), when its connections are given up. */
  cancel(runId?: string): void;
}

export function createPrompts(onChange: (prompts: readonly Prompt[]) => void): Prompts {
  const open = new Map<
    string,
    { readonly prompt: Prompt; readonly resolve: (answer: PromptAnswer) => void }
  >();
  const list = () => [...open.values()].map((entry) => entry.prompt);

  function settle(id: string, answer: PromptAnswer): boolean {
    const entry = open.get(id);
    if (entry === undefined) return false;
    open.delete(id);
    entry.resolve(answer);
    onChange(list());
    return true;
  }

  return {
    list,
    ask(context, question, signal) {
      if (signal?.aborted === true) return Promise.resolve({ kind: 'cancel' });
      const prompt: Prompt = { ...question, id: randomUUID(), context };
      return new Promise((resolve) => {
        const withdraw = (): void => {
          settle(prompt.id, { kind: 'cancel' });
        };
        signal?.addEventListener('abort', withdraw, { once: true });
        open.set(prompt.id, {
          prompt,
          resolve: (answer) => {
            signal?.removeEventListener('abort', withdraw);
            resolve(answer);
          },
        });
        onChange(list());
      });
    },
    answer(id, answer) {
      return settle(id, answer) ? ok(null) : fail('not-found', 'This question is not open any more.');
    },
    cancel(runId) {
      for (const { prompt } of [...open.values()]) {
        if (runId === undefined || prompt.context.runId === runId) settle(prompt.id, { kind: 'cancel' });
      }
    },
  };
}
