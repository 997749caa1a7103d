/** What a run's folder needs before it can be gone on with: recordings that a crash left open are closed and cited. */
import { createHash } from 'node:crypto';
import { readdir, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha256 } from '../../contract/ids.ts';
import type { JournalRecord, RecordBody } from '../../contract/records.ts';
import { readChunks } from '../files/chunks.ts';

/** Texts of messages that the app put down and nobody is on record as having sent: no part of the evidence. */
async function dropUnsent(dir: string, records: readonly JournalRecord[]): Promise<void> {
  const sent = new Set(records.flatMap((r) => (r.type === 'notify' ? [r.d.message.file] : [])));
  const names = await readdir(join(dir, 'messages')).catch(() => []);
  for (const name of names) {
    if (!sent.has(`messages/${name}`)) await unlink(join(dir, 'messages', name));
  }
}

/**
 * Records that cite every output file of the run that no record cites yet, with size and digest. Those of a detached
 * command whose end is not on record are left as they are: it can be taken up again, and then they go on.
 */
export async function citeLeftovers(
  dir: string,
  records: readonly JournalRecord[],
): Promise<readonly RecordBody[]> {
  const cited = new Set([...citedFiles(records), ...filesInUse(records)]);
  const bodies: RecordBody[] = [];
  await dropUnsent(dir, records);
  for (const folder of ['outputs', 'recordings']) {
    for (const name of (await readdir(join(dir, folder))).sort()) {
      const file = `${folder}/${name}`;
      if (cited.has(file) || name.startsWith('.')) continue;
      const recording = file.endsWith('.cast');
      if (recording && (await dropTornEvent(join(dir, file)))) continue;
      const { bytes, sha256, lines } = await measure(join(dir, file));
      const events = recording ? Math.max(0, lines - 1) : 0;
      bodies.push({ type: 'recording.close', d: { file, bytes, sha256, events } });
    }
  }
  return bodies;
}

/** Files whose size and digest are in the journal already. */
function citedFiles(records: readonly JournalRecord[]): ReadonlySet<string> {
  const cited = new Set<string>();
  for (const record of records) {
    if (record.type === 'step.start') {
      cited.add(record.d.command.file);
      cited.add(record.d.wire.file);
    } else if (record.type === 'step.end') {
      for (const ref of [record.d.recording, record.d.stdout, record.d.stderr]) if (ref) cited.add(ref.file);
    } else if (record.type === 'recording.close') {
      cited.add(record.d.file);
    }
  }
  return cited;
}

/** Files of detached attempts that have a start and no end, as long as the run itself has none. */
function filesInUse(records: readonly JournalRecord[]): readonly string[] {
  const open = new Map<string, readonly string[]>();
  for (const record of records) {
    if (record.type === 'run.end') return [];
    if (record.type !== 'step.start' && record.type !== 'step.end') continue;
    const attempt = `${record.d.step} ${String(record.d.attempt)}`;
    if (record.type === 'step.end') open.delete(attempt);
    else if (record.d.mode === 'detached') open.set(attempt, [record.d.recording, record.d.output]);
  }
  return [...open.values()].flat();
}

/**
 * Cuts a last event that was only half written: players refuse the whole file for it. A file without even its header
 * holds nothing of the host; it is removed, and the answer is true.
 */
async function dropTornEvent(path: string): Promise<boolean> {
  const { bytes, whole } = await measure(path);
  if (whole === 0) {
    await unlink(path);
    return true;
  }
  if (whole < bytes) await truncate(path, whole);
  return false;
}

/** Size, digest, whole lines and the bytes up to the end of the last of them. Recordings can be larger than memory. */
async function measure(path: string): Promise<{
  readonly bytes: number;
  readonly sha256: Sha256;
  readonly lines: number;
  readonly whole: number;
}> {
  const hash = createHash('sha256');
  let bytes = 0;
  let lines = 0;
  let whole = 0;
  for await (const chunk of readChunks(path)) {
    hash.update(chunk);
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, at + 1)) {
      lines += 1;
      whole = bytes + at + 1;
    }
    bytes += chunk.byteLength;
  }
  return { bytes, sha256: hash.digest('hex') as Sha256, lines, whole };
}
