/**
 * Makes the bundle of a sealed run: a zip whose bytes depend on the files alone. A bundle is only reported as made
 * after the strict verifier has read it back from disk.
 */
import { readChunks } from '../files/chunks.ts';
import { syncFolder } from '../files/durable.ts';
import { mkdir, open, readdir, rename, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha256 } from '../../contract/ids.ts';
import type { SigningRole } from '../../contract/people.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { parseManifest } from '../../domain/evidence/manifest.ts';
import {
  ATTEST,
  bundleName,
  byPath,
  kindOf,
  MANIFEST,
  namespaceOf,
  pathProblem,
  topDirectory,
} from '../../domain/evidence/names.ts';
import { allowedSignersLine } from './allowedSigners.ts';
import { hashFile, storage, StreamHash, temporaryBeside } from './files.ts';
import { checkSealed } from './seal.ts';
import { type Verification, verifyBundle } from './verify.ts';
import {
  centralHeader,
  endRecord,
  localHeader,
  MAX_ENTRIES,
  MAX_ZIP_BYTES,
  type ZipEntry,
  zipSize,
} from './zip.ts';

export interface BundleRequest {
  /** The run's folder, sealed. */
  readonly dir: string;
  readonly runId: string;
  /** Folder for the bundle; made when it is not there. */
  readonly out: string;
  /** allowed_signers to judge attribution by. */
  readonly allowedSigners: string;
  /** Revoked keys, and PEM certificates of the timestamp authorities that count. */
  readonly revoked?: string;
  readonly tsaCa?: string;
}

export interface Bundle extends Verification {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: Sha256;
}

/** Findings that tell about the run or about trust; a bundle with others is damaged and is not handed out. */
export function isDamaged(verification: Verification): boolean {
  return !verification.intact;
}

/**
 * Builds `<runId>.evidence.zip` in `out`, reads it back with the strict verifier and only then gives it its name.
 * Errors: `corrupt` (changed since the seal, or damaged on the way to disk), `unsupported` (too large), `storage`.
 */
export async function bundleRun(request: BundleRequest): Promise<Result<Bundle>> {
  const manifest = await checkSealed(request.dir);
  if (!manifest.ok) return manifest;
  const entries = await listEntries(request, manifest.value.toString('latin1'));
  if (!entries.ok) return entries;
  if (entries.value.length > MAX_ENTRIES || zipSize(entries.value) > MAX_ZIP_BYTES) {
    return fail('unsupported', 'the run is too large for one bundle (4 GiB, 10,000 files)', {
      kept: `The sealed run is in ${request.dir}.`,
      hint: 'Hand the folder over as it is: the same checks work on it.',
    });
  }
  const path = join(request.out, bundleName(request.runId));
  const temporary = temporaryBeside(path);
  try {
    await mkdir(request.out, { recursive: true });
    const bundle = await writeAndCheck(temporary, path, request, entries.value);
    if (!bundle.ok) await unlink(temporary).catch(() => undefined);
    return bundle;
  } catch (e) {
    await unlink(temporary).catch(() => undefined);
    return storage(`the bundle ${path} cannot be written`, e);
  }
}

async function writeAndCheck(
  temporary: string,
  path: string,
  request: BundleRequest,
  entries: readonly SourceEntry[],
): Promise<Result<Bundle>> {
  const handle = await open(temporary, 'wx', 0o600);
  try {
    const written = await writeZip(handle, entries);
    if (!written.ok) return written;
    await handle.sync();
  } finally {
    await handle.close();
  }
  const { allowedSigners, revoked, tsaCa } = request;
  const verified = await verifyBundle(
    { zip: temporary },
    {
      allowedSigners,
      ...(revoked === undefined ? {} : { revoked }),
      ...(tsaCa === undefined ? {} : { tsaCa }),
    },
  );
  if (!verified.ok) return verified;
  if (isDamaged(verified.value)) {
    const first = verified.value.verdict.findings[0];
    return fail(
      'corrupt',
      `the bundle did not survive its own check: ${first?.place ?? ''} ${first?.message ?? ''}`,
      {
        kept: `The sealed run in ${request.dir} was not touched.`,
        hint: 'Check the disk, then export again.',
      },
    );
  }
  const hashed = await hashFile(temporary);
  if (!hashed.ok) return hashed;
  await rename(temporary, path);
  await syncFolder(request.out);
  const { bytes, sha256 } = hashed.value;
  return ok({ ...verified.value, name: bundleName(request.runId), path, bytes, sha256 });
}

interface SourceEntry extends ZipEntry {
  readonly source: string;
}

/** What goes in, in byte order of the paths: what the manifest lists, the manifest, what was attested since. */
async function listEntries(
  request: BundleRequest,
  manifest: string,
): Promise<Result<readonly SourceEntry[]>> {
  const paths = [MANIFEST, ...parseManifest(manifest).entries.map((entry) => entry.path)];
  // Grows after the seal: signatures, reviews, timestamps. Only names that may stand there, whatever else is in it.
  const attested = (await readdir(join(request.dir, ATTEST))).map((name) => `${ATTEST}${name}`);
  paths.push(...attested.filter((path) => pathProblem(path) === null && kindOf(path) !== null));
  const entries: SourceEntry[] = [];
  for (const path of paths.sort(byPath)) {
    const source = join(request.dir, path);
    const hashed = await hashFile(source);
    if (!hashed.ok) return hashed;
    const { bytes, crc32 } = hashed.value;
    entries.push({ name: `${topDirectory(request.runId)}/${path}`, source, bytes, crc32 });
  }
  return ok(entries);
}

async function writeZip(handle: FileHandle, entries: readonly SourceEntry[]): Promise<Result<true>> {
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const local = localHeader(entry);
    central.push(centralHeader(entry, offset));
    await handle.writeFile(local);
    const copied = new StreamHash();
    for await (const chunk of readChunks(entry.source)) {
      copied.update(chunk);
      await handle.writeFile(chunk);
    }
    const { bytes, crc32 } = copied.finish();
    if (bytes !== entry.bytes || crc32 !== entry.crc32) {
      return fail('busy', `${entry.source} changed while it was bundled`, { hint: 'Export again.' });
    }
    offset += local.length + bytes;
  }
  const directory = Buffer.concat(central);
  await handle.writeFile(directory);
  await handle.writeFile(endRecord(entries.length, directory.length, offset));
  return ok(true);
}

/** allowed_signers text from pairs of principal and key, each for its one role: what `keys export` prints. */
export function trustText(
  keys: readonly {
    readonly role: SigningRole;
    readonly principal: string;
    readonly key: { readonly keyType: string; readonly publicKeyBlob: Uint8Array };
  }[],
): string {
  return keys
    .map(({ role, principal, key }) => `${allowedSignersLine(principal, [namespaceOf(role)], key)}\n`)
    .join('');
}
