/** How an address of a plan is reached from this desk: which way, which client, which known_hosts, keys and agent. */
import type { Settings } from '../../contract/settings.ts';
import type { Route } from '../../contract/routes.ts';
import type { Address } from '../../contract/plan.ts';
import { assertNever, err, ok, type Result } from '../../contract/result.ts';
import type { RehearsalDesk } from '../rehearsal/rehearsalDesk.ts';
import type { ConfigDesk, Evaluation } from './config/configDesk.ts';
import { type HopText, showHop } from './config/hopText.ts';
import type { Ask, ConnectOptions, Hop } from './connection.ts';
import { builtInRefusal, chooseEngine, type EngineChoice, notesFor, systemRefusal } from './engineChoice.ts';
import type { FoundOpenssh } from './openssh/findOpenssh.ts';
import { findWay, type Way } from './routes.ts';

const NETWORK_TIMEOUT_MS = 30_000;
/** Our own server, on this computer: it answers, however slow the computer is. */
const REHEARSAL_TIMEOUT_MS = 120_000;
const REHEARSAL_KEEP_ALIVE = { intervalMs: 15_000, count: 3 };

export type ReachSettings = Pick<
  Settings,
  'sshEngine' | 'agentSocket' | 'keepAliveSeconds' | 'keepAliveCount'
>;

export interface ReachOptions {
  readonly config: ConfigDesk;
  readonly settings: () => ReachSettings;
  readonly openssh: () => Promise<FoundOpenssh>;
  readonly rehearsal: RehearsalDesk;
  /** In place of all that the configuration and the person's folder have, when the command line names others. */
  readonly knownHosts?: readonly string[];
  readonly identityFiles?: readonly string[];
}

export interface Reach {
  /**
   * Options for a connection to the address, or why it cannot be made from here. Starts the rehearsal host where that
   * is meant. Asks a person when the configuration would run commands.
   */
  resolve(address: Address, ask: Ask): Promise<Result<ConnectOptions>>;
  /** The way to what was typed, in words; a way that cannot work carries its refusal. */
  route(to: HopText, via: readonly HopText[] | undefined, ask: Ask): Promise<Result<Route>>;
}

export function createReach(options: ReachOptions): Reach {
  const askOf =
    (ask: Ask): Parameters<typeof findWay>[3] =>
    (alias, question) =>
      ask(alias, question);

  async function choose(way: Way, pinned: boolean): Promise<EngineChoice> {
    const choice = chooseEngine(options.settings().sshEngine, await options.openssh());
    if (choice.refusal !== undefined) return choice;
    const refusal =
      choice.engine === 'openssh'
        ? systemRefusal(way.hops)
        : await builtInRefusal(way.hops, options.knownHosts, pinned);
    return refusal === null ? choice : { ...choice, refusal };
  }

  async function ssh(address: Extract<Address, { kind: 'ssh' }>, ask: Ask): Promise<Result<ConnectOptions>> {
    const way = await findWay(options.config, address, address.via, askOf(ask));
    if (!way.ok) return way;
    const { pins, legacy } = address;
    const choice = await choose(way.value, pins !== undefined);
    if (choice.refusal !== undefined) return err(choice.refusal);
    const { configFile } = way.value.destination;
    return ok({
      ...hopOf(way.value.destination, options),
      ...(pins === undefined ? {} : { pins }),
      ...(legacy === undefined ? {} : { legacy }),
      engine: choice.engine,
      ...(way.value.jumps.length === 0 ? {} : { jumps: way.value.jumps.map((jump) => hopOf(jump, options)) }),
      ...(configFile === undefined ? {} : { configFile }),
      ask,
      timeoutMs: NETWORK_TIMEOUT_MS,
    });
  }

  return {
    resolve: async (address, ask) => {
      switch (address.kind) {
        case 'rehearsal':
          return rehearsalOptions(options.rehearsal, ask);
        case 'local':
          return ok(localOptions(ask));
        case 'ssh':
          return ssh(address, ask);
        default:
          return assertNever(address);
      }
    },
    async route(to, via, ask) {
      const way = await findWay(options.config, to, via, askOf(ask));
      if (!way.ok) return way;
      const choice = await choose(way.value, false);
      return ok({
        engine: choice.engine,
        engineWhy: choice.why,
        hops: way.value.hops.map((hop) => shownHop(hop, options)),
        notes: notesFor(choice.engine, way.value.hops),
        ...(choice.refusal === undefined ? {} : { refusal: choice.refusal }),
      });
    },
  };
}

/** One host on the way, with everything decided. */
function hopOf({ config }: Evaluation, options: ReachOptions): Hop {
  const { keepAliveSeconds, keepAliveCount } = options.settings();
  const agentSocket = agentOf(config.identityAgent, options);
  return {
    host: config.host,
    port: config.port,
    user: config.user,
    ...(config.alias === config.host ? {} : { alias: config.alias }),
    ...(config.hostKeyAlias === undefined ? {} : { hostKeyAlias: config.hostKeyAlias }),
    knownHosts: options.knownHosts ?? config.knownHosts,
    identityFiles: options.identityFiles ?? config.identityFiles,
    ...(config.certificateFiles.length === 0 ? {} : { certificateFiles: config.certificateFiles }),
    ...(config.identitiesOnly ? { identitiesOnly: true } : {}),
    ...(agentSocket === undefined ? {} : { agentSocket }),
    keepAlive: {
      intervalMs: (config.keepAliveSeconds ?? keepAliveSeconds) * 1000,
      count: config.keepAliveCount ?? keepAliveCount,
    },
  };
}

/** What the configuration says of this host comes before what the settings say of all. */
function agentOf(identityAgent: string | undefined, options: ReachOptions): string | undefined {
  const socket = identityAgent ?? options.settings().agentSocket;
  return socket === '' || socket === 'none' ? undefined : socket;
}

function shownHop(evaluation: Evaluation, options: ReachOptions): Route['hops'][number] {
  const { alias, host, port, user, knownHosts, identityFiles, agentSocket } = {
    agentSocket: undefined,
    alias: evaluation.config.alias,
    ...hopOf(evaluation, options),
  };
  const { proxyCommand } = evaluation.config;
  return {
    alias,
    host,
    port,
    user,
    knownHosts,
    identityFiles,
    ...(agentSocket === undefined ? {} : { agent: agentSocket }),
    ...(proxyCommand === '' ? {} : { proxyCommand }),
  };
}

async function rehearsalOptions(desk: RehearsalDesk, ask: Ask): Promise<Result<ConnectOptions>> {
  const started = await desk.host();
  if (!started.ok) return started;
  const { host, port, user, knownHostsFile, identityFile } = started.value;
  return ok({
    engine: 'ssh2',
    host,
    port,
    user,
    knownHosts: [knownHostsFile],
    identityFiles: [identityFile],
    ask,
    timeoutMs: REHEARSAL_TIMEOUT_MS,
    keepAlive: REHEARSAL_KEEP_ALIVE,
  });
}

function localOptions(ask: Ask): ConnectOptions {
  return {
    engine: 'local',
    host: 'localhost',
    port: 0,
    user: '',
    knownHosts: [],
    identityFiles: [],
    ask,
    timeoutMs: NETWORK_TIMEOUT_MS,
    keepAlive: { intervalMs: 0, count: 1 },
  };
}

/** The way in one line: `alice@bastion:22 → alice@db1:22`. */
export function showRoute(route: Pick<Route, 'hops'>): string {
  return route.hops.map((hop) => showHop(hop)).join(' → ');
}
