/** Differences of fetched files, made anew from the files themselves. */
import { MAX_DIFF_BYTES, unifiedDiff } from '../../report/unifiedDiff.ts';
import { toHex, utf8 } from '../../signatures/bytes.ts';
import { type Context, placeOf, recordsOf } from '../context.ts';

export async function checkDiffs({ container, reading, reader, report }: Context): Promise<void> {
  const fetched = new Map<string, string>();
  const latest = new Map<string, string>();
  for (const record of reading.records) {
    if (record.type !== 'file.transfer' || record.d.direction !== 'fetch') continue;
    fetched.set(`${record.d.step} ${String(record.d.attempt)}`, record.d.file.file);
    latest.set(record.d.step, record.d.file.file);
  }
  for (const record of recordsOf(reading.records, 'file.diff')) {
    const { step, attempt, before, diff, added, removed } = record.d;
    const [was, is] = [latest.get(before), fetched.get(`${step} ${String(attempt)}`)];
    if (diff === undefined || was === undefined || is === undefined) continue;
    const old = await reader.text(was, MAX_DIFF_BYTES);
    const now = await reader.text(is, MAX_DIFF_BYTES);
    if (old === null || now === null) continue;
    const made = unifiedDiff(old, now, was, is);
    const same =
      made !== null &&
      made.added === added &&
      made.removed === removed &&
      toHex(container.platform.sha256(utf8(made.text))) === diff.sha256;
    if (!same) report.add('transfer.diff', placeOf(record), `${diff.file} is not what ${was} and ${is} give`);
  }
}
