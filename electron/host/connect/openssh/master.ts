/**
 * One hop's ssh: started, asked for, trusted, logged in, and then listening on its control socket. Must never count
 * as open before that socket is there, and never be left running without this process.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { err, fail, ok } from '../../../contract/result.ts';
import type { Failure, Result } from '../../../contract/result.ts';
import { protocolFailure, timeoutFailure } from '../connectFailures.ts';
import type { Phase } from '../connectFailures.ts';
import { startDeadline } from '../deadline.ts';
import type { Deadline } from '../deadline.ts';
import { cleanLine } from '../serverText.ts';
import { serveAskpass } from './askpass.ts';
import type { AskpassServer } from './askpass.ts';
import { attemptFailure } from './attemptFailure.ts';
import { jumpCommand, masterArguments } from './commandLine.ts';
import { DebugLog } from './debugLog.ts';
import type { LogFacts, LogStep } from './debugLog.ts';
import { sshEnvironment } from './environment.ts';
import { HopQuestions } from './hopQuestions.ts';
import { HopTrust } from './hopTrust.ts';
import { openMuxProxy } from './muxProxy.ts';
import type { MuxProxy } from './muxProxy.ts';
import type { Master, MasterOptions } from './hopMaster.ts';
import { makePrivateFolder, removePrivateFolder } from './privateFolder.ts';
import type { PrivateFolder } from './privateFolder.ts';
import { supervise } from './supervisor.ts';
import type { Supervised } from './supervisor.ts';

/** A key in an agent or a token may need its owner: so long may a signature take. */
const signingMs = 120_000;

/** Starts a master and waits until it is logged in. Never rejects. */
export function startMaster(options: MasterOptions): Promise<Result<Master>> {
  return new Attempt(options).run();
}

class Attempt {
  readonly #options: MasterOptions;
  readonly #log: DebugLog;
  readonly #trust: HopTrust;
  readonly #questions: HopQuestions;
  /** Counts from the moment ssh runs. */
  #deadline: Deadline | undefined;
  readonly #settled: Promise<Result<MuxProxy>>;
  #settle: (result: Result<MuxProxy>) => void = () => undefined;
  #isSettled = false;
  #phase: Phase = 'reach';
  #folder: PrivateFolder | undefined;
  #ssh: Supervised | undefined;
  #saved: Promise<Result<undefined>> = Promise.resolve(ok(undefined));
  #keyWaiters: (() => void)[] = [];
  #signed: (() => void) | undefined;
  #opening = false;

  constructor(options: MasterOptions) {
    this.#options = options;
    const { hop, address, files } = options;
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#log = new DebugLog((step) => {
      this.#step(step);
    });
    this.#trust = new HopTrust({
      hop,
      address,
      files,
      factsWithKey: (waitMs) => this.#factsWithKey(waitMs),
      ...(options.onUnvouchedKey === undefined ? {} : { onUnvouchedKey: options.onUnvouchedKey }),
    });
    this.#questions = new HopQuestions({
      hop,
      address,
      trust: this.#trust,
      passphrases: options.passphrases,
      ask: (where, question, signal) =>
        this.#outside(() => options.ask(where, question, this.#withAbort(signal))),
      said: () => this.#log.said,
      method: () => this.#log.login.current,
      recentWords: () => this.#log.takeRecentWords(),
    });
  }

  async run(): Promise<Result<Master>> {
    const { signal } = this.#options;
    const abort = (): void => {
      this.#fail(fail('cancelled', `Connecting to ${this.#options.address} was cancelled.`).error);
    };
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    let askpass: AskpassServer | undefined;
    try {
      const started = await this.#start();
      if (started.ok) askpass = started.value;
      else this.#fail(started.error);
      const result = await this.#settled;
      if (result.ok) return ok(this.#master(result.value));
      await this.#ssh?.end();
      return result;
    } finally {
      this.#deadline?.stop();
      signal?.removeEventListener('abort', abort);
      await askpass?.close();
      if (this.#ssh === undefined && this.#folder !== undefined) await removePrivateFolder(this.#folder);
    }
  }

  async #start(): Promise<Result<AskpassServer>> {
    const { hop, previous, ssh } = this.#options;
    const folder = await makePrivateFolder(this.#trust.privateKnownHosts());
    if (!folder.ok) return folder;
    this.#folder = folder.value;
    const args = masterArguments({
      release: this.#options.release,
      hop,
      folder: folder.value,
      host: this.#options.host,
      algorithms: this.#options.algorithms,
      proxyCommand: previous === undefined ? this.#options.proxyCommand : jumpCommand(ssh, previous, hop),
      knownHosts: this.#trust.usesKnownHosts ? hop.knownHosts : [],
      connectTimeoutS: Math.ceil(this.#options.timeoutMs / 1000) + 5,
    });
    if (!args.ok) return args;
    const askpass = await serveAskpass(folder.value, (asked) => {
      void this.#asked(asked);
    });
    if (this.#isSettled) return ok(askpass);
    const { agentSocket } = hop;
    const { address, timeoutMs } = this.#options;
    this.#deadline = startDeadline(timeoutMs, () => {
      this.#fail(timeoutFailure(address, this.#phase, timeoutMs));
    });
    this.#ssh = supervise({
      folder: folder.value,
      command: [ssh, ...args.value],
      environment: sshEnvironment({
        askpass: folder.value.askpass,
        ...(agentSocket === undefined ? {} : { agentSocket }),
      }),
      onStderr: (text) => {
        this.#log.push(text);
      },
    });
    void this.#ssh.ended.then((end) => {
      this.#log.end();
      this.#endedBySsh(end.error);
    });
    return ok(askpass);
  }

  async #asked(asked: Parameters<HopQuestions['handle']>[0]): Promise<void> {
    // What ssh wrote before it asked is on its way on another pipe.
    await delay(5);
    if (this.#phase === 'key-exchange') this.#phase = 'trust';
    try {
      const failure = await this.#questions.handle(asked);
      if (failure !== undefined) this.#fail(failure);
    } catch (error) {
      const why = cleanLine(error instanceof Error ? error.message : String(error), 120);
      const message = `Nobody could be asked what ${this.#options.address} needs to know (${why}). It was not answered.`;
      this.#fail(fail('internal', message, { hint: 'Connect again.' }).error);
    }
  }

  #step(step: LogStep): void {
    if (this.#isSettled) return;
    this.#signed?.();
    switch (step) {
      case 'reached':
        this.#phase = 'identify';
        return;
      case 'identified':
        this.#phase = 'key-exchange';
        return;
      case 'host-key':
        for (const wake of this.#keyWaiters.splice(0)) wake();
        return;
      case 'spoken': {
        const why = 'it wrote into the log of ssh before it had proven its key';
        this.#fail(protocolFailure(this.#options.address, this.#phase, why));
        return;
      }
      case 'proven':
        this.#phase = 'login';
        this.#saved = this.#trust.save(this.#folder?.knownHosts ?? '');
        void this.#saved.then((saved) => {
          if (!saved.ok) this.#fail(saved.error);
        });
        return;
      case 'signing':
        this.#waitForSignature();
        return;
      case 'answered':
        if (this.#log.login.accepted.some((one) => one.startsWith('publickey'))) {
          void this.#questions.keyAccepted();
        }
        return;
      case 'listening':
        void this.#openProxy();
        return;
    }
  }

  /** The clock of the network stands still while an agent asks its owner, but not for ever. */
  #waitForSignature(): void {
    void this.#outside(async () => {
      const timer = new AbortController();
      const signed = new Promise<void>((resolve) => {
        this.#signed = resolve;
      });
      await Promise.race([
        signed,
        delay(signingMs, undefined, { signal: timer.signal }).catch(() => undefined),
      ]);
      timer.abort();
    });
  }

  #outside<T>(work: () => Promise<T>): Promise<T> {
    return this.#deadline === undefined ? work() : this.#deadline.outside(work);
  }

  async #openProxy(): Promise<void> {
    if (this.#folder === undefined || this.#opening || this.#isSettled) return;
    this.#opening = true;
    const proxy = await openMuxProxy(this.#folder.control);
    this.#opening = false;
    // The log can be imitated by a server's banner: then there is no socket yet, and its own line is still to come.
    if (!proxy.ok) {
      if (proxy.error.why === 'ENOENT') return;
      const message = `The connection to ${this.#options.address} cannot be shared with ssh: ${proxy.error.why}.`;
      this.#fail(fail('unsupported', message, { hint: 'Use the built-in client for this host.' }).error);
      return;
    }
    const saved = await this.#saved;
    if (!saved.ok) this.#fail(saved.error);
    if (!this.#finish(ok(proxy.value))) proxy.value.close();
  }

  #endedBySsh(startError: string | undefined): void {
    if (this.#isSettled) return;
    const { address, hop, ssh, previous } = this.#options;
    if (startError !== undefined) {
      this.#fail(fail('unsupported', `${ssh} cannot be started (${startError}).`).error);
      return;
    }
    const { said, facts } = this.#log;
    const refusal = this.#phase === 'login' ? undefined : this.#trust.refusal(said, facts.hostKey);
    this.#fail(
      refusal ??
        attemptFailure({
          address,
          phase: this.#phase,
          said,
          login: this.#log.login,
          legacy: hop.legacy !== undefined,
          proxyCommand: this.#options.proxyCommand !== undefined,
          hasAgent: hop.agentSocket !== undefined,
          ...(previous === undefined ? {} : { jump: { address: previous.address, said: previous.said() } }),
        }),
    );
  }

  #factsWithKey(waitMs: number): Promise<LogFacts> {
    if (this.#log.facts.hostKey !== undefined) return Promise.resolve(this.#log.facts);
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        resolve(this.#log.facts);
      };
      const timer = setTimeout(done, waitMs);
      this.#keyWaiters.push(done);
    });
  }

  /** A question is also gone when the attempt has ended. */
  #withAbort(signal: AbortSignal | undefined): AbortSignal {
    const over = new AbortController();
    void this.#settled.then(() => {
      over.abort();
    });
    return signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  }

  #fail(failure: Failure): void {
    this.#finish(err(failure));
  }

  /** False when the attempt was over already. */
  #finish(result: Result<MuxProxy>): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#signed?.();
    this.#settle(result);
    return true;
  }

  #master(proxy: MuxProxy): Master {
    const { hop, address } = this.#options;
    const ssh = this.#ssh;
    const { facts, login } = this.#log;
    return {
      hop,
      address,
      control: this.#folder?.control ?? '',
      facts: {
        address,
        hostKey: facts.hostKey ?? { type: '', fingerprint: '' },
        pin: this.#trust.pin(facts),
        auth: login.accepted.join('+').slice(0, 80),
        kex: facts.kex,
        cipher: facts.cipher,
        server: facts.server,
      },
      proxy,
      said: () => this.#log.said,
      ended: ssh?.ended ?? Promise.resolve(),
      end: async () => {
        proxy.close();
        await ssh?.end();
      },
    };
  }
}
