/** Reads the journal of a bundle line by line: strict, bounded, and only as long as it is worth reading. */
import type { Sha256 } from '../../contract/ids.ts';
import { type JournalReading, journalReader, MAX_LINE_CHARS } from '../evidence/journal.ts';
import { JOURNAL } from '../evidence/names.ts';
import { concat, toHex, utf8 } from '../signatures/bytes.ts';
import { chunksOf, type Container } from './members.ts';
import type { Report } from './report.ts';

const MAX_JOURNAL_BYTES = 256 * 1024 * 1024;
/** In memory a record is about a kilobyte. */
const MAX_RECORDS = 400_000;
const LF = 0x0a;

/**
 * The journal's records and what is wrong with them, not reported yet. Null, with a finding, when it cannot be read to
 * its end. `digest` is what the manifest has proven: other bytes are `file.changing`.
 */
export async function readJournalFile(
  container: Container,
  digest: string,
  report: Report,
  most: number = MAX_RECORDS,
): Promise<JournalReading | null> {
  const member = container.members.get(JOURNAL);
  if (member === undefined) return null;
  if (member.bytes > MAX_JOURNAL_BYTES) {
    report.add('file.too-large', JOURNAL, `the file has more than ${String(MAX_JOURNAL_BYTES)} bytes`);
    return null;
  }
  const { platform } = container;
  const hasher = platform.hasher();
  const reader = journalReader((text) => toHex(platform.sha256(utf8(text))) as Sha256);
  let rest: Uint8Array[] = [];
  let waiting = 0;
  let count = 0;
  const take = (line: Uint8Array): boolean => {
    count += 1;
    const text = platform.utf8(line);
    if (text === null) report.add('file.encoding', `${JOURNAL}:${String(count)}`, 'it is not UTF-8');
    else if (count > most)
      report.add('journal.too-many', JOURNAL, `there are more than ${String(most)} records`);
    else {
      reader.line(text, toHex(platform.sha256(line)) as Sha256);
      return true;
    }
    return false;
  };
  for await (const chunk of chunksOf(container.source, member)) {
    hasher.update(chunk);
    let from = 0;
    for (let feed = chunk.indexOf(LF); feed !== -1; feed = chunk.indexOf(LF, from)) {
      const line = concat(...rest, chunk.subarray(from, feed + 1));
      [rest, waiting, from] = [[], 0, feed + 1];
      if (!take(line)) return null;
    }
    rest.push(chunk.slice(from));
    waiting += chunk.length - from;
    if (waiting <= MAX_LINE_CHARS) continue;
    report.add('journal.line', `${JOURNAL}:${String(count + 1)}`, 'the line is longer than 1 MiB');
    return null;
  }
  if (waiting > 0 && !take(concat(...rest))) return null;
  if (hasher.finish() === digest) return reader.end();
  report.add('file.changing', JOURNAL, 'the file changed while it was verified');
  return null;
}
