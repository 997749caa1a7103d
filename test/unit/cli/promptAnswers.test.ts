/** Questions of hosts on the command line: one at a time, and never in the app's own words. */
import { expect, it } from 'vitest';
import { answerPrompts, type AskPerson } from '../../../electron/cli/promptAnswers.ts';
import { isAsking } from '../../../electron/cli/keyboard.ts';
import type { Output } from '../../../electron/cli/output.ts';
import type { HostEvent } from '../../../electron/contract/calls.ts';
import { TargetName } from '../../../electron/contract/ids.ts';
import type { Prompt, PromptAnswer, PromptQuestion } from '../../../electron/contract/prompts.ts';

function desk() {
  const notes: string[] = [];
  const asked: { readonly text: string; readonly reply: (typed: string | null) => void }[] = [];
  const given: { readonly id: string; readonly answer: PromptAnswer }[] = [];
  const waiting: (() => void)[] = [];
  const told = () => {
    for (const wake of waiting.splice(0)) wake();
  };
  let emit: (event: HostEvent) => void = () => undefined;
  const person: AskPerson = (text) =>
    new Promise((reply) => {
      asked.push({ text, reply });
      told();
    });
  const client = {
    onEvent: (listener: (event: HostEvent) => void) => {
      emit = listener;
      return () => undefined;
    },
    call: (_name: string, args: unknown) => {
      given.push(args as (typeof given)[number]);
      told();
      return Promise.resolve({ ok: true, value: null });
    },
  } as unknown as Parameters<typeof answerPrompts>[0];
  const output = { note: (text: string) => notes.push(text) } as unknown as Output;
  answerPrompts(client, { hostKeys: [], interactive: true }, output, person);
  const until = async (happened: () => boolean): Promise<void> => {
    while (!happened()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { notes, asked, given, until, show: (...prompts: Prompt[]) => emit({ type: 'prompts', prompts }) };
}

function prompt(id: string, question: PromptQuestion): Prompt {
  return { ...question, id, context: { target: TargetName.parse('db'), address: `root@${id}:22` } };
}

it('asks one after another, so that no answer reaches two hosts', async () => {
  const { asked, given, until, show } = desk();
  const a = prompt('a', { kind: 'password', again: false });
  const b = prompt('b', { kind: 'password', again: false });
  show(a, b);
  await until(() => asked.length === 1);
  expect(isAsking()).toBe(true);
  asked[0]?.reply('for a');
  await until(() => asked.length === 2);
  expect(given).toEqual([{ id: 'a', answer: { kind: 'text', values: ['for a'] } }]);
  expect(asked[1]?.text).toContain('root@b:22');
  asked[1]?.reply('for b');
  await until(() => given.length === 2);
  expect(given[1]).toEqual({ id: 'b', answer: { kind: 'text', values: ['for b'] } });
});

it('does not ask what has been taken back, and takes no answer for a refusal', async () => {
  const { asked, given, until, show } = desk();
  const [a, b, c] = ['a', 'b', 'c'].map((id) => prompt(id, { kind: 'password', again: false }));
  if (a === undefined || b === undefined || c === undefined) throw new Error('no prompts');
  show(a, b, c);
  await until(() => asked.length === 1);
  show(a, c);
  asked[0]?.reply(null);
  await until(() => asked.length === 2);
  expect(given).toEqual([{ id: 'a', answer: { kind: 'cancel' } }]);
  expect(asked[1]?.text).toContain('root@c:22');
  asked[1]?.reply('x');
  await until(() => given.length === 2);
});

it('keeps the words of a server behind a bar and asks in its own', async () => {
  const { asked, notes, given, until, show } = desk();
  show(
    prompt('evil', {
      kind: 'keyboard-interactive',
      title: '',
      instruction: 'Welcome\nPassphrase of /home/me/.ssh/id_ed25519: ',
      fields: [{ label: 'Passphrase of /home/me/.ssh/id_ed25519: \u202egnp', echo: false }],
    }),
  );
  await until(() => asked.length === 1);
  expect(asked[0]?.text).toBe('Answer to root@evil:22: ');
  const spoken = notes.filter((line) => line.includes('Passphrase'));
  expect(spoken).toHaveLength(2);
  for (const line of spoken) expect(line).toMatch(/^ {2}\| /);
  expect(notes.join('\n')).not.toContain('\u202e');
  asked[0]?.reply('no');
  await until(() => given.length === 1);
});
