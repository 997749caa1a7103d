/**
 * The journal of a run on disk: append-only, hash-chained, durable before it answers. It never rewrites a line that
 * was whole, and never leaves half a line behind while the app lives.
 */
import { type FileHandle, open, readdir, readFile, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type FileRef, type JournalRecord, RecordBody } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { type ChainPosition, chainLine, START } from '../../domain/evidence/chain.ts';
import { canonicalize, type Json } from '../../domain/evidence/jcs.ts';
import { readJournal as readLines } from '../../domain/evidence/journal.ts';
import { syncFolder, systemCode, writeDurably } from '../files/durable.ts';
import { sha256 } from '../files/hash.ts';
import { storageFailure } from '../files/storageFailure.ts';
import type { Clock } from '../ports.ts';

const FILE = 'journal.jsonl';
/** Space given up when the disk is full, so that what has happened can still be written down. */
const RESERVE = '.reserve';
const RESERVE_BYTES = 256 * 1024;
/** Wall clock against monotonic clock: beyond this the step is recorded (microseconds). */
const CLOCK_TOLERANCE_US = 2_000_000;

export interface Journal {
  /** All records so far, in order. */
  readonly records: readonly JournalRecord[];
  readonly position: ChainPosition;
  /**
   * Makes records durable, all or none, and returns them. A fact that has already happened (`fact`) may use the space
   * kept in reserve; an intent may not. On failure the file is as it was. A clock that was set is put on record before
   * them, also when there are none.
   */
  append(bodies: readonly RecordBody[], kind: 'intent' | 'fact'): Promise<Result<readonly JournalRecord[]>>;
  close(): Promise<void>;
}

export interface OpenedJournal {
  readonly journal: Journal;
  /** A last line that was cut by a crash, moved to `journal.torn`. */
  readonly torn?: FileRef;
}

/** Creates the journal of a new run in an existing folder. */
export async function createJournal(dir: string, clock: Clock): Promise<Result<Journal>> {
  try {
    const handle = await open(join(dir, FILE), 'wx', 0o600);
    await syncFolder(dir);
    await keepReserve(dir);
    return ok(journalOn(handle, dir, clock, [], START, 0));
  } catch (error) {
    return { ok: false, error: storageFailure('The journal of the run', error, 'No run was started.') };
  }
}

/** Opens a journal to go on with it. A torn last line is kept aside; any other damage refuses the run. */
export async function openJournal(dir: string, clock: Clock): Promise<Result<OpenedJournal>> {
  const read = await readJournal(dir);
  if (!read.ok) return read;
  const { records, position, goodBytes, tornBytes } = read.value;
  try {
    const torn = await keepTorn(dir, records, tornBytes);
    if (tornBytes.byteLength > 0) await truncate(join(dir, FILE), goodBytes);
    const handle = await open(join(dir, FILE), 'r+');
    await handle.sync();
    await keepReserve(dir);
    const journal = journalOn(handle, dir, clock, [...records], position, goodBytes);
    return ok(torn === undefined ? { journal } : { journal, torn });
  } catch (error) {
    return { ok: false, error: storageFailure('The journal of the run', error, 'The record is as it was.') };
  }
}

/**
 * Keeps a torn last line in a file of its own, and returns the one that no record cites yet: this one, or one that an
 * earlier return to the run put there and had no time to record.
 */
async function keepTorn(
  dir: string,
  records: readonly JournalRecord[],
  bytes: Uint8Array,
): Promise<FileRef | undefined> {
  const taken = (await readdir(dir)).filter((name) => /^journal\.torn(?:\.\d+)?$/.test(name)).sort();
  const cited = new Set(
    records.flatMap((record) => (record.type === 'run.recovered' ? [record.d.torn?.file ?? ''] : [])),
  );
  for (const file of taken) {
    if (cited.has(file)) continue;
    const content = await readFile(join(dir, file));
    if (bytes.byteLength === 0 || content.equals(bytes)) {
      return { file, bytes: content.byteLength, sha256: sha256(content) };
    }
  }
  if (bytes.byteLength === 0) return undefined;
  const file = taken.length === 0 ? 'journal.torn' : `journal.torn.${String(taken.length + 1)}`;
  await writeDurably(join(dir, file), bytes);
  return { file, bytes: bytes.byteLength, sha256: sha256(bytes) };
}

async function keepReserve(dir: string): Promise<void> {
  // Random-looking bytes: file systems that compress would otherwise keep nothing in reserve.
  const filler = Buffer.alloc(RESERVE_BYTES, sha256(dir));
  await writeFile(join(dir, RESERVE), filler, { mode: 0o600 }).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOSPC') throw error;
  });
}

function journalOn(
  handle: FileHandle,
  dir: string,
  clock: Clock,
  records: JournalRecord[],
  start: ChainPosition,
  startBytes: number,
): Journal {
  let position = start;
  let bytes = startBytes;
  let reference: number | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  async function write(
    bodies: readonly RecordBody[],
    kind: 'intent' | 'fact',
  ): Promise<Result<readonly JournalRecord[]>> {
    const unfit = bodies.map(whyUnfit).find((why) => why !== null) ?? null;
    if (unfit !== null) return unrecordable(unfit);
    const stamped = stamp(bodies);
    if (stamped.records.length === 0) return ok([]);
    const buffer = Buffer.from(stamped.lines.join(''), 'utf8');
    let written = await tryWrite(buffer);
    if (!written.ok && kind === 'fact' && (await giveUpReserve(dir))) written = await tryWrite(buffer);
    if (!written.ok) return written;
    bytes += buffer.byteLength;
    position = stamped.position;
    reference = stamped.reference;
    records.push(...stamped.records);
    return ok(stamped.records);
  }

  function stamp(bodies: readonly RecordBody[]) {
    const now = clock.now();
    const mono = clock.mono();
    const drift = now.getTime() * 1000 - mono;
    const jump = reference === null ? 0 : drift - reference;
    const stepped = Math.abs(jump) > CLOCK_TOLERANCE_US;
    const all: readonly RecordBody[] = stepped
      ? [{ type: 'clock.step', d: { byMs: Math.round(jump / 1000) } }, ...bodies]
      : bodies;
    let at = position;
    const lines: string[] = [];
    const stampedRecords: JournalRecord[] = [];
    const t = now.toISOString() as JournalRecord['t'];
    for (const body of all) {
      const made = chainLine(at, { type: body.type, d: body.d as Json, mono, t }, sha256);
      lines.push(made.line);
      stampedRecords.push({ ...body, _prev: at.head, _seq: at.seq, mono, t });
      at = made.next;
    }
    return {
      lines,
      records: stampedRecords,
      position: at,
      reference: stepped || reference === null ? drift : reference,
    };
  }

  async function tryWrite(buffer: Buffer): Promise<Result<null>> {
    try {
      let offset = 0;
      while (offset < buffer.byteLength) {
        const { bytesWritten } = await handle.write(
          buffer,
          offset,
          buffer.byteLength - offset,
          bytes + offset,
        );
        offset += bytesWritten;
      }
      await handle.datasync();
      return ok(null);
    } catch (error) {
      await handle.truncate(bytes).catch(() => undefined);
      return { ok: false, error: storageFailure('The journal', error, 'Everything before is recorded.') };
    }
  }

  return {
    get records() {
      return records;
    },
    get position() {
      return position;
    },
    append(bodies, kind) {
      const next = queue.then(() => write(bodies, kind));
      queue = next;
      return next;
    },
    async close() {
      await queue;
      await handle.close();
      await unlink(join(dir, RESERVE)).catch(() => undefined);
    },
  };
}

/** Why a record could not be read back, which would make the whole journal unreadable; null when it can. */
function whyUnfit(body: RecordBody): string | null {
  const fits = RecordBody.safeParse(body);
  if (!fits.success) return z.prettifyError(fits.error).split('\n')[0] ?? 'it has not the form of a record';
  try {
    canonicalize(body as Json);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'it has no canonical form';
  }
}

function unrecordable(why: string): Result<never> {
  return fail('bad-request', `This cannot be recorded: ${why}.`, {
    kept: 'Everything before is recorded.',
    hint: 'Shorten the text, and try again.',
  });
}

async function giveUpReserve(dir: string): Promise<boolean> {
  try {
    await unlink(join(dir, RESERVE));
    return true;
  } catch {
    return false;
  }
}

export interface ReadJournal {
  readonly records: readonly JournalRecord[];
  readonly position: ChainPosition;
  readonly goodBytes: number;
  /** What stands after the last whole line. */
  readonly tornBytes: Buffer;
}

/** Reads and checks a journal without opening it for writing. */
export async function readJournal(dir: string): Promise<Result<ReadJournal>> {
  let content: Buffer;
  try {
    content = await readFile(join(dir, FILE));
  } catch (error) {
    return fail('not-found', `There is no readable journal in ${dir}.`, {
      hint:
        systemCode(error) === 'EACCES'
          ? 'This account may not read it.'
          : 'Look whether the folder is a run.',
    });
  }
  const goodBytes = content.lastIndexOf(0x0a) + 1;
  const text = content.subarray(0, goodBytes).toString('utf8');
  const { records, count, head, problems } = readLines(text, sha256);
  // A run that was killed before its first record has an empty journal: nothing is wrong with it.
  const problem = problems.find((found) => found.id !== 'journal.empty');
  if (problem !== undefined) {
    return fail('corrupt', `${join(dir, FILE)}, line ${String(problem.line)}: ${problem.message}.`, {
      kept: 'The file was not touched.',
      hint: 'Keep it as it is; it can no longer be gone on with, but it can be examined.',
    });
  }
  return ok({ records, position: { seq: count, head }, goodBytes, tornBytes: content.subarray(goodBytes) });
}
