/**
 * Keys as proofs of a login, one at a time, the agent's first. A passphrase is asked for only when its key is about to
 * be offered, and once: must never offer a key that the server has seen.
 */
import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import type { Passphrases } from '../passphrases.ts';
import { singleKeyAgent } from './agentKeys.ts';
import type { AuthenticationOptions, LoginState } from './authentication.ts';
import type { Identities, KeyFile } from './identities.ts';
import type { Identity } from './identityFile.ts';

const triesOfAPerson = 3;

export interface Labelled {
  readonly label: string;
  readonly proof: AnyAuthMethod;
}

type Locked = Extract<Identity, { kind: 'locked' }>;

/** Every key that can be used, in order. */
export async function* keyProofs(
  options: AuthenticationOptions,
  identities: Identities,
  state: LoginState,
): AsyncGenerator<Labelled, undefined> {
  const { user: username, agentSocket } = options;
  const shown: Buffer[] = [];
  if (agentSocket !== undefined && identities.agent.length > 0) {
    const count = identities.agent.length;
    state.tried.push(`agent (${String(count)} ${count === 1 ? 'key' : 'keys'})`);
    for (const key of identities.agent) {
      shown.push(key.getPublicSSH());
      const agent = singleKeyAgent(agentSocket, key, options.outside);
      yield { label: 'publickey (agent)', proof: { type: 'agent', username, agent } };
    }
  }
  for (const one of identities.files) {
    const key = await openKey(one, shown, options, state);
    if (key === undefined) continue;
    shown.push(key.getPublicSSH());
    state.tried.push(`key ${one.file}`);
    yield { label: 'publickey (file)', proof: { type: 'publickey', username, key } };
  }
}

/** The key in a file, unless the server has seen that key already: then nobody is asked for its passphrase. */
async function openKey(
  { file, identity }: KeyFile,
  shown: readonly Buffer[],
  options: AuthenticationOptions,
  state: LoginState,
): Promise<ParsedKey | undefined> {
  const isShown = (publicKey: Buffer): boolean => shown.some((key) => key.equals(publicKey));
  if (identity.kind === 'open') return isShown(identity.key.getPublicSSH()) ? undefined : identity.key;
  if (isShown(identity.publicKey)) return undefined;
  const { passphrases } = options;
  return options.outside(() =>
    passphrases.turn(
      file,
      async () =>
        (await keptKey(file, identity, passphrases)) ?? (await askedKey(file, identity, options, state)),
    ),
  );
}

async function keptKey(
  file: string,
  identity: Locked,
  passphrases: Passphrases,
): Promise<ParsedKey | undefined> {
  const passphrase = await passphrases.get(file);
  if (passphrase === undefined) return undefined;
  const key = identity.unlock(passphrase);
  if (key === undefined) passphrases.drop(file);
  return key;
}

async function askedKey(
  file: string,
  identity: Locked,
  options: AuthenticationOptions,
  state: LoginState,
): Promise<ParsedKey | undefined> {
  for (let attempt = 0; attempt < triesOfAPerson; attempt += 1) {
    const answer = await options.ask({ kind: 'passphrase', file, again: attempt > 0 });
    const passphrase = answer.kind === 'text' ? answer.values[0] : undefined;
    if (passphrase === undefined || passphrase === '') {
      state.notes.push(`${file}: no passphrase was given.`);
      return undefined;
    }
    const key = identity.unlock(passphrase);
    if (key !== undefined) {
      await options.passphrases.keep(file, passphrase);
      return key;
    }
  }
  state.notes.push(`${file}: the passphrase was wrong ${String(triesOfAPerson)} times.`);
  return undefined;
}
