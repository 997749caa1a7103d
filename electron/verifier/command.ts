/** Verifies bundles and says what was found: behind `holdpoint verify` and behind the single file alike. */
import type { Failure, FailureCode } from '../contract/result.ts';
import type { Platform } from '../domain/verify/ports.ts';
import type { Trust } from '../domain/verify/verify.ts';
import { waitingPlatform } from '../host/evidence/nodePlatform.ts';
import { verifyBundle } from '../host/evidence/verify.ts';
import { parseVerifyArgs, type VerifyArgs } from './args.ts';
import { readTrustFiles, rememberSeen } from './trustFiles.ts';
import { asciiJson, dataOf, holds, linesOf } from './words.ts';

/** 0 all hold, 4 a finding, 2 usage, 3 a file cannot be read. With several bundles the first that is not 0, 3 before 4. */
export type VerifyExit = 0 | 2 | 3 | 4;

export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** `platform`: what verifies, for a program that has begun with it already. */
export async function verifyCommand(
  argv: readonly string[],
  streams: Streams,
  platform: Platform = waitingPlatform([]),
): Promise<VerifyExit> {
  const args = parseVerifyArgs(argv);
  if (!args.ok) return refuse(args.error, streams);
  const trust = await readTrustFiles(args.value);
  if (!trust.ok) return refuse(trust.error, streams);
  const seen = new Map(trust.value.seen);
  let exit: VerifyExit = 0;
  for (const [index, bundle] of args.value.bundles.entries()) {
    if (index > 0 && !args.value.json) streams.out('\n');
    const one = await verifyOne(bundle, args.value, { ...trust.value, seen }, { streams, platform, seen });
    exit = worse(exit, one);
  }
  return exit;
}

interface Desk {
  readonly streams: Streams;
  readonly platform: Platform;
  /** What was verified before, and in this call. */
  readonly seen: Map<string, string>;
}

async function verifyOne(
  bundle: string,
  args: VerifyArgs,
  trust: Trust,
  { streams, platform, seen }: Desk,
): Promise<VerifyExit> {
  const verified = await verifyBundle({ zip: bundle }, trust, platform);
  if (!verified.ok) {
    if (args.json) streams.out(`${asciiJson({ bundle, error: verified.error })}\n`);
    return refuse(verified.error, streams);
  }
  const { verdict, manifestSha256 } = verified.value;
  if (args.json) streams.out(`${asciiJson(dataOf(bundle, verified.value))}\n`);
  else for (const line of linesOf(bundle, verified.value)) streams.out(`${line}\n`);
  const { runId } = verdict;
  if (
    args.seen !== undefined &&
    runId !== undefined &&
    manifestSha256 !== undefined &&
    verdict.l1 === 'holds'
  ) {
    if (!seen.has(runId)) {
      const kept = await rememberSeen(args.seen, runId, manifestSha256);
      if (!kept.ok) return refuse(kept.error, streams);
      seen.set(runId, manifestSha256);
    }
  }
  return holds(verified.value) ? 0 : 4;
}

function refuse(failure: Failure, streams: Streams): VerifyExit {
  const hint = failure.hint === undefined ? '' : `\n  next: ${failure.hint}`;
  streams.err(`${failure.message}${hint}\n`);
  return exitFor(failure.code);
}

function exitFor(code: FailureCode): VerifyExit {
  return code === 'storage' || code === 'not-found' ? 3 : 2;
}

/** Usage and unreadable files say that nothing was verified: they come before findings. */
function worse(a: VerifyExit, b: VerifyExit): VerifyExit {
  const order: readonly VerifyExit[] = [0, 4, 2, 3];
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}
