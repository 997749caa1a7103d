/**
 * Carries out a transfer step: a small file is fetched into the run's folder or put on the host, with both digests. It
 * is called after step.start is durable and never calls a file whole that only one side has counted wrong.
 */
import { mkdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Check, CommandEnd, RecordOf } from '../../contract/records.ts';
import { type Failure, fail, ok, type Result } from '../../contract/result.ts';
import type { TransferStep } from '../../contract/steps.ts';
import type { CommandOutcome } from '../../domain/run/conclude.ts';
import { recordText } from '../../domain/run/recordText.ts';
import type { TargetName } from '../../contract/ids.ts';
import type { FilledTransfer } from '../../domain/runbook/describe.ts';
import { type Compared, compareFetched, type EarlierFile } from './compareFetched.ts';
import { syncFolder } from '../files/durable.ts';
import { storageFailure } from '../files/storageFailure.ts';
import { secretsInFile } from '../secrets/searchRun.ts';
import { fetchFile, putFile, type Transferred } from '../remote/transfer.ts';
import {
  announce,
  beginRecorded,
  type Begun,
  elapsed,
  emptyHands,
  ended,
  type Execution,
  type ExecutionOptions,
  filesOf,
} from './execution.ts';

export interface TransferOptions extends ExecutionOptions {
  readonly transfer: Pick<TransferStep, 'direction' | 'maxBytes'>;
  /** The earlier fetch of the same file that this one is held against. */
  readonly earlier?: EarlierFile;
  readonly filled: FilledTransfer;
  readonly target: TargetName;
  /** Where a fetched file is kept, under the run's folder. */
  readonly keep: string;
}

/** Starts a transfer. A failure means that nothing was moved. */
export async function executeTransfer(options: TransferOptions): Promise<Result<Execution>> {
  const begun = await beginRecorded(options, emptyHands(), false);
  if (!begun.ok) return begun;
  const stop = new AbortController();
  return ok({
    attempt: begun.value.attempt,
    input: {
      write: (bytes) => {
        if (bytes.includes(0x03)) stop.abort();
      },
      resize: () => undefined,
    },
    signal: () => {
      stop.abort();
    },
    recordedBytes: () => begun.value.recorder.bytes,
    ending: transfer(options, begun.value, stop).then(ended),
  });
}

async function transfer(
  options: TransferOptions,
  { recorder, attempt }: Begun,
  stop: AbortController,
): Promise<CommandOutcome> {
  const { clock, rendered } = options;
  const started = clock.mono();
  announce(options);
  const over = { time: false };
  const timer = setTimeout(() => {
    over.time = true;
    stop.abort();
  }, rendered.timeoutMs);
  const moved = await move(options, stop.signal);
  clearTimeout(timer);
  recorder.marker(moved.ok ? `moved ${String(moved.value.bytes)} bytes` : 'not moved');
  const recording = await recorder.close();
  const compared = moved.ok ? await comparison(options) : null;
  return {
    step: options.step,
    attempt,
    purpose: 'run',
    end: moved.ok ? { how: 'exit', code: 0 } : endOf(moved.error, over.time, rendered.timeoutMs),
    ms: elapsed(clock, started),
    files: filesOf(recording),
    redactions: recording.redactions,
    checks: moved.ok
      ? [...checksOf(options.filled, moved.value), ...(compared?.checks ?? [])]
      : [notMoved(moved.error)],
    captures: ok({}),
    ...(moved.ok ? { transfer: recordOf(options, moved.value) } : {}),
    ...(compared?.diff === undefined ? {} : { diff: compared.diff }),
  };
}

/** How the file that was just fetched differs from the earlier one. */
async function comparison({ dir, keep, earlier }: TransferOptions): Promise<Compared | null> {
  return earlier === undefined ? null : compareFetched(dir, keep, earlier);
}

async function move(options: TransferOptions, signal: AbortSignal): Promise<Result<Transferred>> {
  const { live, filled, transfer: what, dir, keep } = options;
  const common = { path: filled.path, maxBytes: what.maxBytes, signal, onProgress: options.onProgress };
  if (what.direction === 'put') {
    if (filled.from === undefined) return fail('bad-request', 'The step does not say which file to put.');
    return putFile(live, { ...common, from: filled.from });
  }
  const to = join(dir, keep);
  try {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  } catch (error) {
    return { ok: false, error: storageFailure('The folder for the file', error, 'Nothing was fetched.') };
  }
  const fetched = await fetchFile(live, { ...common, to });
  const kept = fetched.ok ? await withoutSecrets(options, to, fetched.value) : fetched;
  if (kept.ok) await syncFolder(dirname(to));
  return kept;
}

/** A file cannot be kept in part: its digest is the evidence. One that holds a secret is not kept at all. */
async function withoutSecrets(
  { secrets, filled }: TransferOptions,
  to: string,
  fetched: Transferred,
): Promise<Result<Transferred>> {
  if (secrets.held().length === 0) return ok(fetched);
  try {
    const names = [...(await secretsInFile(to, secrets.patterns()))];
    if (names.length === 0) return ok(fetched);
    await unlink(to);
    return fail('refused', `${filled.path} holds the secret ${names.join(', ')}: it is not kept.`, {
      hint: 'Fetch a file without secrets, or only its digest with a command.',
    });
  } catch (error) {
    await unlink(to).catch(() => undefined);
    return { ok: false, error: storageFailure('The fetched file', error, 'It is not kept.') };
  }
}

/** Contact lost is no answer; anything else that went wrong is one. */
function endOf(failure: Failure, overtime: boolean, limitMs: number): CommandEnd {
  if (overtime) return { how: 'timeout', afterMs: limitMs };
  if (failure.code === 'network') return { how: 'lost', why: recordText(failure.message, 400) };
  return { how: 'exit', code: 1 };
}

function notMoved(failure: Failure): Check {
  return {
    name: 'arrived whole',
    expected: 'every byte',
    actual: recordText(failure.message, 1000),
    ok: false,
  };
}

function checksOf(filled: FilledTransfer, moved: Transferred): readonly Check[] {
  const { bytes, sha256, hostSha256 } = moved;
  const whole: Check = {
    name: 'arrived whole',
    expected: hostSha256 === undefined ? 'every byte that was announced' : `sha256 ${hostSha256} (host)`,
    actual: `${String(bytes)} bytes, sha256 ${sha256}`,
    ok: hostSha256 === undefined || sameDigest(hostSha256, sha256),
  };
  if (filled.sha256 === undefined) return [whole];
  const digest = { name: 'digest', expected: filled.sha256, actual: sha256 };
  return [whole, { ...digest, ok: sameDigest(filled.sha256, sha256) }];
}

/** Digits of either case: people paste digests from tools that write them in capitals. */
function sameDigest(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

function recordOf(
  options: TransferOptions,
  { bytes, sha256, hostSha256 }: Transferred,
): Omit<RecordOf<'file.transfer'>['d'], 'step' | 'attempt'> {
  const fetch = options.transfer.direction === 'fetch';
  return {
    target: options.target,
    direction: options.transfer.direction,
    path: recordText(options.filled.path, 1024),
    file: { file: fetch ? options.keep : recordText(options.filled.from ?? '', 200), bytes, sha256 },
    ...(hostSha256 === undefined ? {} : { hostSha256 }),
  };
}
