/** How an address of a plan is reached from this desk: which known_hosts, which keys, which agent. */
import { join } from 'node:path';
import type { TargetName } from '../../contract/ids.ts';
import type { Address } from '../../contract/plan.ts';
import { assertNever, ok, type Result } from '../../contract/result.ts';
import type { RehearsalDesk } from '../rehearsal/rehearsalDesk.ts';
import type { Ask, ConnectOptions } from './connection.ts';

const NETWORK_TIMEOUT_MS = 20_000;
const KEEP_ALIVE = { intervalMs: 15_000, count: 3 };
const KEY_FILES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const SYSTEM_KNOWN_HOSTS = '/etc/ssh/ssh_known_hosts';

export interface ReachOptions {
  /** OpenSSH's folder of this person. */
  readonly ssh: string;
  readonly agentSocket: () => string;
  readonly rehearsal: RehearsalDesk;
  /** Instead of the folder's own files, when the command line names others. */
  readonly knownHosts?: readonly string[];
  readonly identityFiles?: readonly string[];
}

/** Options for a connection to the address. Starts the rehearsal host where that is meant. */
export function createReach(
  options: ReachOptions,
): (target: TargetName, address: Address, ask: Ask) => Promise<Result<ConnectOptions>> {
  return async (_target, address, ask) => {
    switch (address.kind) {
      case 'rehearsal': {
        const host = await options.rehearsal.host();
        if (!host.ok) return host;
        const { host: name, port, user, knownHostsFile, identityFile } = host.value;
        return ok({
          host: name,
          port,
          user,
          knownHosts: [knownHostsFile],
          identityFiles: [identityFile],
          ask,
          timeoutMs: NETWORK_TIMEOUT_MS,
          keepAlive: KEEP_ALIVE,
        });
      }
      case 'ssh': {
        const agentSocket = options.agentSocket();
        return ok({
          host: address.host,
          port: address.port,
          user: address.user,
          knownHosts: options.knownHosts ?? [join(options.ssh, 'known_hosts'), SYSTEM_KNOWN_HOSTS],
          identityFiles: options.identityFiles ?? KEY_FILES.map((name) => join(options.ssh, name)),
          ...(agentSocket === '' ? {} : { agentSocket }),
          ask,
          timeoutMs: NETWORK_TIMEOUT_MS,
          keepAlive: KEEP_ALIVE,
        });
      }
      default:
        return assertNever(address);
    }
  };
}
