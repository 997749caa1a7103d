/** Addresses as people read them, and as the connection names its hops. Pure. */
import type { Address } from '../../contract/plan.ts';
import { assertNever } from '../../contract/result.ts';
import type { Hop } from '../connect/connection.ts';

/** user@host:port as people write it; a rehearsal host and this computer have no address of their own. */
export function showAddress(address: Address): string {
  switch (address.kind) {
    case 'rehearsal':
      return 'rehearsal host';
    case 'local':
      return 'this computer';
    case 'ssh': {
      const place = `${address.user}@${bracketed(address.host)}`;
      return address.port === 22 ? place : `${place}:${String(address.port)}`;
    }
    default:
      return assertNever(address);
  }
}

/** `user@host:port` of a hop, with an IPv6 address in brackets, as `ask` and failures name it. */
export function hopAddress(hop: Pick<Hop, 'host' | 'port' | 'user'>): string {
  return `${hop.user}@${bracketed(hop.host)}:${String(hop.port)}`;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
