/**
 * The link of a run to one of its targets: connects, proves identity, keeps the record of both. It reports what it saw
 * and never sends a step's command by itself.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LinkState } from '../../contract/calls.ts';
import type { Address } from '../../contract/plan.ts';
import type { Check, RecordBody } from '../../contract/records.ts';
import { type Failure, ok, type Result } from '../../contract/result.ts';
import type { Target } from '../../contract/runbook.ts';
import { canonicalize, escapeText, type Json } from '../../domain/evidence/jcs.ts';
import { recordCheck, recordText } from '../../domain/run/recordText.ts';
import type { Connect, Connection, ConnectionFacts, ConnectOptions } from '../connect/connection.ts';
import { prepareHost, type PreparedHost } from '../remote/hostSession.ts';
import { writeDurably } from '../files/durable.ts';
import { storageFailure } from '../files/storageFailure.ts';
import { runProbe } from './probe.ts';
import { renderProbe } from './render.ts';

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
  readonly values: () => Readonly<Record<string, string>>;
  readonly append: (bodies: readonly RecordBody[]) => Promise<Result<unknown>>;
  readonly by: string;
  readonly onState: (state: LinkState) => void;
  readonly onLive: (live: LiveLink) => Promise<void>;
  readonly onLost: () => void;
}

export interface Link {
  readonly state: LinkState;
  readonly live: LiveLink | null;
  /** The open connection, or a new one. Calls that come together share one attempt. */
  ensure(): Promise<Result<LiveLink>>;
  close(): Promise<void>;
}

export function createLink(options: LinkOptions): Link {
  const { target } = options;
  let state: LinkState = { target: target.name, address: showAddress(options.address), state: 'idle' };
  let live: LiveLink | null = null;
  let opening: Promise<Result<LiveLink>> | null = null;
  let closing = false;
  const aborter = new AbortController();

  function show(change: Partial<LinkState> & Pick<LinkState, 'state'>): void {
    state = { target: target.name, address: state.address, ...change };
    options.onState(state);
  }

  async function open(): Promise<Result<LiveLink>> {
    show({ state: 'connecting' });
    const opened = await attempt();
    if (!opened.ok) show({ state: 'failed', failure: opened.error });
    return opened;
  }

  async function attempt(): Promise<Result<LiveLink>> {
    const reach = await options.resolve(options.address);
    if (!reach.ok) return reach;
    const seen = { accepted: false };
    const connected = await options.connect({
      ...reach.value,
      signal: aborter.signal,
      ask: async (address, question) => {
        show({ state: 'asking' });
        const answer = await reach.value.ask(address, question);
        show({ state: 'connecting' });
        if (question.kind === 'trust-host' && answer.kind === 'trust') seen.accepted = true;
        return answer;
      },
    });
    if (!connected.ok) return connected;
    const connection = connected.value;
    const rehearsal = options.address.kind === 'rehearsal';
    const facts: ConnectionFacts = rehearsal ? { ...connection.facts, pin: 'rehearsal' } : connection.facts;
    const done = await register(connection, facts, seen.accepted && !rehearsal);
    if (!done.ok) await connection.close();
    return done;
  }

  async function register(
    connection: Connection,
    facts: ConnectionFacts,
    accepted: boolean,
  ): Promise<Result<LiveLink>> {
    const prepared = await prepareHost(connection, { runId: options.runId });
    if (!prepared.ok) return prepared;
    const told = await options.append(connectRecords(target, facts, prepared.value, accepted, options.by));
    if (!told.ok) return told;
    const next: LiveLink = { connection, prepared: prepared.value };
    const identity = await proveIdentity(target, next, options.values());
    const kept = await keepHostFile(options.dir, target, facts, prepared.value, identity.evidence);
    if (!kept.ok) return kept;
    if (target.identity.length > 0) {
      const checks = [...identity.checks];
      const proof = await options.append([
        { type: 'host.identity', d: { target: target.name, ok: checks.every((check) => check.ok), checks } },
      ]);
      if (!proof.ok) return proof;
    }
    live = next;
    connection.onClosed((why) => {
      void lost(next, why);
    });
    show({ state: 'connected', rttMs: Math.round(prepared.value.rttMs) });
    await options.onLive(next);
    return ok(next);
  }

  async function lost(which: LiveLink, why: string): Promise<void> {
    if (live !== which) return;
    live = null;
    options.onLost();
    if (closing) return;
    const failure: Failure = {
      code: 'network',
      message: `Contact with ${state.address} was lost: ${why}.`,
      kept: 'Everything received so far is recorded.',
      hint: 'Connect again when the host can be reached. Nothing is sent again by itself.',
    };
    show({ state: 'lost', failure });
    await options.append([{ type: 'net.lost', d: { target: target.name, why: recordText(why, 400) } }]);
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
      opening ??= open().finally(() => {
        opening = null;
      });
      return opening;
    },
    async close() {
      closing = true;
      aborter.abort();
      await opening?.catch(() => undefined);
      const last = live;
      if (last === null) return;
      // A host that no longer answers must not hold up the end of a run.
      await Promise.race([last.prepared.cleanup(), delay(CLEANUP_WAIT_MS, undefined, { ref: false })]);
      await last.connection.close();
      live = null;
      show({ state: 'idle' });
    },
  };
}

/** user@host:port as people write it; rehearsal targets have no address of their own. */
export function showAddress(address: Address): string {
  if (address.kind === 'rehearsal') return 'rehearsal host';
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return address.port === 22 ? `${address.user}@${host}` : `${address.user}@${host}:${String(address.port)}`;
}

function connectRecords(
  target: Target,
  facts: ConnectionFacts,
  prepared: PreparedHost,
  accepted: boolean,
  by: string,
): readonly RecordBody[] {
  const trust: readonly RecordBody[] = accepted
    ? [
        {
          type: 'host.trust',
          d: {
            target: target.name,
            host: facts.address.slice(0, 260),
            hostKey: facts.hostKey,
            by: escapeText(by),
          },
        },
      ]
    : [];
  return [
    ...trust,
    {
      type: 'host.connect',
      d: {
        target: target.name,
        address: facts.address,
        hostKey: facts.hostKey,
        pin: facts.pin,
        auth: facts.auth,
        kex: facts.kex,
        cipher: facts.cipher,
        shell: prepared.shell,
        server: recordText(facts.server, 255),
      },
    },
    {
      type: 'clock.sample',
      d: {
        target: target.name,
        // Not minus zero: the record in memory is to be the one on disk.
        offsetMs: Math.round(prepared.clockOffsetMs) + 0,
        rttMs: Math.max(0, Math.round(prepared.rttMs)),
      },
    },
  ];
}

interface IdentityProof {
  readonly checks: readonly Check[];
  readonly evidence: readonly Json[];
}

/** Runs the identity commands of a target one by one, without a pty, and keeps what was asked and seen. */
async function proveIdentity(
  target: Target,
  live: LiveLink,
  values: Readonly<Record<string, string>>,
): Promise<IdentityProof> {
  const checks: Check[] = [];
  const evidence: Json[] = [];
  for (const proof of target.identity) {
    const rendered = renderProbe(proof.run, proof.expect, values);
    const seen = rendered.ok
      ? await runProbe(live, rendered.value, { carry: false })
      : { checks: [impossible(rendered.error.message)] };
    const named = seen.checks.map((check) =>
      recordCheck({ ...check, name: `${proof.title}: ${check.name}` }),
    );
    checks.push(...named);
    evidence.push({
      command: rendered.ok ? escapeText(rendered.value.text) : '',
      checks: named.map((check) => ({ ...check })),
    });
  }
  return { checks, evidence };
}

function impossible(why: string): Check {
  return { name: 'command', expected: 'can be made', actual: recordText(why, 1000), ok: false };
}

async function keepHostFile(
  dir: string,
  target: Target,
  facts: ConnectionFacts,
  prepared: PreparedHost,
  identity: readonly Json[],
): Promise<Result<null>> {
  const content: Json = {
    target: target.name,
    address: facts.address,
    hostKey: { ...facts.hostKey },
    pin: facts.pin,
    server: escapeText(facts.server),
    auth: facts.auth,
    kex: facts.kex,
    cipher: facts.cipher,
    shell: prepared.shell,
    identity,
  };
  try {
    await writeDurably(join(dir, 'hosts', `${target.name}.json`), `${canonicalize(content)}\n`);
    return ok(null);
  } catch (error) {
    return {
      ok: false,
      error: storageFailure(`What is known of ${target.name}`, error, 'The journal has it.'),
    };
  }
}
