/** What is known of a host once a connection stands: the records of it, the proof of identity, the file in the evidence. */
import { join } from 'node:path';
import type { Check, RecordBody, RecordOf } from '../../contract/records.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Target } from '../../contract/runbook.ts';
import { canonicalize, escapeText, type Json } from '../../domain/evidence/jcs.ts';
import { recordCheck, recordText } from '../../domain/run/recordText.ts';
import type { ConnectionFacts, HopFacts } from '../connect/connection.ts';
import { writeDurably } from '../files/durable.ts';
import { storageFailure } from '../files/storageFailure.ts';
import type { PreparedHost } from '../remote/hostSession.ts';
import type { LiveLink } from './link.ts';
import { createOutputFilter } from '../secrets/outputFilter.ts';
import type { RunSecrets } from '../secrets/runSecrets.ts';
import type { Collector } from './collector.ts';
import { wasCut } from './execution.ts';
import { type ProbeResult, runProbe } from './probe.ts';
import { type Rendered, renderProbe } from './render.ts';

type HostKey = RecordOf<'host.trust'>['d']['hostKey'];

/** A person has just accepted a key that was not known. */
export function trustRecord(target: Target, address: string, hostKey: HostKey, by: string): RecordBody {
  return {
    type: 'host.trust',
    d: { target: target.name, host: recordText(address, 260), hostKey, by: recordText(by, 100) },
  };
}

/** The records of a new connection: where it leads and how, and how the clocks differ. */
export function connectRecords(
  target: Target,
  facts: ConnectionFacts,
  prepared: PreparedHost,
  more: { readonly legacy: string | undefined; readonly stateLost: boolean },
): readonly RecordBody[] {
  const { legacy, stateLost } = more;
  return [
    {
      type: 'host.connect',
      d: {
        target: target.name,
        ...hopOf(facts),
        shell: prepared.shell,
        engine: facts.engine,
        ...(facts.via.length === 0 ? {} : { via: facts.via.map(hopOf) }),
        ...(legacy === undefined ? {} : { legacy: recordText(legacy, 4000) }),
        ...(prepared.carries ? {} : { uncarried: true }),
        ...(stateLost ? { stateLost: true } : {}),
      },
    },
    ...clockSample(target, prepared),
  ];
}

function clockSample(target: Target, { clockOffsetMs, rttMs }: PreparedHost): readonly RecordBody[] {
  if (clockOffsetMs === null || !Number.isFinite(clockOffsetMs)) return [];
  // Not minus zero: the record in memory is to be the one on disk.
  const offsetMs = Math.round(clockOffsetMs) + 0;
  return [
    {
      type: 'clock.sample',
      d: { target: target.name, offsetMs, rttMs: Math.max(0, Math.round(rttMs)) },
    },
  ];
}

type HopRecord = NonNullable<RecordOf<'host.connect'>['d']['via']>[number];

function hopOf(facts: HopFacts): HopRecord {
  return {
    address: recordText(facts.address, 330),
    hostKey: {
      type: recordText(facts.hostKey.type, 64),
      fingerprint: recordText(facts.hostKey.fingerprint, 100),
    },
    pin: facts.pin,
    auth: recordText(facts.auth, 80),
    kex: recordText(facts.kex, 80),
    cipher: recordText(facts.cipher, 80),
    server: recordText(facts.server, 255),
  };
}

export interface IdentityProof {
  readonly checks: readonly Check[];
  readonly evidence: readonly Json[];
}

/** Runs the identity commands of a target one by one, without a pty, and keeps what was asked and seen. */
export async function proveIdentity(
  target: Target,
  live: LiveLink,
  values: Readonly<Record<string, string>>,
  secrets: RunSecrets,
): Promise<IdentityProof> {
  const checks: Check[] = [];
  const evidence: Json[] = [];
  for (const proof of target.identity) {
    const rendered = renderProbe(proof.run, proof.expect, values);
    const seen = rendered.ok
      ? await redactedProbe(live, rendered.value, secrets)
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

/** What was seen of it goes on record in part: without secrets, as everything else. */
function redactedProbe(live: LiveLink, rendered: Rendered, secrets: RunSecrets): Promise<ProbeResult> {
  let take: Collector['take'] = () => undefined;
  const filter = createOutputFilter({
    secrets,
    emit: (stream, bytes) => {
      take(stream, bytes);
    },
    settles: false,
  });
  return runProbe(live, rendered, {
    carry: false,
    onData: (stream, bytes) => {
      filter.take(stream, bytes);
    },
    judged: (judge) => {
      take = judge;
    },
    onEnd: (end) => {
      filter.end(wasCut(end));
    },
  });
}

function impossible(why: string): Check {
  return { name: 'command', expected: 'can be made', actual: recordText(why, 1000), ok: false };
}

/** Writes `hosts/<target>.json`: the facts of the connection that stands now. */
export async function keepHostFile(
  dir: string,
  target: Target,
  connect: RecordBody | undefined,
  identity: readonly Json[],
): Promise<Result<null>> {
  // The same facts as in the record: what is told of a host is told once.
  const facts = connect?.type === 'host.connect' ? (JSON.parse(JSON.stringify(connect.d)) as Json) : {};
  const content: Json = { ...(facts as Readonly<Record<string, Json>>), identity };
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
