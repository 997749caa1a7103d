/** Holds a fetched file against an earlier fetch of it and keeps the difference beside it. It judges nothing but sameness. */
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepId } from '../../contract/ids.ts';
import type { Check, FileRef, RecordOf } from '../../contract/records.ts';
import type { TransferStep } from '../../contract/steps.ts';
import { MAX_DIFF_BYTES, unifiedDiff } from '../../domain/report/unifiedDiff.ts';
import type { RunState } from '../../domain/run/state.ts';
import { recordText } from '../../domain/run/recordText.ts';
import { sawExpectationsHold } from '../../domain/run/turn.ts';
import { systemCode, writeDurably } from '../files/durable.ts';
import { sha256 } from '../files/hash.ts';

export interface EarlierFile {
  readonly step: StepId;
  /** Null: nothing was fetched there, or not whole. */
  readonly file: FileRef | null;
  readonly change: TransferStep['change'];
}

export interface Compared {
  readonly checks: readonly Check[];
  readonly diff?: Omit<RecordOf<'file.diff'>['d'], 'step' | 'attempt'>;
}

/** The file that the step's `before` fetched; null file when nothing was, undefined when the step names none. */
export function earlierFile(state: RunState, step: TransferStep): EarlierFile | undefined {
  if (step.before === undefined) return undefined;
  const view = state.steps.find((each) => each.step.id === step.before);
  const fetched = view?.attempts.findLast(
    (attempt) => attempt.file?.direction === 'fetch' && sawExpectationsHold(attempt),
  );
  return { step: step.before, file: fetched?.file?.file ?? null, change: step.change };
}

/** Compares `keep` with the earlier file, both under `dir`. What cannot be read is a check that does not hold. */
export async function compareFetched(
  dir: string,
  keep: string,
  { step, file: first, change }: EarlierFile,
): Promise<Compared> {
  if (first === null) {
    const why = `nothing was fetched at ${step}`;
    return change === undefined
      ? { checks: [] }
      : { checks: [{ name: 'compared', expected: change, actual: why, ok: false }] };
  }
  try {
    const [before, after] = await Promise.all([readFile(join(dir, first.file)), readFile(join(dir, keep))]);
    if (sha256(before) !== first.sha256) {
      const actual = 'the earlier file is not what was fetched any more';
      return { checks: [{ name: 'compared', expected: 'with the earlier file', actual, ok: false }] };
    }
    const changed = sha256(after) !== first.sha256;
    const checks = checksOf(change, changed);
    const counts = { before: step, changed, added: 0, removed: 0 };
    if (!changed || before.length + after.length > MAX_DIFF_BYTES) return { checks, diff: counts };
    const was = textOf(before);
    const is = textOf(after);
    if (was === undefined || is === undefined) return { checks, diff: counts };
    const made = unifiedDiff(was, is, first.file, keep);
    if (made === null) return { checks, diff: counts };
    const bytes = Buffer.from(made.text, 'utf8');
    const file = `${keep}.diff`;
    await writeDurably(join(dir, file), bytes);
    const kept = { file, bytes: bytes.length, sha256: sha256(bytes) };
    return { checks, diff: { ...counts, added: made.added, removed: made.removed, diff: kept } };
  } catch (error) {
    const why = recordText(`the files could not be compared (${systemCode(error)})`, 1000);
    return { checks: [{ name: 'compared', expected: 'with the earlier file', actual: why, ok: false }] };
  }
}

/** Undefined when the bytes are no text: then their digests say all there is to say. */
function textOf(bytes: Buffer): string | undefined {
  return bytes.includes(0) || !isUtf8(bytes) ? undefined : bytes.toString('utf8');
}

function checksOf(change: TransferStep['change'], changed: boolean): readonly Check[] {
  if (change === undefined) return [];
  const actual = changed ? 'changed' : 'unchanged';
  return [{ name: 'compared', expected: change, actual, ok: actual === change }];
}
