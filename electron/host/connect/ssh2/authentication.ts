/**
 * Logs in: agent keys, key files, keyboard-interactive, password, in this order and each only while the server
 * offers it. Only starts once the host key is trusted; must never send the same proof twice by itself.
 */
import type { AnyAuthMethod } from 'ssh2';
import { fail } from '../../../contract/result.ts';
import type { Failure } from '../../../contract/result.ts';
import type { PromptAnswer, PromptQuestion } from '../../../contract/prompts.ts';
import type { Passphrases } from '../passphrases.ts';
import { cleanLine, cleanLines } from '../serverText.ts';
import { gatherIdentities } from './identities.ts';
import type { Identities, IdentityHop } from './identities.ts';
import { keyProofs } from './keyProofs.ts';
import type { Labelled } from './keyProofs.ts';
import { keyboardProofs, passwordProofs } from './personProofs.ts';

/** What this client could do on a server's offer. */
const doable = ['publickey', 'keyboard-interactive', 'password'];

export interface AuthenticationOptions extends IdentityHop {
  readonly user: string;
  readonly passphrases: Passphrases;
  /** Asks a person with the network clock stopped. */
  readonly ask: (question: PromptQuestion) => Promise<PromptAnswer>;
  /** Runs something that waits for a person with the network clock stopped. */
  readonly outside: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface Authentication {
  /** The next proof to offer, or false when there is none left. */
  next(): Promise<AnyAuthMethod | false>;
  /** What the server said of the last proof. Must be called for every refusal, before `next`. */
  refused(offered: readonly string[], partial: boolean): void;
  /** Text of the server that belongs to no question: a banner, or a round without fields. */
  told(text: string): void;
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
    told: (text) => {
      state.told = cleanLines(`${state.told}\n${text.slice(0, 4000)}`, 1000);
    },
    method: () => [...state.accepted, state.current].join('+').slice(0, 80),
    failure: (address, said) => failureOf(state, address, said),
  };
}

export class LoginState {
  offered: readonly string[] = [];
  current = 'none';
  cancelled = false;
  /** The server wants what this client cannot give: said before anything is tried. */
  unable: 'keys' | 'methods' | undefined;
  /** What the server said that is not shown yet. */
  told = '';
  readonly accepted: string[] = [];
  readonly tried: string[] = [];
  /** Why something that was configured could not be tried. */
  readonly notes: string[] = [];
  certificates: readonly string[] = [];

  offers(method: string): boolean {
    return this.offered.includes(method);
  }
}

async function* proofsOf(
  options: AuthenticationOptions,
  state: LoginState,
): AsyncGenerator<Labelled, undefined> {
  // The `none` request carries no proof; its refusal lists what the server offers (RFC 4252 section 5.2).
  yield { label: 'none', proof: { type: 'none', username: options.user } };
  const identities = await gatherIdentities(options);
  state.notes.push(...identities.notes);
  state.certificates = identities.certificates;
  state.unable = unableTo(state, identities);
  if (state.unable !== undefined) return;
  const keys = keyProofs(options, identities, state);
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

/** Nothing that this client can do is on offer: a refusal now is better than a failed login later. */
function unableTo(state: LoginState, identities: Identities): LoginState['unable'] {
  const possible = state.offered.filter((method) => doable.includes(method));
  if (state.offered.length > 0 && possible.length === 0) return 'methods';
  const usable = identities.agent.length + identities.files.length;
  const onlyKeys = possible.length === 1 && possible[0] === 'publickey';
  return onlyKeys && usable === 0 && identities.notes.length > 0 ? 'keys' : undefined;
}

function failureOf(state: LoginState, address: string, said: string | undefined): Failure {
  const offered =
    state.offered.length === 0 ? 'nothing more' : state.offered.map((name) => cleanLine(name, 40)).join(', ');
  if (state.cancelled) {
    return fail('cancelled', `The login to ${address} was cancelled.`, {
      hint: 'Connect again to be asked again.',
    }).error;
  }
  if (state.unable === 'methods') {
    return fail(
      'unsupported',
      `${address} takes only ${offered}, which the built-in client does not support. No login was tried.`,
      { hint: 'Use the system ssh for this host (Kerberos and host-based logins work there).' },
    ).error;
  }
  const notes = state.notes.length === 0 ? '' : ` Not usable: ${state.notes.join(' ')}`;
  if (state.unable === 'keys') {
    return fail(
      'unsupported',
      `${address} takes only keys, and the built-in client can use none of yours. No login was tried.${notes}`,
      { hint: 'Use the system ssh for this host, or give a key that the built-in client can use.' },
    ).error;
  }
  const tried = state.tried.length === 0 ? 'nothing could be tried' : `tried: ${state.tried.join(', ')}`;
  const accepted =
    state.accepted.length === 0 ? '' : ` Accepted as one of several proofs: ${state.accepted.join(', ')}.`;
  const words = [said ?? '', state.told].filter((text) => text !== '').join(' ');
  const quoted = words === '' ? '' : ` The server said: ${cleanLine(words, 300)}`;
  const certificates =
    state.certificates.length === 0
      ? ''
      : ` Tried without ${state.certificates.join(', ')}: the built-in client cannot use certificates.`;
  return fail(
    'auth',
    `${address} did not let you in (${tried}). The server asks for: ${offered}.${accepted}${quoted}${notes}${certificates}`,
    {
      hint: hintOf(state, said),
    },
  ).error;
}

function hintOf(state: LoginState, said: string | undefined): string {
  if (said !== undefined && /too many authentication failures/i.test(said)) {
    return 'Too many keys were offered. Load fewer keys into the agent, or name the right one (IdentitiesOnly).';
  }
  if (state.certificates.length > 0) {
    return 'If this host wants the certificate, use the system ssh for it. Nothing was sent again by itself.';
  }
  if (state.tried.length === 0 && state.offers('publickey')) {
    return 'Start an agent with your key loaded (ssh-add), or name a key file that this client can use.';
  }
  return 'Check the user name and that the key is in authorized_keys of that account. Nothing was sent again by itself.';
}
