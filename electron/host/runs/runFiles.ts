/** Small files of a run for a person to read: only what its journal vouches for, and only as it vouches for it. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '../../contract/ids.ts';
import type { FileRef, JournalRecord } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { systemCode } from '../files/durable.ts';
import { sha256 } from '../files/hash.ts';
import { runFolder } from './runFolder.ts';

/** What is larger is read in the bundle. */
const MAX_BYTES = 1024 * 1024;

/** The bytes of a message, a fetched file or a difference in base64. */
export async function readRunFile(
  data: string,
  runId: RunId,
  records: readonly JournalRecord[],
  path: string,
): Promise<Result<{ readonly base64: string }>> {
  const ref = records.flatMap(refsOf).find(({ file }) => file === path);
  if (ref === undefined) return fail('not-found', `The journal of this run names no file ${path}.`);
  if (ref.bytes > MAX_BYTES) return fail('unsupported', `${path} is too large to be shown here.`, inBundle);
  const file = join(runFolder(data, runId), path);
  try {
    if ((await stat(file)).size !== ref.bytes) return changed(path);
    const bytes = await readFile(file);
    return sha256(bytes) === ref.sha256 ? ok({ base64: bytes.toString('base64') }) : changed(path);
  } catch (error) {
    return fail('not-found', `${path} cannot be read (${systemCode(error)}).`, inBundle);
  }
}

const inBundle = { hint: 'Look at it in the evidence of the run.' };

function changed(path: string): Result<never> {
  return fail('corrupt', `${path} is not what the journal vouches for.`, {
    kept: 'The journal keeps the digest of what it was.',
    hint: 'Verify the run; do not rely on this file.',
  });
}

function refsOf(record: JournalRecord): readonly FileRef[] {
  if (record.type === 'notify') return [record.d.message];
  if (record.type === 'file.transfer') return [record.d.file];
  if (record.type === 'file.diff' && record.d.diff !== undefined) return [record.d.diff];
  return [];
}
