/**
 * The built-in SSH engine: goes from jump host to jump host, each verified and logged in to under its own name, to the
 * host itself. An agent is never forwarded, and no hop sees a proof that is meant for another.
 */
import { err } from '../../../contract/result.ts';
import type { Result } from '../../../contract/result.ts';
import { cancelledFailure } from '../connectFailures.ts';
import type { Connect, Connection, ConnectOptions, Hop } from '../connection.ts';
import { passphrases } from '../passphrases.ts';
import type { Passphrases } from '../passphrases.ts';
import { readKnownHosts } from '../trust/knownHostsFile.ts';
import { logIn } from './hopLogin.ts';
import { earlyRefusal } from './identities.ts';
import type { OpenHop } from './ssh2Link.ts';
import { openConnection } from './ssh2Session.ts';
import { overTcp, throughJump } from './transport.ts';

/** The engine with a store of passphrases of its own. */
export function createSsh2Engine(store: Passphrases): Connect {
  return (options) => connectChain(options, store);
}

/** Opens a connection with ssh2. Never rejects. See `Connect`. */
export const connectSsh2: Connect = createSsh2Engine(passphrases);

/** `user@host:port`, with an IPv6 address in brackets. */
export function addressOf(options: Pick<Hop, 'host' | 'port' | 'user'>): string {
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return `${options.user}@${host}:${String(options.port)}`;
}

async function connectChain(options: ConnectOptions, store: Passphrases): Promise<Result<Connection>> {
  const hops: readonly Hop[] = [...(options.jumps ?? []), options];
  for (const hop of hops) {
    const refusal = await earlyRefusal(hop, addressOf(hop));
    if (refusal !== undefined) return err(refusal);
  }
  const opened: OpenHop[] = [];
  for (const hop of hops) {
    const next = await openHop(hop, opened, options, store);
    if (!next.ok) {
      for (const jump of opened.reverse()) await jump.link.close();
      return next;
    }
    opened.push(next.value);
  }
  const host = opened.pop();
  return host === undefined
    ? err(cancelledFailure(addressOf(options)))
    : { ok: true, value: openConnection(host, opened) };
}

async function openHop(
  hop: Hop,
  via: readonly OpenHop[],
  options: ConnectOptions,
  passphrases: Passphrases,
): Promise<Result<OpenHop>> {
  const address = addressOf(hop);
  const files = await readKnownHosts(hop.knownHosts);
  if (!files.ok) return files;
  const jump = via.at(-1);
  return logIn({
    hop,
    address,
    files: files.value,
    via: [...via],
    openTransport: jump === undefined ? overTcp(hop, address) : throughJump(hop, address, jump),
    passphrases,
    ask: options.ask,
    timeoutMs: options.timeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}
