/**
 * Looks at a run's folder as it is on disk and compares it with what the journal vouches for. It reads and reports; it
 * changes nothing and forgives nothing.
 */
import { sha256 } from '../files/hash.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChainPosition } from '../../domain/evidence/chain.ts';
import { parseCanonical } from '../../domain/evidence/jcs.ts';
import {
  type Citation,
  citationsByFile,
  type JournalReading,
  namedOnly,
  readJournal,
} from '../../domain/evidence/journal.ts';
import {
  ATTEST,
  byPath,
  isVouched,
  JOURNAL,
  kindOf,
  MANIFEST,
  pathProblem,
  PLAN,
  RUN_FILE,
  RUNBOOK,
  sourcePath,
} from '../../domain/evidence/names.ts';
import type { SealNote } from '../../domain/evidence/runFile.ts';
import { Plan } from '../../contract/plan.ts';
import type { Sha256 } from '../../contract/ids.ts';
import type { JournalRecord } from '../../contract/records.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { hashFile, listFiles, storage } from './files.ts';

export interface Survey {
  readonly plan: Plan;
  readonly planSha256: Sha256;
  readonly reading: JournalReading;
  readonly start: JournalRecord & { type: 'run.start' };
  readonly end: JournalRecord & { type: 'run.end' };
  /** Byte-sorted; run.json, the manifest and signatures are not among them. */
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: Sha256 }[];
  readonly notes: readonly SealNote[];
}

/** Not part of the evidence: the lock of the app that has the run open. */
const NEVER_BUNDLED = new Set(['lock', RUN_FILE, MANIFEST]);

/**
 * Surveys an ended run. `expected` is where the journal stood in memory when it was closed.
 * Errors: `refused` (the run has not ended), `corrupt` (journal or plan cannot be read at all), `storage`.
 */
export async function surveyRun(dir: string, expected?: ChainPosition): Promise<Result<Survey>> {
  const journal = await readText(join(dir, JOURNAL));
  if (!journal.ok) return journal;
  const reading = readJournal(journal.value, sha256);
  const start = reading.records[0];
  const end = reading.records.at(-1);
  if (start?.type !== 'run.start') return fail('corrupt', `${JOURNAL} does not begin with run.start`);
  if (end?.type !== 'run.end') return fail('refused', 'the run has not ended: only an ended run is sealed');
  const planText = await readText(join(dir, PLAN));
  if (!planText.ok) return planText;
  const plan = parsePlan(planText.value);
  if (!plan.ok) return plan;
  const files = await collect(dir, citationsByFile(reading.records));
  if (!files.ok) return files;
  const notes = [
    ...journalNotes(reading, expected),
    ...files.value.leftOut,
    ...planNotes(start, plan.value, files.value.found),
    ...citationNotes(reading.records, files.value.found),
  ];
  return ok({
    plan: plan.value,
    planSha256: sha256(planText.value),
    reading,
    start,
    end,
    files: files.value.found.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })),
    notes,
  });
}

/** plan.json: canonical JSON with a line feed, of the Plan schema. */
export function parsePlan(text: string): Result<Plan> {
  const json = text.endsWith('\n') ? parseCanonical(text.slice(0, -1)) : { ok: false as const };
  const plan = json.ok ? Plan.safeParse(json.value) : undefined;
  return plan?.success === true ? ok(plan.data) : fail('corrupt', `${PLAN} is not a plan in canonical form`);
}

/** Text of a UTF-8 file, to the byte; `corrupt` when it is not UTF-8. */
export async function readText(path: string): Promise<Result<string>> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (e) {
    return storage(`${path} cannot be read`, e);
  }
  return decodeText(bytes, path);
}

export function decodeText(bytes: Uint8Array, name: string): Result<string> {
  try {
    return ok(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return fail('corrupt', `${name} is not UTF-8`);
  }
}

interface Found {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: Sha256;
  readonly prefixes: ReadonlyMap<number, Sha256>;
}

async function collect(
  dir: string,
  marks: ReadonlyMap<string, readonly Citation[]>,
): Promise<Result<{ readonly found: readonly Found[]; readonly leftOut: readonly SealNote[] }>> {
  const listed = await listFiles(dir);
  if (!listed.ok) return listed;
  const found: Found[] = [];
  const leftOut: SealNote[] = [];
  for (const { path, kind } of [...listed.value].sort((a, b) => byPath(a.path, b.path))) {
    if (NEVER_BUNDLED.has(path) || path.startsWith(ATTEST)) continue;
    if (kind !== 'file' || kindOf(path) === null || pathProblem(path) !== null) {
      leftOut.push({ kind: 'left-out', file: path, message: 'not a file that belongs to a run' });
      continue;
    }
    const hashed = await hashFile(
      join(dir, path),
      (marks.get(path) ?? []).map((citation) => citation.bytes),
    );
    if (!hashed.ok) return hashed;
    found.push({ path, ...hashed.value });
  }
  return ok({ found, leftOut });
}

function tampered(file: string, message: string): SealNote {
  return { kind: 'tampered-at-rest', file, message };
}

function journalNotes(reading: JournalReading, expected: ChainPosition | undefined): readonly SealNote[] {
  const notes = reading.problems
    .slice(0, 20)
    .map((problem) => tampered(JOURNAL, `line ${String(problem.line)}: ${problem.message}`));
  if (expected !== undefined && (expected.head !== reading.head || expected.seq !== reading.count)) {
    notes.push(
      tampered(JOURNAL, 'not what was written: head or number of records differ from the app’s memory'),
    );
  }
  return notes;
}

function planNotes(
  start: JournalRecord & { type: 'run.start' },
  plan: Plan,
  found: readonly Found[],
): readonly SealNote[] {
  const demanded = [
    { file: PLAN, sha256: start.d.planSha256 },
    { file: RUNBOOK, sha256: start.d.runbook.sha256 },
  ].map((one) => ({ ...one, by: 'run.start' }));
  const sources = (plan.sources ?? []).map(({ kind, id, sha256 }) => ({
    file: sourcePath(kind, id),
    sha256,
    by: 'the plan',
  }));
  const notes = [...demanded, ...sources].flatMap(({ file, sha256, by }): readonly SealNote[] => {
    const actual = found.find((candidate) => candidate.path === file)?.sha256;
    if (actual === undefined) return [{ kind: 'missing', file, message: `named by ${by}, not there` }];
    return actual === sha256 ? [] : [tampered(file, `is ${actual}, ${by} says ${sha256}`)];
  });
  const named = new Set(sources.map(({ file }) => file));
  const uncited = found.filter(({ path }) => kindOf(path) === 'source' && !named.has(path));
  return [
    ...notes,
    ...uncited.map(({ path }): SealNote => ({
      kind: 'uncited',
      file: path,
      message: 'the plan does not name this file',
    })),
  ];
}

function citationNotes(records: readonly JournalRecord[], found: readonly Found[]): readonly SealNote[] {
  const byFile = citationsByFile(records);
  const notes: SealNote[] = [];
  for (const [file, citations] of byFile) {
    const actual = found.find((candidate) => candidate.path === file);
    if (actual === undefined)
      notes.push({ kind: 'missing', file, message: 'vouched for by the journal, not there' });
    else notes.push(...mismatches(actual, citations).map((message) => tampered(file, message)));
  }
  const named = namedOnly(records);
  for (const { path } of found) {
    const kind = kindOf(path);
    if (!isVouched(kind) || byFile.has(path) || named(path)) continue;
    notes.push({ kind: 'uncited', file: path, message: 'the journal does not vouch for this file' });
  }
  return notes;
}

/**
 * Where a file is not what the journal says. A file may have grown after it was first vouched for: earlier citations
 * hold for its beginning, the longest must hold for the whole.
 */
export function mismatches(
  actual: { readonly bytes: number; readonly sha256: string; readonly prefixes: ReadonlyMap<number, string> },
  citations: readonly Citation[],
): readonly string[] {
  const wrong = citations
    .filter((citation) => actual.prefixes.get(citation.bytes) !== citation.sha256)
    .map((c) => `journal line ${String(c.line)} says ${String(c.bytes)} bytes, ${c.sha256}`);
  const longest = Math.max(...citations.map((citation) => citation.bytes));
  if (wrong.length === 0 && longest !== actual.bytes) {
    wrong.push(`has ${String(actual.bytes)} bytes, the journal vouches for ${String(longest)}`);
  }
  return wrong;
}
