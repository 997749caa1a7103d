/**
 * The ledger of this desk: one line when a run opens, one when it is sealed. A run that was opened and never sealed, or
 * a missing number, can be seen by whoever reads it.
 */
import { appendFile, constants, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunId, Sha256 } from '../../contract/ids.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { type ChainPosition, chainLine, checkLine, START } from '../../domain/evidence/chain.ts';
import { systemCode } from '../files/durable.ts';
import { sha256 } from '../files/hash.ts';
import { storageFailure } from '../files/storageFailure.ts';
import type { Clock } from '../ports.ts';
import { acquireLock, type RunLock } from './lock.ts';

export type LedgerEntry =
  | { readonly type: 'open'; readonly d: { readonly runId: RunId; readonly planSha256: Sha256 } }
  | {
      readonly type: 'seal';
      readonly d: { readonly runId: RunId; readonly manifestSha256: Sha256; readonly result: string };
    };

const LOCK_TRIES = 40;
const LOCK_WAIT_MS = 50;

/** Appends an entry durably; returns the position *before* it, which the run's first record cites. */
export async function appendToLedger(
  data: string,
  entry: LedgerEntry,
  clock: Clock,
): Promise<Result<ChainPosition>> {
  const dir = join(data, 'ledger');
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const lock = await lockLedger(dir);
    if (!lock.ok) return lock;
    try {
      return await appendLocked(join(dir, 'ledger.jsonl'), entry, clock);
    } finally {
      await lock.value.release();
    }
  } catch (error) {
    return {
      ok: false,
      error: storageFailure('The ledger of this desk', error, 'Its earlier entries are untouched.'),
    };
  }
}

async function lockLedger(dir: string): Promise<Result<RunLock>> {
  for (let tries = 0; tries < LOCK_TRIES; tries += 1) {
    const lock = await acquireLock(dir);
    if (lock.ok || lock.error.code !== 'locked') return lock;
    await delay(LOCK_WAIT_MS);
  }
  return fail('locked', 'The ledger of this desk is busy in another Holdpoint.', { hint: 'Try again.' });
}

async function appendLocked(path: string, entry: LedgerEntry, clock: Clock): Promise<Result<ChainPosition>> {
  const read = await readLedger(path);
  if (!read.ok) return read;
  const { at, goodBytes } = read.value;
  const { line } = chainLine(
    at,
    { type: entry.type, d: entry.d, mono: clock.mono(), t: clock.now().toISOString() },
    sha256,
  );
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    await handle.truncate(goodBytes);
    await handle.write(line, goodBytes);
    await handle.datasync();
  } catch (error) {
    // Half a line would bar every later run.
    await handle.truncate(goodBytes).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
  return ok(at);
}

/** Where the ledger stands. A last line that a crash cut is kept in `ledger.torn` and does not count. */
async function readLedger(
  path: string,
): Promise<Result<{ readonly at: ChainPosition; readonly goodBytes: number }>> {
  const content = await readFile(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const goodBytes = content.lastIndexOf(0x0a) + 1;
  if (goodBytes < content.byteLength) {
    await appendFile(`${path.replace(/\.jsonl$/, '')}.torn`, content.subarray(goodBytes), { mode: 0o600 });
  }
  let position = START;
  for (const line of content
    .subarray(0, goodBytes)
    .toString('utf8')
    .split(/(?<=\n)/)) {
    if (line === '') continue;
    const next = checkLine(position, line, sha256);
    if (!next.ok) {
      return fail('corrupt', `${path}, line ${String(position.seq + 1)}: ${next.error}.`, {
        kept: 'The file was not touched.',
        hint: 'Move it aside for the security team; a new ledger starts with the next run.',
      });
    }
    position = next.value;
  }
  return ok({ at: position, goodBytes });
}
