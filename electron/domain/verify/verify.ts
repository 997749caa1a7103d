/**
 * The strict verifier of bundles, the same in the app, on the command line and in a page. Order matters: container,
 * signatures, manifest and hashes come before anything in the bundle is parsed. It takes trust from its caller only.
 */
import type { EvidenceView, Verdict } from '../../contract/views.ts';
import type { Sha256 } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import type { JournalRecord } from '../../contract/records.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Runbook } from '../../contract/runbook.ts';
import { JOURNAL, MANIFEST } from '../evidence/names.ts';
import type { RunFile } from '../evidence/runFile.ts';
import { type Checked, runChecks } from './checks/checks.ts';
import { openContainer } from './container.ts';
import { beginFiles, checkFiles, checkJournalBytes, type FilesSeen, readManifest } from './files.ts';
import type { FindingId } from './findings.ts';
import { readJournalFile } from './journalFile.ts';
import { type Bulk, type Container, readMember } from './members.ts';
import type { ByteSource, Platform } from './ports.ts';
import { Report } from './report.ts';
import { type CheckedSignature, checkSignatures } from './signatures.ts';
import { checkStory, readStory, type Story } from './story.ts';
import { demanded, type ReadTrust, readTrust, type Trust } from './trust.ts';

export type { Trust } from './trust.ts';

/** The proven and parsed content of a bundle that is intact. */
export interface Content {
  readonly plan: Plan;
  readonly run: RunFile;
  /** Null when it cannot be read as a runbook. */
  readonly runbook: Runbook | null;
  readonly records: readonly JournalRecord[];
}

export interface Verification {
  readonly verdict: Verdict;
  readonly signatures: EvidenceView['signatures'];
  readonly files: EvidenceView['files'];
  /** Container, manifest, hashes and the signatures that are there hold; findings are about trust or the run. */
  readonly intact: boolean;
  /** SHA-256 of the manifest, where there is one: what a replay cache keeps by run. */
  readonly manifestSha256?: Sha256;
  readonly reviews: EvidenceView['reviews'];
  /** Over operator.sig: time and authority, as the token has them and as far as the given trust allows to say. */
  readonly timestamp?: NonNullable<EvidenceView['timestamp']>;
  readonly content?: Content;
}

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
/** What may be wrong with a bundle that is, byte for byte, what was sealed. */
const ABOUT_TRUST: ReadonlySet<FindingId> = new Set<FindingId>([
  'signature.missing',
  'signature.no-person',
  'signature.untrusted',
  'signature.revoked',
  'signature.principal',
]);

/**
 * Verifies a bundle. A bundle that is bad in any way gives a verdict with findings; an error value (`bad-request`,
 * `unsupported`) is about the trust inputs. Rejects when the source cannot be read.
 */
export async function verify(
  platform: Platform,
  source: ByteSource,
  trust: Trust,
): Promise<Result<Verification>> {
  const given = readTrust(platform, trust);
  return given.ok ? ok(await verifySource(platform, source, given.value)) : given;
}

async function verifySource(platform: Platform, source: ByteSource, trust: ReadTrust): Promise<Verification> {
  const report = new Report();
  const container = await openContainer(platform, source, report);
  if (container === null) return conclude(report, { signatures: [], files: [] });
  const bulk = beginFiles(container);
  try {
    return await verifyFiles(container, bulk, trust, report);
  } finally {
    await bulk.close();
  }
}

async function verifyFiles(
  container: Container,
  bulk: Bulk,
  trust: ReadTrust,
  report: Report,
): Promise<Verification> {
  const manifest = await readMember(container, MANIFEST, MAX_MANIFEST_BYTES, report);
  if (manifest === null) {
    if (!container.members.has(MANIFEST)) report.add('manifest.missing', MANIFEST, 'there is no manifest');
    return conclude(report, { signatures: [], files: [] });
  }
  const manifestSha256 = manifest.sha256;
  const signatures = await checkSignatures(container, manifest.bytes, trust, report);
  const listed = readManifest(container, manifest.bytes, report);
  const journalFile = await checkJournalBytes(container, listed, report);
  const attributed = signatures.some((signature) => signature.principals.length > 0);
  const digest = listed.get(JOURNAL);
  const readable = isSound(report) && attributed && digest !== undefined;
  const reading = readable ? await readJournalFile(container, digest, report) : null;
  // Parsed while other threads are at the bulk; whether it counts is seen when they are done.
  const files = isSound(report) && attributed ? await readStory(container, listed) : null;
  const bytes = await checkFiles(container, bulk, listed, reading?.records ?? [], report);
  const seen: FilesSeen = { ...bytes, files: inOrder(container, [...bytes.files, journalFile]) };
  if (files === null || !isSound(report)) {
    return conclude(report, { signatures, files: seen.files, manifestSha256 });
  }
  const policyOf = (plan: Plan) => demanded(plan.policy, trust.minimum);
  const given = { container, trust, signatures, report, manifestSha256, policyOf };
  const story = checkStory(given, files, reading, seen);
  const checked = story.context === undefined ? undefined : await runChecks(story.context);
  return conclude(report, {
    signatures,
    files: seen.files,
    manifestSha256,
    story,
    ...(checked === undefined ? {} : { checked }),
  });
}

/** Everything is, byte for byte, what was signed. What is wrong with operator.sig does not change what was sealed. */
function isSound(report: Report): boolean {
  return report.findings.every(
    ({ id, level, place }) =>
      ABOUT_TRUST.has(id) || place === 'attest/operator.sig' || level === 'L2' || level === 'L3',
  );
}

function inOrder(
  container: Container,
  files: readonly (FilesSeen['files'][number] | null)[],
): FilesSeen['files'] {
  const byPath = new Map(files.flatMap((file) => (file === null ? [] : [[file.path, file] as const])));
  return [...container.members.keys()].flatMap((path) => byPath.get(path) ?? []);
}

interface Outcome {
  readonly signatures: readonly CheckedSignature[];
  readonly files: FilesSeen['files'];
  readonly manifestSha256?: Sha256;
  readonly story?: Story;
  readonly checked?: Checked;
}

function conclude(report: Report, outcome: Outcome): Verification {
  const { signatures, files, story, checked, manifestSha256 } = outcome;
  const who = signatures.map((signature) => ({
    role: signature.role,
    principal: story?.principals[signature.role] ?? signature.principals[0] ?? '',
    fingerprint: signature.fingerprint,
    keyType: signature.keyType,
  }));
  const context = story?.context;
  const content: Content | undefined =
    context === undefined
      ? undefined
      : { plan: context.plan, run: context.run, runbook: context.runbook, records: context.reading.records };
  return {
    verdict: verdictOf(report, outcome, who.map(describeSignature)),
    signatures: who,
    files,
    intact: isIntact(report),
    ...(manifestSha256 === undefined ? {} : { manifestSha256 }),
    reviews: checked?.reviews ?? [],
    ...(checked?.timestamp === undefined ? {} : { timestamp: checked.timestamp }),
    ...(content === undefined ? {} : { content }),
  };
}

function isIntact(report: Report): boolean {
  return report.findings.every(({ id, level }) => level === 'L2' || level === 'L3' || ABOUT_TRUST.has(id));
}

const NO_WITNESS = 'no outside witness in this bundle: nothing rules out that the whole of it was made up';

function verdictOf(report: Report, outcome: Outcome, signed: readonly string[]): Verdict {
  const { files, story, checked } = outcome;
  const l1 = report.has('L1', 'container') ? 'fails' : 'holds';
  const l2 = story === undefined ? 'not-checked' : report.has('L2') ? 'fails' : 'holds';
  const witnesses = checked?.witnesses ?? [];
  const l3 = report.has('L3') ? 'fails' : witnesses.length > 0 ? 'holds' : 'none';
  const plain = checked?.remarks ?? [];
  const context = story?.context;
  return {
    ...(context === undefined
      ? {}
      : {
          runId: context.run.runId,
          result: context.run.result,
          rehearsal: context.plan.rehearsal || context.run.rehearsal || context.start.d.rehearsal,
        }),
    l1,
    l2,
    l3,
    rests: {
      l1: l1 === 'holds' ? [...signed, `${String(files.length)} files match ${MANIFEST}`] : [],
      l2: l2 === 'holds' ? [...(story?.rests ?? []), ...(checked?.rests ?? [])] : [],
      l3: l3 === 'none' ? [NO_WITNESS, ...plain] : [...witnesses, ...plain],
    },
    findings: report.findings,
    files: files.length,
    records: story?.records ?? 0,
  };
}

function describeSignature(signature: EvidenceView['signatures'][number]): string {
  return `${signature.role} signature by ${signature.principal}, ${signature.keyType} ${signature.fingerprint}`;
}
