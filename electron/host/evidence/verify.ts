/**
 * The strict verifier of bundles, the same in the app and on the command line. Order matters: container, signatures,
 * manifest and hashes come before anything in the bundle is parsed. It takes trust from its caller only.
 */
import { open, type FileHandle } from 'node:fs/promises';
import type { EvidenceView, Verdict } from '../../contract/calls.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { parseManifest } from '../../domain/evidence/manifest.ts';
import { ATTEST, MANIFEST } from '../../domain/evidence/names.ts';
import { storage } from './files.ts';
import { type Container, readMember, streamMember } from './verify/members.ts';
import { openContainer } from './verify/container.ts';
import { Report } from './verify/report.ts';
import {
  type CheckedSignature,
  checkSignatures,
  type ReadTrust,
  readTrust,
  type Trust,
} from './verify/signatures.ts';
import { checkStory, type Story } from './verify/story.ts';

export type { Trust } from './verify/signatures.ts';

export interface Verification {
  readonly verdict: Verdict;
  readonly signatures: EvidenceView['signatures'];
  readonly files: EvidenceView['files'];
  /** Container, manifest, hashes and the signatures that are there hold; findings are about trust or the run. */
  readonly intact: boolean;
}

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const NO_WITNESS = 'no outside witness in this bundle';
/** What may be wrong with a bundle that is, byte for byte, what was sealed. */
const ABOUT_TRUST = new Set([
  'signature.missing',
  'signature.untrusted',
  'signature.revoked',
  'signature.principal',
]);

/**
 * Verifies a bundle. A bundle that is bad in any way gives a verdict with findings; an error value means that the
 * verification itself was not possible (`not-found`, `storage`, `bad-request` for the trust inputs).
 */
export async function verifyBundle(
  input: { readonly zip: string },
  trust: Trust,
): Promise<Result<Verification>> {
  const given = readTrust(trust);
  if (!given.ok) return given;
  let handle: FileHandle;
  try {
    handle = await open(input.zip, 'r');
  } catch (e) {
    if (e instanceof Error && 'code' in e && e.code === 'ENOENT')
      return fail('not-found', `there is no file ${input.zip}`);
    return storage(`${input.zip} cannot be read`, e);
  }
  try {
    return ok(await verifyOpen(handle, given.value));
  } catch (e) {
    return storage(`${input.zip} cannot be read`, e);
  } finally {
    await handle.close();
  }
}

async function verifyOpen(handle: FileHandle, trust: ReadTrust): Promise<Verification> {
  const report = new Report();
  const container = await openContainer(handle, report);
  if (container === null) return conclude(report, [], [], null);
  const manifest = await readMember(container, MANIFEST, MAX_MANIFEST_BYTES, report);
  if (manifest === null) {
    report.add('L1', 'manifest.missing', MANIFEST, 'there is no manifest');
    return conclude(report, [], [], null);
  }
  const signatures = await checkSignatures(container, manifest.bytes, trust, report);
  const files = await checkFiles(container, manifest.bytes.toString('latin1'), report);
  const sound = !report.findings.some(
    (finding) => !ABOUT_TRUST.has(finding.id) && finding.place !== 'attest/operator.sig',
  );
  const attributed = signatures.some((signature) => signature.principals.length > 0);
  const story = sound && attributed ? await checkStory(container, files, signatures, report) : null;
  return conclude(report, signatures, files, story);
}

/** The manifest lists every file and no other, and each has the listed digest. Nothing is parsed. */
async function checkFiles(
  container: Container,
  manifest: string,
  report: Report,
): Promise<EvidenceView['files']> {
  const { entries, problems } = parseManifest(manifest);
  for (const { line, message } of problems)
    report.add('L1', 'manifest.syntax', `${MANIFEST}:${String(line)}`, message);
  const listed = new Map(entries.map((entry) => [entry.path, entry.sha256]));
  for (const path of listed.keys()) {
    if (!container.members.has(path))
      report.add('L1', 'manifest.file-missing', path, 'listed in the manifest, not in the bundle');
  }
  const files: EvidenceView['files'][number][] = [];
  for (const member of container.members.values()) {
    if (member.path === MANIFEST || member.path.startsWith(ATTEST)) continue;
    const { bytes, sha256 } = await streamMember(container, member, report);
    files.push({ path: member.path, bytes, sha256 });
    const expected = listed.get(member.path);
    if (expected === undefined)
      report.add('L1', 'manifest.unlisted', member.path, 'in the bundle, not listed in the manifest');
    else if (expected !== sha256) {
      report.add(
        'L1',
        'manifest.hash-mismatch',
        member.path,
        `the manifest says ${expected}, the file has ${sha256}`,
      );
    }
  }
  return files;
}

function conclude(
  report: Report,
  signatures: readonly CheckedSignature[],
  files: EvidenceView['files'],
  story: Story | null,
): Verification {
  const l1 = report.has('L1', 'container') ? 'fails' : 'holds';
  const l2 = story === null ? 'not-checked' : report.has('L2') ? 'fails' : 'holds';
  const who = signatures.map((signature) => ({
    role: signature.role,
    principal: story?.principals[signature.role] ?? signature.principals[0] ?? '',
    fingerprint: signature.fingerprint,
    keyType: signature.keyType,
  }));
  const verdict: Verdict = {
    ...(story?.runId === undefined ? {} : { runId: story.runId }),
    ...(story?.result === undefined ? {} : { result: story.result }),
    ...(story?.rehearsal === undefined ? {} : { rehearsal: story.rehearsal }),
    l1,
    l2,
    l3: 'none',
    rests: {
      l1:
        l1 === 'holds'
          ? [...who.map(describeSignature), `${String(files.length)} files match ${MANIFEST}`]
          : [],
      l2: l2 === 'holds' ? (story?.rests ?? []) : [],
      l3: [NO_WITNESS],
    },
    findings: report.findings,
    files: files.length,
    records: story?.records ?? 0,
  };
  const intact = report.findings.every(
    ({ id, level }) => level === 'L2' || level === 'L3' || ABOUT_TRUST.has(id),
  );
  return { verdict, signatures: who, files, intact };
}

function describeSignature(signature: {
  readonly role: string;
  readonly principal: string;
  readonly fingerprint: string;
  readonly keyType: string;
}): string {
  return `${signature.role} signature by ${signature.principal}, ${signature.keyType} ${signature.fingerprint}`;
}
