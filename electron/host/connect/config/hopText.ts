/** Hosts as people and ProxyJump write them: `[user@]host[:port]`, `[2001:db8::1]:22`, `ssh://user@host:port`. */
import { Place } from '../../../contract/plan.ts';
import { fail, ok, type Result } from '../../../contract/result.ts';

export interface HopText {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

/** A host with what was said about it. Names that could be taken for an option are refused. */
export function parseHop(text: string): Result<HopText> {
  const bare = text
    .trim()
    .replace(/^ssh:\/\//, '')
    .replace(/\/$/, '');
  const at = bare.lastIndexOf('@');
  const user = at < 0 ? undefined : bare.slice(0, at);
  const { host, port } = splitPort(bare.slice(at + 1));
  const checked = Place.safeParse({ host, user: user ?? 'x', port: portOf(port ?? '22') });
  if (!checked.success) {
    return fail('bad-request', `${text} is not a host: write it as host, user@host or user@host:port.`, {
      hint: 'An IPv6 address with a port stands in brackets: [2001:db8::1]:22.',
    });
  }
  return ok({
    host: checked.data.host,
    ...(user === undefined ? {} : { user: checked.data.user }),
    ...(port === undefined ? {} : { port: checked.data.port }),
  });
}

/** A name with one colon has a port; with more it is an IPv6 address, unless brackets say where it ends. */
function splitPort(text: string): { readonly host: string; readonly port: string | undefined } {
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    const rest = text.slice(end + 1);
    if (end < 0 || (rest !== '' && !rest.startsWith(':'))) return { host: '', port: undefined };
    return { host: text.slice(1, end), port: rest === '' ? undefined : rest.slice(1) };
  }
  const [host = '', port, more] = text.split(':');
  return more === undefined ? { host, port } : { host: text, port: undefined };
}

/** Hosts parted by commas, nearest first. */
export function parseHops(text: string): Result<readonly HopText[]> {
  const hops: HopText[] = [];
  for (const part of text.split(',')) {
    const hop = parseHop(part);
    if (!hop.ok) return hop;
    hops.push(hop.value);
  }
  return ok(hops);
}

/** `user@host:port`, with an IPv6 address in brackets. */
export function showHop(hop: {
  readonly host: string;
  readonly user: string;
  readonly port: number;
}): string {
  const host = hop.host.includes(':') ? `[${hop.host}]` : hop.host;
  return `${hop.user}@${host}:${String(hop.port)}`;
}

function portOf(text: string): number {
  return /^\d{1,5}$/.test(text) ? Number(text) : 0;
}
