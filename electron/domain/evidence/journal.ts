/**
 * Reads a journal strictly: raw line bytes for the chain, canonical JSON, then the schema of each record. It reports
 * everything it finds and keeps what is sound, because a damaged journal is evidence too.
 */
import type { Sha256 } from '../../contract/ids.ts';
import { type FileRef, type JournalRecord, RecordBody } from '../../contract/records.ts';
import { type ChainPosition, checkLine, type HashText, START } from './chain.ts';
import { openEnvelope } from './envelope.ts';
import { parseCanonical } from './jcs.ts';

export interface JournalProblem {
  readonly id: 'journal.chain' | 'journal.line' | 'journal.schema' | 'journal.empty';
  /** Counts from 1. */
  readonly line: number;
  readonly message: string;
}

export interface JournalReading {
  readonly records: readonly JournalRecord[];
  /** Number of lines and SHA-256 of the last one, whatever they hold. */
  readonly count: number;
  readonly head: Sha256;
  readonly problems: readonly JournalProblem[];
}

/** Longest line that is read: far above what the schema lets through. */
export const MAX_LINE_CHARS = 1024 * 1024;

/** Reads the text of journal.jsonl. A record with a problem is reported and left out of `records`. */
export function readJournal(text: string, hash: HashText): JournalReading {
  const reader = journalReader(hash);
  for (const line of linesOf(text)) reader.line(line);
  return reader.end();
}

export interface JournalReader {
  /** The next line, line feed included. `head`: its SHA-256, where that is known already. */
  line(text: string, head?: Sha256): void;
  end(): JournalReading;
}

/** Reads a journal line by line, so that its text need not be in memory as a whole. */
export function journalReader(hash: HashText): JournalReader {
  const records: JournalRecord[] = [];
  const problems: JournalProblem[] = [];
  let at: ChainPosition = START;
  let count = 0;
  return {
    line(text, head) {
      count += 1;
      const report = (id: JournalProblem['id'], message: string) =>
        problems.push({ id, line: count, message });
      const hashLine = head === undefined ? hash : () => head;
      const linked = checkLine(at, text, hashLine);
      if (!linked.ok) report('journal.chain', linked.error);
      at = linked.ok ? linked.value : { seq: count, head: hashLine(text) };
      if (text.length > MAX_LINE_CHARS) {
        report('journal.line', 'the line is too long');
        return;
      }
      const record = readRecord(text);
      if (record.ok) records.push(record.value);
      else report(record.id, record.message);
    },
    end() {
      if (count === 0) problems.push({ id: 'journal.empty', line: 1, message: 'the journal is empty' });
      return { records, count, head: at.head, problems };
    },
  };
}

type RecordReading =
  | { readonly ok: true; readonly value: JournalRecord }
  | { readonly ok: false; readonly id: 'journal.line' | 'journal.schema'; readonly message: string };

/** One line, without its place in the chain. */
export function readRecord(line: string): RecordReading {
  const json = parseCanonical(line.endsWith('\n') ? line.slice(0, -1) : line);
  if (!json.ok) return { ok: false, id: 'journal.line', message: json.error };
  const opened = openEnvelope(json.value);
  if (opened === null)
    return { ok: false, id: 'journal.schema', message: 'a chain field or time is missing or wrong' };
  const body = RecordBody.safeParse(opened.body);
  if (!body.success) {
    const issue = body.error.issues[0];
    const where = issue?.path.map(String).join('.') ?? '';
    return {
      ok: false,
      id: 'journal.schema',
      message: `${where === '' ? 'record' : where}: ${issue?.message ?? 'wrong'}`,
    };
  }
  return { ok: true, value: { ...body.data, ...opened.envelope } };
}

function* linesOf(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    const feed = text.indexOf('\n', from);
    const to = feed === -1 ? text.length : feed + 1;
    yield text.slice(from, to);
    from = to;
  }
}

/** A file that a record vouches for. */
export interface Citation extends FileRef {
  /** Line of the record, counted from 1. */
  readonly line: number;
}

/** Every file the journal vouches for by length and digest, in the order of the records. */
function citationsOf(records: readonly JournalRecord[]): readonly Citation[] {
  return records.flatMap((record) => refsOf(record).map((ref) => ({ ...ref, line: record._seq + 1 })));
}

/** The same by file. */
export function citationsByFile(records: readonly JournalRecord[]): ReadonlyMap<string, readonly Citation[]> {
  const byFile = new Map<string, Citation[]>();
  for (const citation of citationsOf(records)) {
    const known = byFile.get(citation.file);
    if (known === undefined) byFile.set(citation.file, [citation]);
    else known.push(citation);
  }
  return byFile;
}

function refsOf(record: JournalRecord): readonly FileRef[] {
  if (record.type === 'step.start') return [record.d.command, record.d.wire];
  if (record.type === 'step.end') {
    return [record.d.recording, record.d.stdout, record.d.stderr].filter((ref) => ref !== undefined);
  }
  if (record.type === 'recording.close') {
    return [{ file: record.d.file, bytes: record.d.bytes, sha256: record.d.sha256 }];
  }
  // What was put on a host stays where it came from; what was fetched is part of the evidence.
  if (record.type === 'file.transfer') return record.d.direction === 'fetch' ? [record.d.file] : [];
  if (record.type === 'file.diff') return record.d.diff === undefined ? [] : [record.d.diff];
  if (record.type === 'notify') return [record.d.message];
  return record.type === 'run.recovered' && record.d.torn !== undefined ? [record.d.torn] : [];
}

/**
 * Files that a record names before their length is known, where the app could not vouch for them: it went away while the
 * step or the live shell ran, or contact with a detached command was lost for good. Only the manifest covers these.
 */
export function namedOnly(records: readonly JournalRecord[]): (path: string) => boolean {
  const recovered = records.some((record) => record.type === 'run.recovered');
  const ended = new Set(
    records.flatMap((r) => (r.type === 'step.end' ? [`${r.d.step} ${String(r.d.attempt)}`] : [])),
  );
  const names = new Set<string>();
  const outputs = new Set<string>();
  for (const record of records) {
    if (recovered && (record.type === 'deviation' || record.type === 'shell.observed')) {
      names.add(record.d.recording);
    }
    if (record.type !== 'step.start' || ended.has(`${record.d.step} ${String(record.d.attempt)}`)) continue;
    if (!recovered && record.d.mode !== 'detached') continue;
    names.add(record.d.recording);
    outputs.add(record.d.output.replace(/\.(?:out|err)$/, ''));
  }
  const fetched = (path: string) =>
    recovered && outputs.has(path.replace(/^files\/([^/]+)\/.*$/, 'outputs/$1'));
  return (path) => names.has(path) || outputs.has(path.replace(/\.(?:out|err)$/, '')) || fetched(path);
}
