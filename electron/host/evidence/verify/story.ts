/**
 * Reads the content of a bundle whose bytes are proven and asks whether it holds together: plan, summary, journal and
 * files say the same things, and what the journal tells can be true.
 */
import { sha256 } from '../../files/hash.ts';
import { Plan } from '../../../contract/plan.ts';
import type { EvidenceView } from '../../../contract/calls.ts';
import type { JournalRecord } from '../../../contract/records.ts';
import { checkConsistency } from '../../../domain/evidence/consistency.ts';
import { canonicalize, type Json, parseCanonical } from '../../../domain/evidence/jcs.ts';
import { type JournalReading, readJournal } from '../../../domain/evidence/journal.ts';
import {
  JOURNAL,
  kindOf,
  PLAN,
  RUN_FILE,
  RUNBOOK,
  type SignatureRole,
  signaturePath,
  topDirectory,
} from '../../../domain/evidence/names.ts';
import { makeRunFile, RunFile } from '../../../domain/evidence/runFile.ts';
import { decodeText } from '../survey.ts';
import { type Container, readMember } from './members.ts';
import { checkCitedFiles } from './recordings.ts';
import type { Report } from './report.ts';
import type { CheckedSignature } from './signatures.ts';

export interface Story {
  readonly runId?: string;
  readonly result?: string;
  readonly rehearsal?: boolean;
  readonly records: number;
  readonly principals: Partial<Readonly<Record<SignatureRole, string>>>;
  readonly rests: readonly string[];
}

const MAX_JSON_BYTES = 4 * 1024 * 1024;
const MAX_JOURNAL_BYTES = 256 * 1024 * 1024;

interface Parts {
  readonly plan: Plan;
  readonly run: RunFile;
  readonly reading: JournalReading;
  readonly start: JournalRecord & { type: 'run.start' };
}

export async function checkStory(
  container: Container,
  files: EvidenceView['files'],
  signatures: readonly CheckedSignature[],
  report: Report,
): Promise<Story> {
  const digests = new Map<string, string>(files.map((file) => [file.path, file.sha256]));
  const reader = new ContentReader(container, digests, report);
  const plan = await reader.json(PLAN, Plan);
  const run = await reader.json(RUN_FILE, RunFile);
  for (const path of container.members.keys()) if (kindOf(path) === 'host') await reader.json(path, null);
  const text = await reader.text(JOURNAL, MAX_JOURNAL_BYTES);
  if (!digests.has(RUNBOOK)) report.add('L2', 'file.missing', RUNBOOK, 'it is not in the bundle');
  const reading = text === null ? null : readJournal(text, sha256);
  for (const problem of reading?.problems ?? []) {
    report.add('L2', problem.id, `${JOURNAL}:${String(problem.line)}`, problem.message);
  }
  const start = reading?.records[0];
  const records = reading?.count ?? 0;
  if (plan === null || run === null || reading === null || start?.type !== 'run.start') {
    if (reading !== null && start?.type !== 'run.start') {
      report.add('L2', 'run.boundaries', `${JOURNAL}:1`, 'the journal does not begin with run.start');
    }
    return { records, principals: {}, rests: [] };
  }
  const parts: Parts = { plan, run, reading, start };
  checkAgreement(container, parts, files, report);
  const principals = checkPeople(parts, signatures, report);
  for (const note of run.notes.filter((candidate) => candidate.kind !== 'left-out')) {
    report.add('L2', `seal.${note.kind}`, note.file, `noted when the run was sealed: ${note.message}`);
  }
  const cited = await checkCitedFiles(container, reading.records, digests, report);
  for (const { id, line, message } of checkConsistency(reading.records)) {
    report.add('L2', id, `${JOURNAL}:${String(line)}`, message);
  }
  return {
    runId: run.runId,
    result: run.result,
    rehearsal: plan.rehearsal || run.rehearsal || start.d.rehearsal,
    records,
    principals,
    rests: [
      `the journal is one unbroken chain of ${String(records)} records, head ${reading.head}`,
      `${String(cited)} files are, to the byte, what the journal vouches for`,
      'plan, runbook, summary and journal agree; every passed step has its checks on record',
    ],
  };
}

/** Reads proven files once more and makes sure they are still the proven bytes. */
class ContentReader {
  readonly #container: Container;
  readonly #digests: ReadonlyMap<string, string>;
  readonly #report: Report;

  constructor(container: Container, digests: ReadonlyMap<string, string>, report: Report) {
    this.#container = container;
    this.#digests = digests;
    this.#report = report;
  }

  async text(path: string, limit: number): Promise<string | null> {
    const file = await readMember(this.#container, path, limit, this.#report);
    if (file === null) {
      if (!this.#digests.has(path)) this.#report.add('L2', 'file.missing', path, 'it is not in the bundle');
      return null;
    }
    if (file.hashed.sha256 !== this.#digests.get(path)) {
      this.#report.add('container', 'file.changing', path, 'the file changed while it was verified');
      return null;
    }
    const text = decodeText(file.bytes, path);
    if (text.ok) return text.value;
    this.#report.add('L2', 'file.encoding', path, 'it is not UTF-8');
    return null;
  }

  /** Canonical JSON and a line feed, of the schema; without a schema only the form counts. */
  async json<T>(path: string, schema: { safeParse(value: unknown): Parsed<T> } | null): Promise<T | null> {
    const text = await this.text(path, MAX_JSON_BYTES);
    if (text === null) return null;
    const json = text.endsWith('\n') ? parseCanonical(text.slice(0, -1)) : null;
    if (json?.ok !== true) {
      this.#report.add('L2', 'json.form', path, json === null ? 'no line feed at its end' : json.error);
      return null;
    }
    const parsed = schema?.safeParse(json.value);
    if (parsed === undefined) return null;
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    this.#report.add(
      'L2',
      'json.schema',
      path,
      `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'wrong'}`,
    );
    return null;
  }
}

type Parsed<T> =
  | { readonly success: true; readonly data: T }
  | {
      readonly success: false;
      readonly error: {
        readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
      };
    };

function checkAgreement(
  container: Container,
  parts: Parts,
  files: EvidenceView['files'],
  report: Report,
): void {
  const { plan, run, reading, start } = parts;
  const digests = new Map<string, string>(files.map((file) => [file.path, file.sha256]));
  const differs = (id: string, place: string, message: string) => {
    report.add('L2', id, place, message);
  };
  if (container.top !== topDirectory(run.runId))
    differs('run.mismatch', RUN_FILE, `the top directory is ${container.top}`);
  if (digests.get(PLAN) !== start.d.planSha256)
    differs('plan.mismatch', PLAN, 'it is not the plan that run.start names');
  if (digests.get(RUNBOOK) !== start.d.runbook.sha256) {
    differs('runbook.mismatch', RUNBOOK, 'it is not the runbook that run.start names');
  }
  const same = (name: string, a: Json, b: Json) => {
    if (canonicalize(a) !== canonicalize(b))
      differs('plan.mismatch', PLAN, `${name} is not the same in plan and run.start`);
  };
  same('runId', plan.runId, start.d.runId);
  same('rehearsal', plan.rehearsal, start.d.rehearsal);
  same('runbook', plan.runbook, start.d.runbook);
  same('operator', plan.operator, start.d.operator);
  same('groups', plan.groups ?? null, start.d.groups ?? null);
  checkTargets(parts, report);
  const end = reading.records.at(-1);
  if (end?.type !== 'run.end') return;
  const derived = makeRunFile({
    plan,
    planSha256: start.d.planSha256,
    start,
    end,
    journal: { head: reading.head, records: reading.count },
    files: files.filter((file) => file.path !== RUN_FILE).map(({ path, bytes }) => ({ path, bytes })),
    principal: start.d.device.id,
    tool: run.tool,
    notes: run.notes,
  });
  const is = new Map<string, Json>(Object.entries(run));
  const should = new Map<string, Json>(Object.entries(derived));
  for (const key of new Set([...is.keys(), ...should.keys()])) {
    if (canonicalize(is.get(key) ?? null) === canonicalize(should.get(key) ?? null)) continue;
    differs('run.mismatch', RUN_FILE, `“${key}” does not follow from plan and journal`);
  }
}

/** Connections go to targets of the plan, and a run is a rehearsal in all of its parts or in none. */
function checkTargets({ plan, reading }: Parts, report: Report): void {
  const targets = new Map(Object.entries(plan.targets));
  for (const [name, address] of targets) {
    if (address.kind === 'rehearsal' && !plan.rehearsal) {
      report.add(
        'L2',
        'rehearsal.mismatch',
        PLAN,
        `target ${name} is a rehearsal host in a run that is none`,
      );
    }
  }
  for (const [group, members] of Object.entries(plan.groups ?? {})) {
    for (const member of members.filter((name) => !targets.has(name))) {
      report.add('L2', 'plan.target', PLAN, `${member} of group ${group} has no address`);
    }
  }
  for (const record of reading.records) {
    const place = `${JOURNAL}:${String(record._seq + 1)}`;
    const target = hostOf(record);
    if (target !== undefined && !targets.has(target)) {
      report.add('L2', 'plan.target', place, `${target} is not a target of the plan`);
    }
    if (record.type === 'host.connect' && record.d.pin === 'rehearsal' && !plan.rehearsal) {
      report.add('L2', 'rehearsal.mismatch', place, 'a rehearsal host in a run that is none');
    }
  }
}

const ABOUT_A_HOST = [
  'host.connect',
  'host.key-replaced',
  'step.start',
  'target.result',
  'file.transfer',
] as const;
type AboutAHost = Extract<JournalRecord, { type: (typeof ABOUT_A_HOST)[number] }>;

/** The host that a record speaks of as reached or worked on. */
function hostOf(record: JournalRecord): string | undefined {
  return isAboutAHost(record) ? record.d.target : undefined;
}

function isAboutAHost(record: JournalRecord): record is AboutAHost {
  return ABOUT_A_HOST.some((type) => type === record.type);
}

/** What the plan demands is signed, by the very people and device that the run names. */
function checkPeople(
  { plan, run, start }: Parts,
  signatures: readonly CheckedSignature[],
  report: Report,
): Story['principals'] {
  const named: Record<SignatureRole, string> = { seal: start.d.device.id, operator: plan.operator.principal };
  const principals: Partial<Record<SignatureRole, string>> = {};
  for (const { role, principals: allowed, fingerprint } of signatures) {
    if (allowed.includes(named[role])) principals[role] = named[role];
    else if (allowed.length > 0) {
      const message = `the key ${fingerprint} is of ${allowed.join(', ')}, the run names ${named[role]}`;
      report.add('L1', 'signature.principal', signaturePath(role), message);
    }
  }
  for (const role of new Set([...plan.policy.signatures, ...run.policy.signatures])) {
    const there = report.findings.some((finding) => finding.place === signaturePath(role));
    if (there || signatures.some((signature) => signature.role === role)) continue;
    report.add(
      'L1',
      'signature.missing',
      signaturePath(role),
      'the plan demands this signature; it is not in the bundle',
    );
  }
  return principals;
}
