/**
 * One host on the way: reaches it, has its key trusted, logs in. Must never send a proof of identity before the host
 * key is trusted, never accept a key by itself, and never try a login again by itself.
 */
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { Client, NegotiatedAlgorithms } from 'ssh2';
import { err, fail, ok } from '../../../contract/result.ts';
import type { Failure, Result } from '../../../contract/result.ts';
import type { PromptAnswer, PromptQuestion } from '../../../contract/prompts.ts';
import {
  cancelledFailure,
  closedFailure,
  jumpFailure,
  noCommonFailure,
  protocolFailure,
  socketFailure,
  timeoutFailure,
} from '../connectFailures.ts';
import type { Phase } from '../connectFailures.ts';
import type { Ask, Hop } from '../connection.ts';
import { startDeadline } from '../deadline.ts';
import type { Deadline } from '../deadline.ts';
import type { Passphrases } from '../passphrases.ts';
import { cleanLine } from '../serverText.ts';
import { HostTrust } from '../trust/hostTrust.ts';
import { knownKeyTypes } from '../trust/knownHosts.ts';
import type { KnownHostsFile } from '../trust/knownHosts.ts';
import { offeredAlgorithms } from './algorithms.ts';
import { startAuthentication } from './authentication.ts';
import type { Authentication } from './authentication.ts';
import { readServerHello } from './serverHello.ts';
import { createServerNotice } from './serverNotice.ts';
import type { ServerNotice } from './serverNotice.ts';
import { watchLogin } from './ssh2Internals.ts';
import type { SignatureGuard } from './ssh2Internals.ts';
import { watchLink } from './ssh2Link.ts';
import type { OpenHop } from './ssh2Link.ts';
import { hangUp } from './transport.ts';
import type { OpenTransport } from './transport.ts';

export interface LoginOptions {
  readonly hop: Hop;
  /** user@host:port of the hop. */
  readonly address: string;
  readonly files: readonly KnownHostsFile[];
  /** Jump hosts on the way, nearest first. */
  readonly via: readonly OpenHop[];
  readonly openTransport: OpenTransport;
  readonly passphrases: Passphrases;
  readonly ask: Ask;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Logs in to one hop. Never rejects. */
export function logIn(options: LoginOptions): Promise<Result<OpenHop>> {
  if (options.signal?.aborted === true) return Promise.resolve(err(cancelledFailure(options.address)));
  return new Promise((resolve) => {
    new HopLogin(options, resolve).start();
  });
}

/** One try. Settles once; afterwards nothing that ssh2 still does has any effect. */
class HopLogin {
  readonly #options: LoginOptions;
  readonly #address: string;
  readonly #resolve: (result: Result<OpenHop>) => void;
  readonly #client: Client = new ssh2.Client();
  readonly #trust: HostTrust;
  readonly #authentication: Authentication;
  readonly #deadline: Deadline;
  readonly #notice: ServerNotice;
  /** Takes back the questions that are open when this try ends. */
  readonly #questions = new AbortController();
  readonly #hello = readServerHello(() => {
    if (this.#phase === 'identify') this.#phase = 'key-exchange';
  });
  readonly #abort = (): void => {
    this.#fail(cancelledFailure(this.#address));
  };
  #giveUp: () => void = () => undefined;
  #transport: Duplex | undefined;
  #gone = false;
  #phase: Phase = 'reach';
  #settled = false;
  #said: string | undefined;
  #negotiated: NegotiatedAlgorithms | undefined;
  #guard: SignatureGuard | undefined;
  #saved: Promise<Result<undefined>> = Promise.resolve(ok(undefined));

  constructor(options: LoginOptions, resolve: (result: Result<OpenHop>) => void) {
    const { hop, address, files, timeoutMs } = options;
    this.#options = options;
    this.#address = address;
    this.#resolve = resolve;
    this.#deadline = startDeadline(timeoutMs, () => {
      this.#fail(timeoutFailure(address, this.#phase, timeoutMs));
    });
    const outside = <T>(work: () => Promise<T>): Promise<T> => this.#deadline.outside(work);
    const ask = (question: PromptQuestion, until?: AbortSignal): Promise<PromptAnswer> => {
      const { signal } = this.#questions;
      if (until === undefined) this.#notice.over();
      const gone = until === undefined ? signal : AbortSignal.any([signal, until]);
      return outside(() => options.ask(address, question, gone));
    };
    this.#notice = createServerNotice(ask);
    this.#trust = new HostTrust({ hop, address, files, ask });
    this.#authentication = startAuthentication({ ...hop, passphrases: options.passphrases, ask, outside });
  }

  start(): void {
    const { signal, openTransport } = this.#options;
    signal?.addEventListener('abort', this.#abort, { once: true });
    this.#giveUp = openTransport({
      opened: (transport) => {
        if (this.#settled) hangUp(transport);
        else this.#handshake(transport);
      },
      failed: (failure) => {
        this.#fail(failure);
      },
    });
  }

  #handshake(transport: Duplex): void {
    this.#transport = transport;
    this.#phase = 'identify';
    const { hop, files } = this.#options;
    this.#watchTransport(transport);
    const client = this.#client;
    this.#listen(client);
    const types = knownKeyTypes(files, hop.host, hop.port, hop.hostKeyAlias);
    try {
      client.connect({
        sock: transport,
        username: hop.user,
        readyTimeout: 0,
        keepaliveInterval: hop.keepAlive.intervalMs,
        keepaliveCountMax: hop.keepAlive.count,
        algorithms: offeredAlgorithms(types, hop.legacy !== undefined),
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
    this.#readHello(transport);
    const watched = watchLogin(client, {
      refused: (offered, partial) => {
        this.#authentication.refused(offered, partial);
      },
      told: (text) => {
        this.#authentication.told(text);
        this.#notice.show(text, this.#abort);
      },
    });
    if (watched.ok) this.#guard = watched.value;
    else this.#fail(watched.error);
  }

  /** ssh2 must not be answered once its transport is gone: that throws out of its own depths. */
  #watchTransport(transport: Duplex): void {
    const gone = (): void => {
      this.#gone = true;
    };
    transport.once('end', gone);
    transport.once('close', gone);
    transport.on('error', (error: NodeJS.ErrnoException) => {
      gone();
      this.#fail(socketFailure(this.#address, this.#phase, error.code ?? error.message));
    });
  }

  #listen(client: Client): void {
    client.on('error', (error: Error & { level?: string }) => {
      // The agent did not sign; the next key is tried.
      if (this.#settled || error.level === 'agent') return;
      if (error.level === 'handshake' || error.level === 'protocol')
        this.#fail(this.#protocolFailed(error.message));
      else if (error.level === undefined) this.#said = cleanLine(error.message, 200);
    });
    client.on('banner', (text) => {
      this.#authentication.told(text);
      // Read or not, the login goes on.
      this.#notice.show(text, () => undefined);
    });
    client.on('close', () => {
      this.#fail(this.#closed());
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

  #closed(): Failure {
    for (const { facts, link } of this.#options.via) {
      const lost = link.lost();
      if (lost !== undefined) return jumpFailure(this.#address, facts.address, `${lost.why}.`);
    }
    const refused = this.#phase === 'login' && this.#said !== undefined && /authentication/i.test(this.#said);
    if (refused) return this.#authentication.failure(this.#address, this.#said);
    return closedFailure(this.#address, this.#phase, this.#said);
  }

  #protocolFailed(reason: string): Failure {
    const missing = /no matching (.+)$/.exec(reason)?.[1];
    if (missing === undefined) return protocolFailure(this.#address, this.#phase, reason);
    const { legacy } = this.#options.hop;
    return noCommonFailure(this.#address, missing, this.#hello.offer(missing), legacy !== undefined);
  }

  async #verify(key: Buffer, verify: (valid: boolean) => void): Promise<void> {
    // ssh2 asks again at each rekey; a host must not change its key within a connection.
    const first = this.#trust.accepted === undefined;
    if (first) this.#phase = 'trust';
    const verdict = this.#trust.judge(key);
    const failure = verdict === 'ask' ? await this.#trust.askPerson(Buffer.from(key)) : verdict;
    if ((first && this.#settled) || this.#gone) return;
    if (failure === undefined) {
      if (first) this.#phase = 'key-exchange';
      verify(true);
      return;
    }
    if (first) this.#settle(err(failure));
    verify(false);
    if (this.#transport !== undefined) hangUp(this.#transport);
  }

  async #proveNext(
    next: (proof: Exclude<Awaited<ReturnType<Authentication['next']>>, false>) => void,
  ): Promise<void> {
    this.#notice.over();
    const saved = await this.#saved;
    if (!saved.ok) {
      this.#fail(saved.error);
      return;
    }
    if (this.#options.hop.legacy === undefined) this.#guard?.forbidSha1();
    const proof = await this.#authentication.next();
    if (this.#settled || this.#gone) return;
    if (proof === false) this.#fail(this.#authentication.failure(this.#address));
    else next(proof);
  }

  /** Reads along with ssh2, until the server has said what it offers. */
  #readHello(transport: Duplex): void {
    const listener = (bytes: Buffer): void => {
      if (!this.#hello.feed(bytes)) transport.removeListener('data', listener);
    };
    transport.prependListener('data', listener);
  }

  #succeed(): void {
    const { accepted } = this.#trust;
    const transport = this.#transport;
    const negotiated = this.#negotiated;
    if (this.#settled) return;
    if (accepted === undefined || transport === undefined || negotiated === undefined) {
      this.#fail(fail('internal', `The login to ${this.#address} ended without a trusted host key.`).error);
      return;
    }
    this.#client.removeAllListeners();
    const { hop, via } = this.#options;
    this.#settle(
      ok({
        client: this.#client,
        transport,
        link: watchLink(this.#client, transport, hop.keepAlive, via),
        facts: {
          address: this.#address,
          hostKey: { type: accepted.type, fingerprint: accepted.fingerprint },
          pin: accepted.pin,
          auth: this.#authentication.method(),
          kex: cleanLine(negotiated.kex, 80),
          cipher: cleanLine(negotiated.cs.cipher, 80),
          server: this.#hello.identification,
        },
      }),
    );
  }

  #fail(failure: Failure): void {
    if (this.#settled) return;
    this.#settle(err(failure));
    this.#giveUp();
    this.#client.end();
    if (this.#transport !== undefined) hangUp(this.#transport);
  }

  #settle(result: Result<OpenHop>): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#deadline.stop();
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#notice.over();
    this.#questions.abort();
    this.#resolve(result);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
