/** What a run's folder needs before it can be gone on with: recordings that a crash left open are closed and cited. */
import { readdir, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalRecord, RecordBody } from '../../contract/records.ts';
import { sha256 } from '../files/hash.ts';

/** Records that cite every output file of the run that no record cites yet, with size and digest. */
export async function citeLeftovers(dir: string, records: readonly JournalRecord[]): Promise<readonly RecordBody[]> {
  const cited = citedFiles(records);
  const bodies: RecordBody[] = [];
  for (const folder of ['outputs', 'recordings']) {
    for (const name of (await readdir(join(dir, folder))).sort()) {
      const file = `${folder}/${name}`;
      if (cited.has(file) || name.startsWith('.')) continue;
      if (file.endsWith('.cast')) await dropTornEvent(join(dir, file));
      const content = await readFile(join(dir, file));
      const events = file.endsWith('.cast') ? Math.max(0, content.toString('latin1').split('\n').length - 2) : 0;
      bodies.push({
        type: 'recording.close',
        d: { file, bytes: content.byteLength, sha256: sha256(content), events },
      });
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

/** Cuts a last event that was only half written: players refuse the whole file for it. */
async function dropTornEvent(path: string): Promise<void> {
  const content = await readFile(path);
  const whole = content.lastIndexOf(0x0a) + 1;
  if (whole < (await stat(path)).size) await truncate(path, whole);
}
