/**
 * Reads a package file and proves it: the form of the zip first, then the signature over the digest list, then every
 * file against that list, both ways. Nothing in it is parsed before. Takes trust from its caller only.
 */
import type { Sha256 } from '../../contract/ids.ts';
import type { PackageSigner } from '../../contract/packages.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { parseManifest } from '../evidence/manifest.ts';
import { MAX_ARMOR_BYTES } from '../signatures/sshsig.ts';
import { openContainer } from '../verify/container.ts';
import { type Container, readMember } from '../verify/members.ts';
import type { Platform } from '../verify/ports.ts';
import { Report } from '../verify/report.ts';
import { judgeSignature } from '../verify/signer.ts';
import type { ReadTrust } from '../verify/trust.ts';
import { type PackageHeadFile, parseHead } from './head.ts';
import {
  contentOf,
  HEAD,
  MAX_FILE_BYTES,
  MAX_FILES,
  MAX_PACKAGE_BYTES,
  SIGNATURE,
  SUMS,
  TOP_FORM,
  topDirectory,
} from './names.ts';

export interface PackedFile {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly sha256: Sha256;
}

/** A package whose every byte is accounted for. */
export interface ProvenPackage {
  readonly head: PackageHeadFile;
  /** Content by path: everything besides package.json, the digest list and the signature. */
  readonly files: ReadonlyMap<string, PackedFile>;
  /** package.json as it stands. */
  readonly headBytes: Uint8Array;
  /** The digest list, and its digest. */
  readonly sums: Uint8Array;
  readonly sha256: Sha256;
  readonly signature: Uint8Array | null;
}

/** A package and whose signature is on it. */
export interface ReadPackage {
  readonly proven: ProvenPackage;
  readonly signer: PackageSigner;
}

/**
 * `corrupt`: it is no package, was changed, or its signature does not hold. A signature that holds and does not count by
 * this trust is no error: `signer` says so.
 */
export async function readPackage(
  platform: Platform,
  bytes: Uint8Array,
  trust: ReadTrust,
): Promise<Result<ReadPackage>> {
  if (bytes.length > MAX_PACKAGE_BYTES)
    return corrupt(`it is larger than a package can be (${String(MAX_PACKAGE_BYTES)} bytes)`);
  const report = new Report();
  const source = {
    size: bytes.length,
    read: (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
  const container = await openContainer(platform, source, report, TOP_FORM);
  if (container === null) return corrupt(firstOf(report));
  const signed = await readSigned(container, trust, report);
  if (!signed.ok) return signed;
  const files = await readFiles(container, signed.value.sums, report);
  if (!files.ok) return files;
  const { [HEAD]: headFile, ...content } = Object.fromEntries(files.value);
  if (headFile === undefined) return corrupt(`there is no ${HEAD}`);
  const head = parseHead(headFile.text);
  if (!head.ok) return corrupt(`${HEAD} cannot be used: ${head.error}`);
  if (container.top !== topDirectory(head.value.name))
    return corrupt(`its top directory is ${container.top}, and its name ${head.value.name}`);
  const { sums, sha256, signature, signer } = signed.value;
  const proven = { head: head.value, headBytes: headFile.bytes, sums, sha256, signature };
  return ok({ proven: { ...proven, files: new Map(Object.entries(content)) }, signer });
}

interface Signed {
  readonly sums: Uint8Array;
  readonly sha256: Sha256;
  readonly signature: Uint8Array | null;
  readonly signer: PackageSigner;
}

async function readSigned(container: Container, trust: ReadTrust, report: Report): Promise<Result<Signed>> {
  const sums = await readMember(container, SUMS, MAX_FILE_BYTES, report);
  const signature = await readMember(container, SIGNATURE, MAX_ARMOR_BYTES, report);
  if (report.findings.length > 0) return corrupt(firstOf(report));
  if (sums === null) return corrupt(`there is no ${SUMS}`);
  const signer = await judgeRelease(container.platform, trust, sums.bytes, signature?.bytes ?? null);
  if (!signer.ok) return signer;
  return ok({
    sums: sums.bytes,
    sha256: sums.sha256,
    signature: signature?.bytes ?? null,
    signer: signer.value,
  });
}

/** Whose signature is on a digest list, by this trust. `corrupt` when it is over something else or malformed. */
export async function judgeRelease(
  platform: Platform,
  trust: ReadTrust,
  sums: Uint8Array,
  signature: Uint8Array | null,
): Promise<Result<PackageSigner>> {
  if (signature === null) return ok({ state: 'none' });
  const outcome = await judgeSignature(platform, trust, 'release', signature, sums);
  if (!outcome.holds) return corrupt(`${SIGNATURE}: ${outcome.message} (${SUMS})`);
  const { principals, fingerprint, keyType, refused } = outcome.signer;
  const [principal] = principals;
  if (refused !== undefined || principal === undefined)
    return ok({ state: 'refused', why: refused?.message ?? 'the key has no name', fingerprint, keyType });
  return ok({ state: 'good', principal, fingerprint, keyType });
}

/** Every file that the list names, and no other one. */
async function readFiles(
  container: Container,
  sums: Uint8Array,
  report: Report,
): Promise<Result<ReadonlyMap<string, PackedFile>>> {
  const text = container.platform.utf8(sums);
  if (text === null) return corrupt(`${SUMS} is not a text`);
  const { entries, problems } = parseManifest(text);
  const [problem] = problems;
  if (problem !== undefined) return corrupt(`${SUMS} line ${String(problem.line)}: ${problem.message}`);
  if (entries.length > MAX_FILES) return corrupt(`it has more than ${String(MAX_FILES)} files`);
  const listed = new Set(entries.map(({ path }) => path));
  for (const path of container.members.keys()) {
    if (path !== SUMS && path !== SIGNATURE && !listed.has(path)) return corrupt(`${path} is not in ${SUMS}`);
  }
  const files = new Map<string, PackedFile>();
  for (const { path, sha256 } of entries) {
    if (path !== HEAD && contentOf(path) === null) return corrupt(`${path} has no business in a package`);
    const file = await readMember(container, path, MAX_FILE_BYTES, report);
    if (report.findings.length > 0) return corrupt(firstOf(report));
    if (file === null) return corrupt(`${path} is in ${SUMS} and not in the package`);
    if (file.sha256 !== sha256) return corrupt(`${path} is not the file that ${SUMS} names: it was changed`);
    const content = container.platform.utf8(file.bytes);
    if (content === null) return corrupt(`${path} is not UTF-8`);
    files.set(path, { bytes: file.bytes, text: content, sha256 });
  }
  return ok(files);
}

/** In the words of the container's reader, which speak of bundles. */
function firstOf(report: Report): string {
  const [first] = report.findings;
  const words = `${first?.place ?? ''}: ${first?.message ?? 'it is damaged'}`;
  return words.replace(/^bundle: /, '').replace(/\bbundle/g, 'package');
}

function corrupt(why: string): ReturnType<typeof fail> {
  return fail('corrupt', `This is not a sound package of runbooks: ${why}.`, {
    kept: 'Nothing on this desk was changed.',
    hint: 'Get the file again from whoever released it.',
  });
}
