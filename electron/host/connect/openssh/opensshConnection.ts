/**
 * The engine on the system's ssh: one master per hop, each verified and logged into under its own name before the
 * next is tried. Must never send a proof of identity before the host key is trusted, never try a login again by
 * itself, and leave nothing behind when it fails.
 */
import { err, fail, ok } from '../../../contract/result.ts';
import type { Result } from '../../../contract/result.ts';
import type { Connect, ConnectOptions, Hop } from '../connection.ts';
import { passphrases } from '../passphrases.ts';
import { knownKeyTypes } from '../trust/knownHosts.ts';
import { readKnownHosts } from '../trust/knownHostsFile.ts';
import { algorithmOptions } from './algorithms.ts';
import { hostArguments } from './commandLine.ts';
import { readDefaults, readEffectiveConfig, readSupported } from './effectiveConfig.ts';
import type { ConfigQuery } from './effectiveConfig.ts';
import { sshEnvironment } from './environment.ts';
import { findOpenssh } from './findOpenssh.ts';
import { startMaster } from './master.ts';
import type { Master } from './hopMaster.ts';
import { openSession } from './opensshSession.ts';

/** Types of host keys that are tried one after another: a host names them, and must not keep this going for ever. */
const mostKeyTypes = 8;

/** Opens a connection with the system's ssh. Never rejects. See `Connect`. */
export async function connectOpenssh(options: ConnectOptions): ReturnType<Connect> {
  const found = await findOpenssh();
  if (!found.suitable) {
    return fail('unsupported', found.reason, { hint: 'Use the built-in client for this host.' });
  }
  const hops: readonly Hop[] = [...(options.jumps ?? []), options];
  const masters: Master[] = [];
  for (const hop of hops) {
    const next = await openHop(found, hop, masters.at(-1), options);
    if (!next.ok) {
      for (const master of masters.reverse()) await master.end();
      return next;
    }
    masters.push(next.value);
  }
  const [...via] = masters;
  const last = via.pop();
  if (last === undefined) return fail('internal', 'A connection needs a host.');
  return ok(
    openSession([...via, last], { ...last.facts, engine: 'openssh', via: via.map((jump) => jump.facts) }),
  );
}

async function openHop(
  { path: ssh, release }: { readonly path: string; readonly release: number },
  hop: Hop,
  previous: Master | undefined,
  options: ConnectOptions,
): Promise<Result<Master>> {
  const address = addressOf(hop);
  if (options.signal?.aborted === true) {
    return err(fail('cancelled', `Connecting to ${address} was cancelled.`).error);
  }
  const { agentSocket } = hop;
  const query: ConfigQuery = {
    ssh,
    environment: sshEnvironment(agentSocket === undefined ? {} : { agentSocket }),
    timeoutMs: options.timeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const host = hostArguments(hop, options.configFile);
  if (!host.ok) return host;
  const legacy = hop.legacy !== undefined;
  const [files, config, defaults, supported] = await Promise.all([
    readKnownHosts(hop.knownHosts),
    readEffectiveConfig(address, query, host.value),
    readDefaults(query),
    legacy ? readSupported(query) : {},
  ]);
  if (!files.ok) return files;
  if (!config.ok) return config;
  const { proxyCommand } = config.value;
  const vouched = (hop.pins ?? []).length > 0 || hop.replace !== undefined;
  return withoutUnvouchedKeys(async (withoutHostKeys, onUnvouchedKey) => {
    const algorithms = algorithmOptions(address, {
      effective: config.value.algorithms,
      defaults,
      supported,
      legacy,
      withoutHostKeys,
      preferredHostKeys: vouched ? knownKeyTypes(files.value, hop.host, hop.port, hop.hostKeyAlias) : [],
    });
    if (!algorithms.ok) return algorithms;
    return startMaster({
      ssh,
      release,
      hop,
      address,
      host: host.value,
      algorithms: algorithms.value,
      files: files.value,
      onUnvouchedKey,
      ...(previous === undefined ? {} : { previous }),
      ...(previous === undefined && proxyCommand !== undefined ? { proxyCommand } : {}),
      ask: options.ask,
      passphrases,
      timeoutMs: options.timeoutMs,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  });
}

/**
 * A host has a key of each type, and only one of them may be vouched for: asks for the others before it gives up, with
 * the first refusal. Nothing but the key exchange has happened on a connection that is refused.
 */
async function withoutUnvouchedKeys(
  start: (without: readonly string[], onUnvouchedKey: (keyType: string) => void) => Promise<Result<Master>>,
): Promise<Result<Master>> {
  const without: string[] = [];
  let first: Result<Master> | undefined;
  for (;;) {
    const before = without.length;
    const started = await start([...without], (keyType) => {
      if (!without.includes(keyType) && without.length < mostKeyTypes) without.push(keyType);
    });
    if (started.ok) return started;
    const noOtherKey = first !== undefined && started.error.code === 'unsupported';
    if (without.length === before) return noOtherKey ? (first ?? started) : started;
    first ??= started;
  }
}

/** `user@host:port`, with an IPv6 address in brackets. */
function addressOf(hop: Pick<Hop, 'host' | 'port' | 'user'>): string {
  const host = hop.host.includes(':') ? `[${hop.host}]` : hop.host;
  return `${hop.user}@${host}:${String(hop.port)}`;
}
