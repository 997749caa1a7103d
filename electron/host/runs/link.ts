/**
 * The link of a run to one host: connects, proves identity, keeps the record of both, and comes back by itself after
 * contact was lost. It reports what it saw; it never sends a step's command, and never sends anything again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { LinkState } from '../../contract/views.ts';
import type { Address } from '../../contract/plan.ts';
import type { RecordBody } from '../../contract/records.ts';
import { type Failure, fail, ok, type Result } from '../../contract/result.ts';
import type { Target } from '../../contract/runbook.ts';
import { recordText } from '../../domain/run/recordText.ts';
import type { Closed, Connect, Connection, ConnectionFacts, ConnectOptions } from '../connect/connection.ts';
import { type HostOptions, prepareHost, type PreparedHost } from '../remote/hostSession.ts';
import type { RunSecrets } from '../secrets/runSecrets.ts';
import { showAddress } from './address.ts';
import { connectRecords, keepHostFile, proveIdentity, trustRecord } from './hostFacts.ts';
import { isReplaced, type KeyReplacement, withReplacement } from './keyReplacement.ts';
import { createBackoff, mayTryAgain } from './reconnect.ts';

/** How long the end of a link waits for the host to remove the run's folder. */
const CLEANUP_WAIT_MS = 3_000;

export interface LiveLink {
  readonly connection: Connection;
  readonly prepared: PreparedHost;
}

export interface LinkOptions {
  readonly target: Target;
  readonly address: Address;
  /** How to reach the address now: a rehearsal host has another port each time. */
  readonly resolve: (address: Address) => Promise<Result<ConnectOptions>>;
  readonly connect: Connect;
  readonly runId: string;
  readonly dir: string;
  readonly files: () => NonNullable<HostOptions['files']>;
  readonly values: () => Readonly<Record<string, string>>;
  readonly secrets: RunSecrets;
  readonly append: (bodies: readonly RecordBody[]) => Promise<Result<unknown>>;
  readonly by: string;
  /** Whether the link is to come back by itself now. */
  readonly wanted: () => boolean;
  /** Whether a step has left its directory and variables on the host. */
  readonly carried: () => boolean;
  /** Milliseconds between tries; RECONNECT_MS when absent. */
  readonly reconnectMs?: readonly number[];
  readonly onState: (state: LinkState) => void;
  /** `stateLost`: what steps had left on the host was gone. */
  readonly onLive: (live: LiveLink, stateLost: boolean) => Promise<void>;
  readonly onLost: () => void;
}

export interface Link {
  readonly state: LinkState;
  readonly live: LiveLink | null;
  /** The open connection, or a new one, at once. Calls that come together share one attempt. */
  ensure(): Promise<Result<LiveLink>>;
  /** One attempt in which the key that the host showed last takes the place of the one on record. */
  replaceKey(by: KeyReplacement): Promise<Result<null>>;
  /** Asks an open connection for a sign of life; one that gives none is treated as lost. */
  examine(timeoutMs: number): Promise<void>;
  /** `tidy`: what the run has left on the host is removed. */
  close(tidy: boolean): Promise<void>;
}

export function createLink(options: LinkOptions): Link {
  const { target } = options;
  let state: LinkState = { target: target.name, address: showAddress(options.address), state: 'idle' };
  let live: LiveLink | null = null;
  let opening: Promise<Result<LiveLink>> | null = null;
  /** Connected, and not yet taken into the run. */
  let arriving: Connection | null = null;
  let closing = false;
  /** The run is over: nothing of it may stay on the host. */
  let tidying = false;
  const aborter = new AbortController();
  const backoff = createBackoff(options.reconnectMs);

  function show(change: Partial<LinkState> & Pick<LinkState, 'state'>): void {
    state = { target: target.name, address: state.address, ...change };
    options.onState(state);
  }

  /** Every attempt goes through here, so that there is never more than one. */
  function open(replacement?: KeyReplacement): Promise<Result<LiveLink>> {
    backoff.stop();
    opening = attempt(replacement).finally(() => {
      opening = null;
    });
    return opening;
  }

  async function attempt(replacement: KeyReplacement | undefined): Promise<Result<LiveLink>> {
    show({ state: 'connecting' });
    const seen = { asked: false };
    const reach = await reached(replacement);
    const opened = reach.ok ? await connect(reach.value, replacement, seen) : reach;
    if (!opened.ok) failed({ state: 'failed', failure: opened.error }, seen.asked);
    return opened;
  }

  async function reached(replacement: KeyReplacement | undefined): Promise<Result<ConnectOptions>> {
    const reach = await options.resolve(options.address);
    if (!reach.ok || replacement === undefined) return reach;
    return withReplacement(reach.value, replacement);
  }

  async function connect(
    reach: ConnectOptions,
    replacement: KeyReplacement | undefined,
    seen: { asked: boolean },
  ): Promise<Result<LiveLink>> {
    const rehearsal = options.address.kind === 'rehearsal';
    const connected = await options.connect({
      ...reach,
      signal: aborter.signal,
      ask: async (address, question, signal) => {
        seen.asked = true;
        show({ state: 'asking' });
        const answer = await reach.ask(address, question, signal);
        show({ state: 'connecting' });
        if (question.kind === 'trust-host' && answer.kind === 'trust' && !rehearsal) {
          const key = { type: question.keyType, fingerprint: question.fingerprint };
          await options.append([trustRecord(target, address, key, options.by)]);
        }
        return answer;
      },
    });
    // The key may have been replaced and the login refused all the same.
    if (replacement !== undefined && (await isReplaced(replacement)))
      await options.append([replacement.record]);
    if (!connected.ok) return connected;
    const connection = connected.value;
    arriving = connection;
    const done = await register(
      connection,
      rehearsal ? { ...connection.facts, pin: 'rehearsal' } : connection.facts,
    );
    arriving = null;
    if (!done.ok) await connection.close();
    return done;
  }

  async function register(connection: Connection, facts: ConnectionFacts): Promise<Result<LiveLink>> {
    const prepared = await prepareHost(connection, {
      runId: options.runId,
      target: target.name,
      files: options.files(),
    });
    if (!prepared.ok) return prepared;
    const done = await admit(connection, facts, prepared.value);
    // What an earlier connection left there is still needed, unless the run is over.
    if (!done.ok && (tidying || prepared.value.fresh)) await tidyUp(prepared.value);
    return done;
  }

  /** A host that no longer answers must not hold up the end of a run. */
  async function tidyUp(prepared: PreparedHost): Promise<void> {
    await Promise.race([prepared.cleanup(), delay(CLEANUP_WAIT_MS, undefined, { ref: false })]);
  }

  /** Takes a prepared host into the run: on record first, then for use. */
  async function admit(
    connection: Connection,
    facts: ConnectionFacts,
    prepared: PreparedHost,
  ): Promise<Result<LiveLink>> {
    const legacy = options.address.kind === 'ssh' ? options.address.legacy : undefined;
    const stateLost = prepared.fresh && options.carried();
    const records = connectRecords(target, facts, prepared, { legacy, stateLost });
    const told = await options.append(records);
    if (!told.ok) return told;
    const next: LiveLink = { connection, prepared };
    const identity = await proveIdentity(target, next, options.values(), options.secrets);
    const kept = await keepHostFile(options.dir, target, records[0], identity.evidence);
    if (!kept.ok) {
      await options.append([lostRecord({ side: 'here', why: kept.error.message })]);
      return kept;
    }
    if (target.identity.length > 0) {
      const checks = [...identity.checks];
      const proof = await options.append([
        { type: 'host.identity', d: { target: target.name, ok: checks.every((check) => check.ok), checks } },
      ]);
      if (!proof.ok) return proof;
    }
    if (closing) return fail('cancelled', `The link to ${state.address} is not needed any more.`);
    live = next;
    backoff.reset();
    show({
      state: 'connected',
      rttMs: Math.round(prepared.rttMs),
      engine: facts.engine,
      ...(facts.via.length === 0 ? {} : { via: facts.via.map((hop) => hop.address) }),
    });
    connection.onClosed((closed) => {
      void lost(next, closed);
    });
    await options.onLive(next, stateLost);
    return ok(next);
  }

  function lostRecord({ side, why }: Closed): RecordBody {
    return { type: 'net.lost', d: { target: target.name, why: recordText(why, 400), side } };
  }

  async function lost(which: LiveLink, closed: Closed): Promise<void> {
    if (live !== which) return;
    live = null;
    options.onLost();
    if (closing) return;
    // On record before a new connection can be: a fold reads them in this order.
    await options.append([lostRecord(closed)]);
    const failure: Failure = {
      code: 'network',
      message: `Contact with ${state.address} was lost${whose(closed)}: ${closed.why}.`.replace(/\.\.$/, '.'),
      kept: 'Everything received so far is recorded.',
      hint: 'Nothing is sent again by itself.',
    };
    failed({ state: 'lost', failure }, false);
  }

  /** Shows a state without contact, and when it is tried again if it is. */
  function failed(
    change: { readonly state: 'failed' | 'lost'; readonly failure: Failure },
    asked: boolean,
  ): void {
    // An attempt may be under way already: somebody asked for one while the loss was being recorded.
    if (opening !== null && change.state === 'lost') return;
    const again = !closing && options.wanted() && mayTryAgain(change.failure, asked);
    const retryInMs = again
      ? backoff.start(() => {
          if (!closing && live === null && opening === null) void open();
        })
      : undefined;
    show(retryInMs === undefined ? change : { ...change, retryInMs });
  }

  return {
    get state() {
      return state;
    },
    get live() {
      return live;
    },
    ensure() {
      if (live !== null) return Promise.resolve(ok(live));
      return opening ?? open();
    },
    async replaceKey(by) {
      if (opening !== null) return fail('busy', `${state.address} is just being connected.`);
      const opened = await open(by);
      return opened.ok ? ok(null) : opened;
    },
    async examine(timeoutMs) {
      const asked = live;
      if (asked === null || (await asked.connection.alive(timeoutMs))) return;
      await lost(asked, { side: 'network', why: 'no sign of life after a pause of this computer' });
      await asked.connection.close();
    },
    async close(tidy) {
      closing = true;
      tidying = tidy;
      backoff.stop();
      aborter.abort();
      // A host that does not answer while it is prepared must not hold up the end of a run either.
      const patience = setTimeout(() => void arriving?.close(), CLEANUP_WAIT_MS);
      await opening?.catch(() => undefined);
      clearTimeout(patience);
      const last = live;
      if (last === null) {
        const { retryInMs, ...rest } = state;
        if (retryInMs !== undefined) show(rest);
        return;
      }
      if (tidy) await tidyUp(last.prepared);
      await last.connection.close();
      live = null;
      show({ state: 'idle' });
    },
  };
}

function whose({ side }: Closed): string {
  if (side === 'there') return ' (the host closed it)';
  return side === 'here' ? ' (closed here)' : '';
}
