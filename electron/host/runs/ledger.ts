/**
 * The ledger of this desk on disk: one line when a run opens, one when it is sealed or given up. A run that was opened
 * and never closed, or a missing number, can be seen by whoever reads it.
 */
import { appendFile, constants, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunId } from '../../contract/ids.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { type ChainPosition, chainLine, checkLine, START } from '../../domain/evidence/chain.ts';
import { LedgerEntry, type LedgerReading, readLedger } from '../../domain/evidence/ledger.ts';
import { systemCode } from '../files/durable.ts';
import { sha256 } from '../files/hash.ts';
import { storageFailure } from '../files/storageFailure.ts';
import type { Clock } from '../ports.ts';
import { acquireLock, type RunLock } from './lock.ts';

export type { LedgerEntry } from '../../domain/evidence/ledger.ts';

export const LEDGER_FILE = 'ledger.jsonl';

const LOCK_TRIES = 40;
const LOCK_WAIT_MS = 50;

/** Appends an entry durably; returns the position *before* it, which the run's first record cites. */
export function appendToLedger(
  data: string,
  entry: LedgerEntry,
  clock: Clock,
): Promise<Result<ChainPosition>> {
  return withLedger(data, (path) => appendLocked(path, entry, clock));
}

/**
 * Closes a run in the ledger, once: when it stands there as closed already, nothing is added. `not-found` when it was
 * never opened in this ledger.
 */
export async function closeInLedger(
  data: string,
  entry: Extract<LedgerEntry, { type: 'seal' | 'abandon' }>,
  clock: Clock,
): Promise<Result<null>> {
  const seen = await standing(data, entry.d.runId);
  if (!seen.ok || seen.value === 'closed') return seen.ok ? ok(null) : seen;
  return withLedger(data, async (path) => {
    // Again, now that nobody else can write to it.
    const now = await standing(data, entry.d.runId);
    if (!now.ok || now.value === 'closed') return now.ok ? ok(null) : now;
    const appended = await appendLocked(path, entry, clock);
    return appended.ok ? ok(null) : appended;
  });
}

async function standing(data: string, runId: RunId): Promise<Result<'open' | 'closed'>> {
  const loaded = await loadLedger(data);
  if (!loaded.ok) return loaded;
  const known = loaded.value.reading.records.filter(({ d }) => d.runId === runId);
  if (known.length === 0) return fail('not-found', `The ledger of this desk does not know the run ${runId}.`);
  return ok(known.some(({ type }) => type !== 'open') ? 'closed' : 'open');
}

/** The whole lines of the ledger, and what they say. An empty one when no run was ever opened here. */
export async function loadLedger(
  data: string,
): Promise<Result<{ readonly bytes: Buffer; readonly reading: LedgerReading }>> {
  const path = join(data, 'ledger', LEDGER_FILE);
  try {
    const content = await contentOf(path);
    // What stands after the last line feed is being written at this moment, or was cut by a crash.
    const bytes = content.subarray(0, content.lastIndexOf(0x0a) + 1);
    const text = bytes.toString('utf8');
    const reading = readLedger(text, sha256);
    if (Buffer.from(text).equals(bytes)) return ok({ bytes, reading });
    const odd = {
      id: 'ledger.line',
      place: LEDGER_FILE,
      message: 'it holds bytes that are no text',
    } as const;
    return ok({ bytes, reading: { ...reading, findings: [odd, ...reading.findings] } });
  } catch (error) {
    return fail('storage', `The ledger of this desk cannot be read (${systemCode(error)}).`, {
      kept: `It was left as it is, at ${path}.`,
      hint: 'Check the owner and the mode of the file.',
    });
  }
}

async function withLedger<T>(data: string, work: (path: string) => Promise<Result<T>>): Promise<Result<T>> {
  const dir = join(data, 'ledger');
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const lock = await lockLedger(dir);
    if (!lock.ok) return lock;
    try {
      return await work(join(dir, LEDGER_FILE));
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
  // A line that could not be read back would stand for a run that nobody can account for.
  const fits = LedgerEntry.safeParse(entry);
  if (!fits.success)
    return fail('bad-request', 'This cannot be entered into the ledger: the text is too long.');
  const stands = await whereItStands(path);
  if (!stands.ok) return stands;
  const { at, goodBytes } = stands.value;
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
async function whereItStands(
  path: string,
): Promise<Result<{ readonly at: ChainPosition; readonly goodBytes: number }>> {
  const content = await contentOf(path);
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

async function contentOf(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
}
