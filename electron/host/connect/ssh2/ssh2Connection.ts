/**
 * The built-in SSH engine: connects, has the host key trusted, logs in. Must never send a proof of identity before
 * the host key is trusted, never accept a key by itself, and never try a login again by itself.
 */
import { connect as openTcp } from 'node:net';
import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { Client, NegotiatedAlgorithms } from 'ssh2';
import { err, fail, ok } from '../../../contract/result.ts';
import type { Failure, Result } from '../../../contract/result.ts';
import { offeredAlgorithms } from './algorithms.ts';
import { startAuthentication } from './authentication.ts';
import type { Authentication } from './authentication.ts';
import { closedFailure, protocolFailure, socketFailure, timeoutFailure } from '../connectFailures.ts';
import type { Phase } from '../connectFailures.ts';
import type { Connect, Connection, ConnectOptions } from '../connection.ts';
import { startDeadline } from '../deadline.ts';
import type { Deadline } from '../deadline.ts';
import { HostTrust } from '../trust/hostTrust.ts';
import { knownKeyTypes } from '../trust/knownHosts.ts';
import { readKnownHosts } from '../trust/knownHostsFile.ts';
import { cleanLine } from '../serverText.ts';
import { openConnection } from './ssh2Session.ts';

/** Opens a connection with ssh2. Never rejects. See `Connect`. */
export async function connectSsh2(options: ConnectOptions): ReturnType<Connect> {
  const files = await readKnownHosts(options.knownHosts);
  if (!files.ok) return files;
  const address = addressOf(options);
  if (options.signal?.aborted === true) return err(cancelled(address));
  return new Promise((resolve) => {
    const trust = new HostTrust(options, address, files.value);
    const types = knownKeyTypes(files.value, options.host, options.port);
    new Attempt(options, address, trust, types, resolve).start();
  });
}

/** `user@host:port`, with an IPv6 address in brackets. */
export function addressOf(options: Pick<ConnectOptions, 'host' | 'port' | 'user'>): string {
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return `${options.user}@${host}:${String(options.port)}`;
}

/** What ssh2 keeps to itself: the answers to login requests, which it does not pass on while it goes through keys. */
interface ClientInternals {
  readonly _protocol?: { readonly _handlers?: { USERAUTH_FAILURE?: UserauthFailure } };
}
type UserauthFailure = (protocol: unknown, offered: string[], partial: boolean) => void;

/** One try to connect. Settles once; afterwards nothing that ssh2 still does has any effect. */
class Attempt {
  readonly #options: ConnectOptions;
  readonly #address: string;
  readonly #trust: HostTrust;
  readonly #keyTypes: readonly string[];
  readonly #resolve: (result: Result<Connection>) => void;
  readonly #client: Client = new ssh2.Client();
  readonly #authentication: Authentication;
  readonly #deadline: Deadline;
  readonly #abort = (): void => {
    this.#fail(cancelled(this.#address));
  };
  #socket: Socket | undefined;
  #phase: Phase = 'reach';
  #settled = false;
  #said: string | undefined;
  #identification = '';
  #negotiated: NegotiatedAlgorithms | undefined;
  #saved: Promise<Result<undefined>> = Promise.resolve(ok(undefined));

  constructor(
    options: ConnectOptions,
    address: string,
    trust: HostTrust,
    keyTypes: readonly string[],
    resolve: (result: Result<Connection>) => void,
  ) {
    this.#options = options;
    this.#address = address;
    this.#trust = trust;
    this.#keyTypes = keyTypes;
    this.#resolve = resolve;
    this.#deadline = startDeadline(options.timeoutMs, () => {
      this.#fail(timeoutFailure(address, this.#phase, options.timeoutMs));
    });
    this.#authentication = startAuthentication({
      user: options.user,
      ...(options.agentSocket === undefined ? {} : { agentSocket: options.agentSocket }),
      identityFiles: options.identityFiles,
      ask: (question) => this.#deadline.outside(() => options.ask(address, question)),
    });
  }

  start(): void {
    const { host, port, signal } = this.#options;
    signal?.addEventListener('abort', this.#abort, { once: true });
    const socket = openTcp({ host, port, noDelay: true });
    this.#socket = socket;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#fail(socketFailure(this.#address, this.#phase, codeOf(error)));
    });
    socket.once('connect', () => {
      if (!this.#settled) this.#handshake(socket);
    });
  }

  #handshake(socket: Socket): void {
    this.#phase = 'identify';
    const client = this.#client;
    this.#listen(client);
    try {
      client.connect({
        sock: socket,
        username: this.#options.user,
        readyTimeout: 0,
        keepaliveInterval: this.#options.keepAlive.intervalMs,
        keepaliveCountMax: this.#options.keepAlive.count,
        algorithms: offeredAlgorithms(this.#keyTypes),
        hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
          void this.#verify(key, verify);
        },
        authHandler: (_offered, _partial, next) => {
          void this.#proveNext(next);
        },
      });
    } catch (error) {
      this.#fail(protocolFailure(this.#address, this.#phase, messageOf(error)));
      return;
    }
    this.#readIdentification(socket);
    this.#watchLogin();
  }

  #listen(client: Client): void {
    client.on('error', (error: Error & { level?: string }) => {
      // The agent did not sign; the next key is tried.
      if (this.#settled || error.level === 'agent') return;
      if (error.level === 'handshake' || error.level === 'protocol') {
        this.#fail(protocolFailure(this.#address, this.#phase, error.message));
      } else if (error.level === undefined) this.#said = cleanLine(error.message, 200);
    });
    client.on('close', () => {
      const refused =
        this.#phase === 'login' && this.#said !== undefined && /authentication/i.test(this.#said);
      if (refused) this.#fail(this.#authentication.failure(this.#address, this.#said));
      else this.#fail(closedFailure(this.#address, this.#phase, this.#said));
    });
    client.once('handshake', (negotiated) => {
      this.#negotiated = negotiated;
      this.#phase = 'login';
      // Only now has the host proven that it holds the key.
      this.#saved = this.#trust.save();
    });
    client.on('change password', () => {
      const hint = 'Log in once with ssh from a terminal and set a new password there.';
      this.#fail(
        fail('auth', `${this.#address} demands a new password before it lets you in.`, { hint }).error,
      );
    });
    client.once('ready', () => {
      this.#succeed();
    });
  }

  async #verify(key: Buffer, verify: (valid: boolean) => void): Promise<void> {
    // ssh2 asks again at each rekey; a host must not change its key within a connection.
    const first = this.#trust.accepted === undefined;
    if (first) this.#phase = 'trust';
    const verdict = this.#trust.judge(key);
    const failure =
      verdict === 'ask'
        ? await this.#deadline.outside(() => this.#trust.askPerson(Buffer.from(key)))
        : verdict;
    // Answering after the connection is gone crashes ssh2.
    if ((first && this.#settled) || this.#socket?.destroyed !== false) return;
    if (failure === undefined) {
      if (first) this.#phase = 'key-exchange';
      verify(true);
      return;
    }
    const report = first && !this.#settled;
    if (report) this.#settle(err(failure));
    verify(false);
    this.#socket.destroySoon();
  }

  async #proveNext(
    next: (proof: Exclude<Awaited<ReturnType<Authentication['next']>>, false>) => void,
  ): Promise<void> {
    const saved = await this.#saved;
    if (!saved.ok) {
      this.#fail(saved.error);
      return;
    }
    const proof = await this.#authentication.next();
    if (this.#settled) return;
    if (proof === false) this.#fail(this.#authentication.failure(this.#address));
    else next(proof);
  }

  /** Reads the server's identification string (RFC 4253 section 4.2) along with ssh2. */
  #readIdentification(socket: Socket): void {
    let text = '';
    const listener = (bytes: Buffer): void => {
      text += bytes.toString('latin1');
      const line = /^(SSH-[^\r\n]*)\r?\n/m.exec(text)?.[1];
      if (line === undefined && text.length < 16_384) return;
      socket.removeListener('data', listener);
      this.#identification = cleanLine(line ?? '', 255);
      if (this.#phase === 'identify') this.#phase = 'key-exchange';
    };
    socket.prependListener('data', listener);
  }

  #watchLogin(): void {
    const client: object = this.#client;
    const handlers = (client as ClientInternals)._protocol?._handlers;
    const original = handlers?.USERAUTH_FAILURE;
    if (handlers === undefined || original === undefined) {
      this.#fail(fail('internal', 'The built-in SSH client is not the version this app was made for.').error);
      return;
    }
    handlers.USERAUTH_FAILURE = (protocol, offered, partial) => {
      this.#authentication.refused(offered, partial);
      original(protocol, offered, partial);
    };
  }

  #succeed(): void {
    const { accepted } = this.#trust;
    const socket = this.#socket;
    const negotiated = this.#negotiated;
    if (this.#settled) return;
    if (accepted === undefined || socket === undefined || negotiated === undefined) {
      this.#fail(fail('internal', `The login to ${this.#address} ended without a trusted host key.`).error);
      return;
    }
    this.#client.removeAllListeners();
    const connection = openConnection(this.#client, socket, this.#options.keepAlive, {
      address: this.#address,
      hostKey: { type: accepted.type, fingerprint: accepted.fingerprint },
      pin: accepted.pin,
      auth: this.#authentication.method(),
      kex: cleanLine(negotiated.kex, 80),
      cipher: cleanLine(negotiated.cs.cipher, 80),
      server: this.#identification,
    });
    this.#settle(ok(connection));
  }

  #fail(failure: Failure): void {
    if (this.#settled) return;
    this.#settle(err(failure));
    this.#client.end();
    this.#socket?.destroySoon();
  }

  #settle(result: Result<Connection>): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#deadline.stop();
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#resolve(result);
  }
}

function cancelled(address: string): Failure {
  return fail('cancelled', `Connecting to ${address} was cancelled.`).error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: NodeJS.ErrnoException): string {
  if (error.code !== undefined) return error.code;
  // Several addresses were tried and each failed.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return first instanceof Error && 'code' in first ? String(first.code) : error.message;
}
