/** The bulk of a bundle: every file is there, listed, and to the byte what manifest and journal say of it. */
import type { EvidenceView } from '../../contract/views.ts';
import type { JournalRecord } from '../../contract/records.ts';
import { type Citation, citationsByFile, namedOnly } from '../evidence/journal.ts';
import { parseManifest } from '../evidence/manifest.ts';
import { ATTEST, isVouched, JOURNAL, kindOf, MANIFEST } from '../evidence/names.ts';
import { latin1 } from '../signatures/bytes.ts';
import { beginBulk, type Bulk, type Container, type Member } from './members.ts';
import type { Scan } from './ports.ts';
import type { Report } from './report.ts';

export type Listed = ReadonlyMap<string, string>;

/** The manifest's own form, and that what it lists is there. Returns digests by path. */
export function readManifest(container: Container, manifest: Uint8Array, report: Report): Listed {
  const { entries, problems } = parseManifest(latin1(manifest));
  for (const { line, message } of problems)
    report.add('manifest.syntax', `${MANIFEST}:${String(line)}`, message);
  for (const { path } of entries) {
    if (!container.members.has(path))
      report.add('manifest.file-missing', path, 'listed in the manifest, not in the bundle');
  }
  return new Map(entries.map((entry) => [entry.path, entry.sha256]));
}

/** One pass over the journal alone: whether it is the one that the manifest lists. */
export async function checkJournalBytes(
  container: Container,
  listed: Listed,
  report: Report,
): Promise<FileSeen | null> {
  const member = container.members.get(JOURNAL);
  if (member === undefined) return null;
  const [scan] = await beginBulk(container, [{ member, cast: false }]).finish(() => [], report);
  return scan === undefined ? null : compare(member, scan, listed, report);
}

export type FileSeen = EvidenceView['files'][number];

export interface FilesSeen {
  readonly files: readonly FileSeen[];
  /** Findings about content, to be made only when the whole bundle is what was signed. */
  readonly content: readonly (() => void)[];
  /** How many files the journal vouches for. */
  readonly cited: number;
  /** Output events of each recording. */
  readonly outputs: ReadonlyMap<string, number>;
}

/** Begins one pass over every file but the manifest and the journal. */
export function beginFiles(container: Container): Bulk {
  const members = [...container.members.values()].filter(({ path }) => path !== MANIFEST && path !== JOURNAL);
  return beginBulk(
    container,
    members.map((member) => ({ member, cast: kindOf(member.path) === 'recording' })),
  );
}

/** What the pass of beginFiles() found. `records`: empty when the journal cannot be trusted. */
export async function checkFiles(
  container: Container,
  bulk: Bulk,
  listed: Listed,
  records: readonly JournalRecord[],
  report: Report,
): Promise<FilesSeen> {
  const byFile = citationsByFile(records);
  const named = namedOnly(records);
  const members = bulk.wanted.map(({ member }) => member);
  const marksOf = ({ path, bytes }: Member) =>
    (byFile.get(path) ?? []).map((citation) => citation.bytes).filter((mark) => mark <= bytes);
  const scans = await bulk.finish(marksOf, report);
  const files: FileSeen[] = [];
  const content: (() => void)[] = [];
  for (const [index, member] of members.entries()) {
    const scan = scans[index];
    if (scan === undefined || member.path.startsWith(ATTEST)) continue;
    files.push(compare(member, scan, listed, report));
    const citations = byFile.get(member.path);
    content.push(() => {
      checkContent(member, scan, citations, named(member.path), report);
    });
  }
  for (const file of byFile.keys()) {
    if (container.members.has(file)) continue;
    content.push(() => {
      report.add('file.missing', file, 'the journal vouches for it; it is not in the bundle');
    });
  }
  const outputs = new Map(members.map(({ path }, index) => [path, scans[index]?.outputs ?? 0]));
  return { files, content, cited: byFile.size, outputs };
}

function compare(member: Member, scan: Scan, listed: Listed, report: Report): FileSeen {
  const { path } = member;
  const expected = listed.get(path);
  if (expected === undefined)
    report.add('manifest.unlisted', path, 'in the bundle, not listed in the manifest');
  else if (expected !== scan.sha256) {
    const message = `the manifest says ${expected}, the file has ${scan.sha256}`;
    report.add('manifest.hash-mismatch', path, message);
  }
  return { path, bytes: scan.bytes, sha256: scan.sha256 };
}

function checkContent(
  { path }: Member,
  scan: Scan,
  citations: readonly Citation[] | undefined,
  open: boolean,
  report: Report,
): void {
  const kind = kindOf(path);
  if (kind === null) report.add('file.unknown', path, 'this version knows no such file in a bundle');
  if (isVouched(kind) && citations === undefined && !open)
    report.add('file.uncited', path, 'the journal does not vouch for this file');
  for (const { id, line, message } of scan.problems) report.add(id, `${path}:${String(line)}`, message);
  if (scan.torn && !open) report.add('cast.torn', path, 'the last line is torn');
  for (const message of citations === undefined ? [] : mismatches(scan, citations))
    report.add('file.not-as-recorded', path, message);
}

/**
 * Where a file is not what the journal says. A file may have grown after it was first vouched for: earlier citations
 * hold for its beginning, the longest must hold for the whole.
 */
export function mismatches(
  actual: { readonly bytes: number; readonly sha256: string; readonly prefixes: ReadonlyMap<number, string> },
  citations: readonly Citation[],
): readonly string[] {
  const digestAt = (bytes: number) => (bytes === actual.bytes ? actual.sha256 : actual.prefixes.get(bytes));
  const wrong = citations
    .filter((citation) => digestAt(citation.bytes) !== citation.sha256)
    .map((c) => `journal line ${String(c.line)} says ${String(c.bytes)} bytes, ${c.sha256}`);
  const longest = citations.reduce((most, citation) => Math.max(most, citation.bytes), 0);
  if (wrong.length === 0 && longest !== actual.bytes) {
    wrong.push(`has ${String(actual.bytes)} bytes, the journal vouches for ${String(longest)}`);
  }
  return wrong;
}
