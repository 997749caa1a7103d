/**
 * Who may talk to the browser shell: pure rules over what a request says about itself. They compare with the address
 * this server is really at, never one header with another, so that a rebound DNS name gains nothing.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What the rules look at. Header values are all that were sent, in order. */
export interface RequestFacts {
  readonly method: string;
  /** The request target as sent. */
  readonly target: string;
  readonly host: readonly string[];
  readonly origin: readonly string[];
  readonly fetchSite: readonly string[];
}

export interface Refusal {
  readonly status: 400 | 403 | 404 | 405;
  readonly reason: string;
}

/** Where pages open their websocket. */
export const SOCKET_PATH = '/ws';

/** A request for a file, or why it is refused. `authority` is `127.0.0.1:PORT`. */
export function refuseRequest(request: RequestFacts, authority: string): Refusal | null {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, reason: 'Only GET and HEAD are answered here.' };
  }
  const refusal = refuseStranger(request, authority, ['same-origin', 'none']);
  if (refusal !== null) return refusal;
  // A page's own module scripts and fonts carry its origin; an address typed by a person carries none.
  if (request.origin.length > 0 && !isOnly(request.origin, `http://${authority}`)) return foreign('Origin');
  return request.target.startsWith('/') ? null : { status: 400, reason: 'The request target is not a path.' };
}

/** A websocket hand-shake (RFC 6455 section 4), or why it is refused. The origin must be there and be ours. */
export function refuseUpgrade(request: RequestFacts, authority: string): Refusal | null {
  // Browsers differ in what they call a websocket's site; the exact origin below is what decides.
  const refusal = refuseStranger(request, authority, ['same-origin', 'same-site']);
  if (refusal !== null) return refusal;
  if (!isOnly(request.origin, `http://${authority}`)) return foreign('Origin');
  return request.target === SOCKET_PATH ? null : { status: 404, reason: 'There is no such place.' };
}

/** Sec-Fetch-Site (W3C Fetch Metadata) is absent in clients that are no browser; where it is sent it must fit. */
function refuseStranger(request: RequestFacts, authority: string, sites: readonly string[]): Refusal | null {
  if (!isOnly(request.host, authority)) return foreign('Host');
  if (request.fetchSite.some((site) => !sites.includes(site))) return foreign('Sec-Fetch-Site');
  return null;
}

function isOnly(values: readonly string[], expected: string): boolean {
  return values.length === 1 && values[0] === expected;
}

function foreign(header: string): Refusal {
  return { status: 403, reason: `Refused: ${header} is not this server's.` };
}

/** 256 random bits in base64url: 43 characters. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares in constant time: the digests have one length whatever was sent. */
export function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
