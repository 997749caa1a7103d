/**
 * Logs in: agent keys, key files, keyboard-interactive, password, in this order and each only while the server
 * offers it. Only starts once the host key is trusted; must never send the same proof twice by itself.
 */
import type { AnyAuthMethod, ParsedKey, Prompt } from 'ssh2';
import { fail } from '../../../contract/result.ts';
import type { Failure } from '../../../contract/result.ts';
import type { PromptAnswer, PromptQuestion } from '../../../contract/prompts.ts';
import { agentKeys, singleKeyAgent } from './agentKeys.ts';
import { readIdentity } from './identityFile.ts';
import { cleanLine, cleanLines } from '../serverText.ts';

const triesOfAPerson = 3;

export interface AuthenticationOptions {
  readonly user: string;
  readonly agentSocket?: string;
  readonly identityFiles: readonly string[];
  /** Asks a person with the network clock stopped. */
  readonly ask: (question: PromptQuestion) => Promise<PromptAnswer>;
}

export interface Authentication {
  /** The next proof to offer, or false when there is none left. */
  next(): Promise<AnyAuthMethod | false>;
  /** What the server said of the last proof. Must be called for every refusal, before `next`. */
  refused(offered: readonly string[], partial: boolean): void;
  /** How the login succeeded, such as `publickey (agent)` or `publickey (file)+keyboard-interactive`. */
  method(): string;
  /** Why there is no login, for `address` (user@host:port). `said`: what the server said when it hung up. */
  failure(address: string, said?: string): Failure;
}

/** Starts a login. Nothing is read and nobody is asked before the first `next`. */
export function startAuthentication(options: AuthenticationOptions): Authentication {
  const state = new LoginState();
  const proofs = proofsOf(options, state);
  return {
    next: async () => {
      const { value, done } = await proofs.next();
      if (done === true) return false;
      state.current = value.label;
      return value.proof;
    },
    refused: (offered, partial) => {
      state.offered = offered;
      if (partial) state.accepted.push(state.current);
    },
    method: () => [...state.accepted, state.current].join('+').slice(0, 40),
    failure: (address, said) => failureOf(state, address, said),
  };
}

class LoginState {
  offered: readonly string[] = [];
  current = 'none';
  cancelled = false;
  readonly accepted: string[] = [];
  readonly tried: string[] = [];
  /** Why something that was configured could not be tried. */
  readonly notes: string[] = [];

  offers(method: string): boolean {
    return this.offered.includes(method);
  }
}

interface Labelled {
  readonly label: string;
  readonly proof: AnyAuthMethod;
}

async function* proofsOf(
  options: AuthenticationOptions,
  state: LoginState,
): AsyncGenerator<Labelled, undefined> {
  // The `none` request carries no proof; its refusal lists what the server offers (RFC 4252 section 5.2).
  yield { label: 'none', proof: { type: 'none', username: options.user } };
  const keys = keyProofs(options, state);
  for (let stage = 0; stage < 8; stage += 1) {
    const before = state.accepted.length;
    while (state.offers('publickey') && state.accepted.length === before) {
      const key = await keys.next();
      if (key.done === true) break;
      yield key.value;
    }
    if (state.accepted.length === before) yield* keyboardProofs(options, state);
    if (state.accepted.length === before && !state.cancelled) yield* passwordProofs(options, state);
    // Only a partial success opens another stage: the server now wants a further proof.
    if (state.accepted.length === before || state.cancelled) return;
  }
}

async function* keyProofs(
  options: AuthenticationOptions,
  state: LoginState,
): AsyncGenerator<Labelled, undefined> {
  const { user: username, agentSocket } = options;
  const shown: Buffer[] = [];
  if (agentSocket !== undefined) {
    const listed = await agentKeys(agentSocket);
    state.notes.push(...listed.notes);
    if (listed.keys.length > 0) state.tried.push(`agent (${plural(listed.keys.length, 'key')})`);
    for (const key of listed.keys) {
      shown.push(key.getPublicSSH());
      yield {
        label: 'publickey (agent)',
        proof: { type: 'agent', username, agent: singleKeyAgent(agentSocket, key) },
      };
    }
  }
  for (const file of options.identityFiles) {
    const key = await unlocked(file, shown, options, state);
    if (key === undefined) continue;
    shown.push(key.getPublicSSH());
    state.tried.push(`key ${file}`);
    yield { label: 'publickey (file)', proof: { type: 'publickey', username, key } };
  }
}

/** The key in a file, unless the server has seen that key already: then nobody is asked for its passphrase. */
async function unlocked(
  file: string,
  shown: readonly Buffer[],
  options: AuthenticationOptions,
  state: LoginState,
): Promise<ParsedKey | undefined> {
  const identity = await readIdentity(file);
  switch (identity.kind) {
    case 'missing':
      return undefined;
    case 'unusable':
      state.notes.push(identity.why);
      return undefined;
    case 'open':
      return shown.some((key) => key.equals(identity.key.getPublicSSH())) ? undefined : identity.key;
    case 'locked':
      if (shown.some((key) => key.equals(identity.publicKey))) return undefined;
      for (let attempt = 0; attempt < triesOfAPerson; attempt += 1) {
        const answer = await options.ask({ kind: 'passphrase', file, again: attempt > 0 });
        const passphrase = answer.kind === 'text' ? answer.values[0] : undefined;
        if (passphrase === undefined || passphrase === '') {
          state.notes.push(`${file}: no passphrase was given.`);
          return undefined;
        }
        const key = identity.unlock(passphrase);
        if (key !== undefined) return key;
      }
      state.notes.push(`${file}: the passphrase was wrong ${String(triesOfAPerson)} times.`);
      return undefined;
  }
}

async function* keyboardProofs(
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
      finish: (a: string[]) => void,
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
  const answer = await options.ask({
    kind: 'keyboard-interactive',
    title: cleanLine(round.name, 100),
    instruction: cleanLines(round.instruction, 1000),
    fields: round.prompts.slice(0, 20).map((field) => ({
      label: cleanLine(field.prompt, 200),
      echo: field.echo === true,
    })),
  });
  if (answer.kind === 'text') return round.prompts.map((_, index) => answer.values[index] ?? '');
  state.cancelled = true;
  return round.prompts.map(() => '');
}

async function* passwordProofs(
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

function failureOf(state: LoginState, address: string, said: string | undefined): Failure {
  const notes = state.notes.length === 0 ? '' : ` Not usable: ${state.notes.join(' ')}`;
  if (state.cancelled) {
    return fail('cancelled', `The login to ${address} was cancelled.`, {
      hint: 'Connect again to be asked again.',
    }).error;
  }
  const tried = state.tried.length === 0 ? 'nothing could be tried' : `tried: ${state.tried.join(', ')}`;
  const offered =
    state.offered.length === 0 ? 'nothing more' : state.offered.map((name) => cleanLine(name, 40)).join(', ');
  const accepted =
    state.accepted.length === 0 ? '' : ` Accepted as one of several proofs: ${state.accepted.join(', ')}.`;
  const words = said === undefined ? '' : ` The server said: ${cleanLine(said, 200)}`;
  return fail(
    'auth',
    `${address} did not let you in (${tried}). The server asks for: ${offered}.${accepted}${words}${notes}`,
    {
      hint: hintOf(state, said),
    },
  ).error;
}

function hintOf(state: LoginState, said: string | undefined): string {
  if (said !== undefined && /too many authentication failures/i.test(said)) {
    return 'Too many keys were offered. Load fewer keys into the agent, or name the right one.';
  }
  if (state.offers('gssapi-with-mic') && state.offered.length === 1) {
    return 'The host takes Kerberos only, which the built-in client does not support: use the system ssh.';
  }
  if (state.tried.length === 0 && state.offers('publickey')) {
    return 'Start an agent with your key loaded (ssh-add), or name a key file that this client can use.';
  }
  return 'Check the user name and that the key is in authorized_keys of that account. Nothing was sent again by itself.';
}

function plural(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
