/**
 * Timestamps over operator.sig: asked of the site's authority, or carried by file where the desk has no network. A token
 * is stored only after it was judged, and one that is good is never replaced: an earlier time is worth more.
 */
import { randomBytes, webcrypto } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type RunId, Sha256 } from '../../contract/ids.ts';
import { err, fail, type Failure, ok, type Result } from '../../contract/result.ts';
import { RUN_FILE, signaturePath, timestampPath } from '../../domain/evidence/names.ts';
import { RunFile } from '../../domain/evidence/runFile.ts';
import type { TimestampProblem } from '../../domain/timestamps/problems.ts';
import { timestampRequest } from '../../domain/timestamps/request.ts';
import { isBareToken, responseAround } from '../../domain/timestamps/response.ts';
import {
  inspectTimestamp,
  type Timestamp,
  verifyTimestamp,
} from '../../domain/timestamps/verifyTimestamp.ts';
import { systemCode, writeDurably } from '../files/durable.ts';
import { sha256 } from '../files/hash.ts';
import { storageFailure } from '../files/storageFailure.ts';
import type { Clock, SettingsStore } from '../ports.ts';
import { runFolder } from '../runs/runFolder.ts';
import { storage } from './files.ts';
import { type PostTimestamp, postTimestamp } from './timestampClient.ts';
import type { TrustStore } from './trustStore.ts';

export interface TimestampDesk {
  /** Gets a timestamp over operator.sig from the site's authority. A run that has a good one keeps it. */
  stamp(runId: RunId): Promise<Result<null>>;
  /** The request as a file. The same one until the signature changes, so that a late reply still fits. */
  request(runId: RunId): Promise<Result<{ readonly name: string; readonly bytes: Uint8Array }>>;
  /** Takes a reply that was brought back: the reply of an authority, or a bare token. */
  reply(runId: RunId, bytes: Uint8Array): Promise<Result<null>>;
}

export interface TimestampDeskOptions {
  readonly data: string;
  readonly settings: Pick<SettingsStore, 'read'>;
  readonly trust: Pick<TrustStore, 'read'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly post?: PostTimestamp;
}

/** What is remembered of a request that went out by file. It stands outside the bundle. */
const SentRequest = z.strictObject({
  format: z.literal(1),
  imprint: Sha256,
  nonce: z.string().regex(/^[0-9a-f]{16}$/),
  requestedAt: z.string().max(40),
});
type SentRequest = z.infer<typeof SentRequest>;

const KEPT = 'Nothing was stored; the run and its signatures are as they were.';
/** A token gives whole seconds, as the verifier has it too: what it would refuse must not be kept here for good. */
const SECOND_MS = 1_000;

/** The signature that a timestamp is for, and where the token goes. */
interface Stamped {
  readonly signature: Buffer;
  readonly imprint: Sha256;
  readonly path: string;
  readonly endedAt: Date;
}

export function createTimestampDesk(options: TimestampDeskOptions): TimestampDesk {
  const { data, settings, trust, clock } = options;
  const post = options.post ?? postTimestamp;
  const requests = join(data, 'requests', 'timestamps');
  const sentPath = (runId: RunId) => join(requests, `${runId}.json`);

  async function judge(stamped: Stamped, token: Uint8Array, nonce?: string): Promise<Result<Timestamp>> {
    const given = await trust.read();
    if (!given.ok) return given;
    const question = {
      token,
      stamped: stamped.signature,
      subtle: webcrypto.subtle,
      ...(nonce === undefined ? {} : { nonce }),
    };
    // Without any authority the token is kept for those who have one; the verifier says that it was not judged.
    const { tsaCa } = given.value;
    const judged =
      tsaCa.trim() === ''
        ? await inspectTimestamp(question)
        : await verifyTimestamp({ ...question, authoritiesPem: tsaCa });
    return judged.ok ? judged : refusal(judged.error);
  }

  /** Judges a reply and keeps it. One that is good already stays; one that is not gives way. */
  async function accept(stamped: Stamped, token: Uint8Array, nonce?: string): Promise<Result<null>> {
    const judged = await judge(stamped, token, nonce);
    if (!judged.ok) return judged;
    const early = earlyProblem(stamped, judged.value);
    if (early !== null) return early;
    if (await hasGood(stamped)) return ok(null);
    try {
      await setAside(stamped.path);
      await writeDurably(stamped.path, token);
      return ok(null);
    } catch (error) {
      return err(storageFailure(stamped.path, error, KEPT));
    }
  }

  /** One that does not count here may count elsewhere, where another list of authorities is used. */
  async function setAside(path: string): Promise<void> {
    const old = await readFile(path).catch(() => null);
    if (old === null) return;
    await mkdir(requests, { recursive: true, mode: 0o700 });
    await writeDurably(join(requests, `replaced-${sha256(old).slice(0, 16)}.tsr`), old);
  }

  async function hasGood(stamped: Stamped): Promise<boolean> {
    const token = await readFile(stamped.path).catch(() => null);
    if (token === null) return false;
    const judged = await judge(stamped, token);
    return judged.ok && earlyProblem(stamped, judged.value) === null;
  }

  /** The request that is out for this signature, or a new one. */
  async function sent(runId: RunId, stamped: Stamped): Promise<Result<SentRequest>> {
    const before = await remembered(runId, stamped);
    if (before !== null) return ok(before);
    const request: SentRequest = {
      format: 1,
      imprint: stamped.imprint,
      nonce: newNonce(),
      requestedAt: clock.now().toISOString(),
    };
    const path = sentPath(runId);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeDurably(path, `${JSON.stringify(request)}\n`);
      return ok(request);
    } catch (error) {
      return err(storageFailure(path, error, KEPT));
    }
  }

  async function remembered(runId: RunId, { imprint }: Stamped): Promise<SentRequest | null> {
    const text = await readFile(sentPath(runId), 'utf8').catch(() => '');
    const parsed = SentRequest.safeParse(parseJson(text));
    return parsed.success && parsed.data.imprint === imprint ? parsed.data : null;
  }

  return {
    async stamp(runId) {
      const stamped = await readStamped(data, runId);
      if (!stamped.ok) return stamped;
      const { tsaUrl } = settings.read();
      if (await hasGood(stamped.value)) return ok(null);
      if (tsaUrl === '') {
        return fail('refused', 'No timestamp authority is set up on this desk.', {
          hint: 'Set its address in Settings, or carry the request to one by file.',
        });
      }
      const nonce = newNonce();
      const reply = await post(tsaUrl, queryOf(stamped.value, nonce));
      return reply.ok ? accept(stamped.value, reply.value, nonce) : reply;
    },
    async request(runId) {
      const stamped = await readStamped(data, runId);
      if (!stamped.ok) return stamped;
      const request = await sent(runId, stamped.value);
      if (!request.ok) return request;
      return ok({ name: `${runId}.operator.tsq`, bytes: queryOf(stamped.value, request.value.nonce) });
    },
    async reply(runId, bytes) {
      const stamped = await readStamped(data, runId);
      if (!stamped.ok) return stamped;
      const out = await remembered(runId, stamped.value);
      const whole = isBareToken(bytes) ? responseAround(bytes) : bytes;
      return accept(stamped.value, whole, out?.nonce);
    },
  };
}

async function readStamped(data: string, runId: RunId): Promise<Result<Stamped>> {
  const dir = runFolder(data, runId);
  const path = join(dir, signaturePath('operator'));
  let signature: Buffer;
  let run: string;
  try {
    signature = await readFile(path);
    run = await readFile(join(dir, RUN_FILE), 'utf8');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') return storage(`${path} cannot be read`, error);
    return fail(
      'refused',
      `The run ${runId} is not signed by its operator, so there is nothing to stamp yet.`,
      {
        hint: 'Sign the evidence first.',
      },
    );
  }
  const parsed = RunFile.safeParse(parseJson(run));
  if (!parsed.success)
    return fail('corrupt', `${RUN_FILE} of the run ${runId} cannot be read.`, { kept: KEPT });
  return ok({
    signature,
    imprint: sha256(signature),
    path: join(dir, timestampPath('operator')),
    endedAt: new Date(parsed.data.endedAt),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON is no request and no summary; the schema says so.
    return undefined;
  }
}

/** 64 random bits as 16 hex digits; the first bit is 0, so that the number is as long in DER as here. */
function newNonce(): string {
  const bytes = randomBytes(8);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function queryOf({ imprint }: Stamped, nonce: string): Uint8Array {
  return timestampRequest(Buffer.from(imprint, 'hex'), Buffer.from(nonce, 'hex'));
}

function refusal({ id, message }: TimestampProblem): Result<never> {
  const hints: Partial<Record<TimestampProblem['id'], string>> = {
    'timestamp.imprint': 'Bring the reply to the request of this run, or make the request anew.',
    'timestamp.nonce': 'Bring the reply to the request that was exported last.',
    'timestamp.untrusted': 'Ask the security team whether the list of authorities (tsa-ca.pem) is complete.',
    'timestamp.authority': 'Ask the security team for a good tsa-ca.pem.',
    'timestamp.status': 'Ask whoever runs the authority.',
    'timestamp.form': 'Bring the whole file as the authority made it.',
  };
  return fail('trust', `The timestamp is refused: ${message} (${id}).`, {
    kept: KEPT,
    hint: hints[id] ?? 'Tell whoever runs the authority.',
  });
}

/** The signature is made after the run has ended: a token from before shows that a clock is wrong. */
function earlyProblem(
  { endedAt }: Stamped,
  { genTime, accuracyMs }: Timestamp,
): { ok: false; error: Failure } | null {
  const latest = genTime.getTime() + (accuracyMs ?? 0) + SECOND_MS;
  if (latest >= endedAt.getTime()) return null;
  return fail(
    'trust',
    `The timestamp says ${genTime.toISOString()}, and by this desk the run ended at ${endedAt.toISOString()}: one of the clocks is wrong.`,
    {
      kept: KEPT,
      hint: 'Compare the clock of this desk with the site’s time. The run says what its clock said.',
    },
  );
}
