/**
 * The ledger of this desk: one line when a run opens, one when it is sealed. A run that was opened and never sealed, or
 * a missing number, can be seen by whoever reads it.
 */
import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
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
export async function appendToLedger(data: string, entry: LedgerEntry, clock: Clock): Promise<Result<ChainPosition>> {
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
    return { ok: false, error: storageFailure('The ledger of this desk', error, 'Its earlier entries are untouched.') };
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
  const at = await ledgerPosition(path);
  if (!at.ok) return at;
  const { line } = chainLine(
    at.value,
    { type: entry.type, d: entry.d, mono: clock.mono(), t: clock.now().toISOString() },
    sha256,
  );
  await appendFile(path, line, { mode: 0o600 });
  const handle = await open(path, 'r+');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return at;
}

async function ledgerPosition(path: string): Promise<Result<ChainPosition>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  });
  let position = START;
  for (const line of text.split(/(?<=\n)/)) {
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
  return ok(position);
}
