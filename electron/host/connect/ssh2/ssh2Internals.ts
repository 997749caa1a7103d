/**
 * What ssh2 keeps to itself but this client needs: the answers to login requests while it goes through keys, and a ping
 * that is answered. The only place that knows; must fail plainly with another version.
 */
import type { Client } from 'ssh2';
import { fail, ok } from '../../../contract/result.ts';
import type { Result } from '../../../contract/result.ts';

interface Handlers {
  USERAUTH_FAILURE?: (protocol: unknown, offered: string[], partial: boolean) => void;
  USERAUTH_INFO_REQUEST?: (protocol: unknown, name: string, instruction: string, prompts: unknown) => void;
  EXT_INFO?: (protocol: unknown, extensions: readonly Extension[]) => void;
}
interface Extension {
  readonly name: string;
  readonly algs?: readonly string[];
}
interface Internals {
  readonly _protocol?: { readonly _handlers?: Handlers; _compatFlags?: number; ping?: () => void };
  readonly _callbacks?: ((failure?: unknown) => void)[];
}

/** ssh2's flag for servers that take SHA-2 signatures of RSA keys without saying so. */
const impliesSha2 = 1 << 4;

export interface LoginWatch {
  /** The server refused a proof; `offered` are the methods that can continue. */
  readonly refused: (offered: readonly string[], partial: boolean) => void;
  /** A round of questions without a question. */
  readonly told: (text: string) => void;
}

/** Listens to the login of a client that `connect` was called on. */
export function watchLogin(client: Client, watch: LoginWatch): Result<SignatureGuard> {
  const protocol = (client as object as Internals)._protocol;
  const handlers = protocol?._handlers;
  const refusal = handlers?.USERAUTH_FAILURE;
  const round = handlers?.USERAUTH_INFO_REQUEST;
  const extension = handlers?.EXT_INFO;
  if (protocol === undefined || handlers === undefined || !refusal || !round || !extension) {
    return fail('internal', 'The built-in SSH client is not the version this app was made for.');
  }
  let taken: readonly string[] = [];
  handlers.USERAUTH_FAILURE = (from, offered, partial) => {
    watch.refused(offered, partial);
    refusal(from, offered, partial);
  };
  handlers.USERAUTH_INFO_REQUEST = (from, name, instruction, prompts) => {
    if (!Array.isArray(prompts) || prompts.length === 0) watch.told(`${name}\n${instruction}`);
    round(from, name, instruction, prompts);
  };
  handlers.EXT_INFO = (from, extensions) => {
    taken = extensions.find((one) => one.name === 'server-sig-algs')?.algs ?? taken;
    extension(from, extensions);
  };
  return ok({
    forbidSha1: () => {
      // ssh2 would sign with SHA-1 for a server that does not list what it takes (RFC 8332 section 3.3).
      const fine = taken.includes('rsa-sha2-256') || taken.includes('rsa-sha2-512');
      if (!fine) protocol._compatFlags = (protocol._compatFlags ?? 0) | impliesSha2;
    },
  });
}

export interface SignatureGuard {
  /** From now on RSA keys sign with SHA-2 only. To be called before the first key is offered. */
  readonly forbidSha1: () => void;
}

/** Whether the other side answers a request within so many ms. */
export function answersPing(client: Client, timeoutMs: number): Promise<boolean> {
  const { _protocol: protocol, _callbacks: callbacks } = client as object as Internals;
  const ping = protocol?.ping;
  if (ping === undefined || callbacks === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(false);
    }, timeoutMs);
    // Any answer will do, a refusal too; an error object says that the connection is gone.
    callbacks.push((failure) => {
      clearTimeout(timer);
      resolve(!(failure instanceof Error));
    });
    try {
      ping.call(protocol);
    } catch {
      clearTimeout(timer);
      resolve(false);
    }
  });
}
