/**
 * Proofs that a person types: answers to the server's questions, and a password. Text of the server is cleaned and
 * bounded; must never answer a question by itself, nor send anything that was not typed for it.
 */
import type { Prompt } from 'ssh2';
import { cleanLine, cleanLines } from '../serverText.ts';
import type { AuthenticationOptions, LoginState } from './authentication.ts';
import type { Labelled } from './keyProofs.ts';

const triesOfAPerson = 3;
const mostFields = 20;

/** Keyboard-interactive (RFC 4256), as many rounds as the server wants; again after a refusal, three times at most. */
export async function* keyboardProofs(
  options: AuthenticationOptions,
  state: LoginState,
): AsyncGenerator<Labelled, undefined> {
  const method = 'keyboard-interactive';
  const before = state.accepted.length;
  for (let attempt = 0; attempt < triesOfAPerson; attempt += 1) {
    if (!state.offers(method) || state.accepted.length !== before) return;
    const seen = { asked: false };
    if (attempt === 0) state.tried.push(method);
    const prompt = (
      name: string,
      instruction: string,
      _lang: string,
      prompts: Prompt[],
      finish: (answers: string[]) => void,
    ) => {
      seen.asked = true;
      void answerRound(options, state, { name, instruction, prompts }).then(finish);
    };
    yield { label: method, proof: { type: method, username: options.user, prompt } };
    // Refused without a question, or a person who does not want to answer: asking again would change nothing.
    if (!seen.asked || state.cancelled) return;
  }
}

interface Round {
  readonly name: string;
  readonly instruction: string;
  readonly prompts: readonly Prompt[];
}

async function answerRound(
  options: AuthenticationOptions,
  state: LoginState,
  round: Round,
): Promise<string[]> {
  const blank = round.prompts.map(() => '');
  if (state.cancelled) return blank;
  const told = state.told;
  state.told = '';
  const answer = await options.ask({
    kind: 'keyboard-interactive',
    title: cleanLine(round.name, 100),
    instruction: cleanLines(`${told}\n${round.instruction.slice(0, 4000)}`, 1000),
    fields: round.prompts.slice(0, mostFields).map((field) => ({
      label: cleanLine(field.prompt, 200),
      echo: field.echo === true,
    })),
  });
  if (answer.kind === 'text') return round.prompts.map((_, index) => answer.values[index] ?? '');
  state.cancelled = true;
  return blank;
}

/** The account's password, when the server takes one. */
export async function* passwordProofs(
  options: AuthenticationOptions,
  state: LoginState,
): AsyncGenerator<Labelled, undefined> {
  const before = state.accepted.length;
  for (let attempt = 0; attempt < triesOfAPerson; attempt += 1) {
    if (!state.offers('password') || state.accepted.length !== before) return;
    const answer = await options.ask({ kind: 'password', again: attempt > 0 });
    const password = answer.kind === 'text' ? answer.values[0] : undefined;
    if (password === undefined) {
      state.cancelled = true;
      return;
    }
    if (attempt === 0) state.tried.push('password');
    yield { label: 'password', proof: { type: 'password', username: options.user, password } };
  }
}
