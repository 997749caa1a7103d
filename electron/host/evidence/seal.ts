/**
 * Closes a run: summary, manifest, device seal, later the operator's signature. Runs that went wrong are sealed like
 * the others, and what does not fit is written down in run.json. It never signs files that changed after the seal.
 */
import { sha256 } from '../files/hash.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha256 } from '../../contract/ids.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { ChainPosition } from '../../domain/evidence/chain.ts';
import { canonicalize } from '../../domain/evidence/jcs.ts';
import { formatManifest, type ManifestEntry, parseManifest } from '../../domain/evidence/manifest.ts';
import {
  MANIFEST,
  namespaceOf,
  RUN_FILE,
  RUNBOOK,
  type SignatureRole,
  signaturePath,
} from '../../domain/evidence/names.ts';
import { makeRunFile, type SealNote, type ToolInfo } from '../../domain/evidence/runFile.ts';
import { parseRunbook } from '../../domain/runbook/parse.ts';
import { exists, hashFile, storage, writeAtomic } from './files.ts';
import type { Signer } from './signer.ts';
import { decodeSignature, type SshSignature, verifySignature } from './sshsig.ts';
import { readText, surveyRun } from './survey.ts';

export interface SealRequest {
  /** The run's folder. */
  readonly dir: string;
  readonly deviceSigner: Signer;
  /** Principal of the device in allowed_signers; the same as `device.id` of run.start. */
  readonly principal: string;
  readonly toolInfo: ToolInfo;
  /** Where the journal stood in memory when it was closed; a difference on disk is recorded. */
  readonly journal?: ChainPosition;
  /** What is to be said in run.json besides what the survey finds. */
  readonly notes?: readonly SealNote[];
}

export interface Sealed {
  readonly manifestSha256: Sha256;
}

/**
 * Seals an ended run. A run that is sealed already and unchanged is left as it is.
 * Errors: `refused` (not ended), `corrupt` (changed since its seal, or unreadable), `storage`.
 */
export async function sealRun(request: SealRequest): Promise<Result<Sealed>> {
  const { dir } = request;
  if (await exists(join(dir, signaturePath('seal')))) {
    const sealed = await checkSealed(dir);
    return sealed.ok ? ok({ manifestSha256: sha256(sealed.value) }) : sealed;
  }
  const manifest = await prepare(request);
  if (!manifest.ok) return manifest;
  const signature = await request.deviceSigner.sign(namespaceOf('seal'), manifest.value);
  if (!signature.ok) return signature;
  const written = await writeAtomic(join(dir, signaturePath('seal')), signature.value);
  return written.ok ? ok({ manifestSha256: sha256(manifest.value) }) : written;
}

/** Writes run.json and the manifest, and returns the bytes of the manifest. */
async function prepare(request: SealRequest): Promise<Result<Buffer>> {
  const survey = await surveyRun(request.dir, request.journal);
  if (!survey.ok) return survey;
  const { files, reading } = survey.value;
  const runbook = await readText(join(request.dir, RUNBOOK));
  const runFile = makeRunFile({
    ...survey.value,
    notes: [...survey.value.notes, ...(request.notes ?? [])],
    journal: { head: reading.head, records: reading.count },
    files: files.map(({ path, bytes }) => ({ path, bytes })),
    principal: request.principal,
    tool: request.toolInfo,
    story: {
      runbook: runbook.ok
        ? parseRunbook(runbook.value, `${survey.value.plan.runbook.id}.runbook.yaml`).runbook
        : null,
      records: reading.records,
    },
  });
  const runText = `${canonicalize(runFile)}\n`;
  const entries: readonly ManifestEntry[] = [...files, { path: RUN_FILE, sha256: sha256(runText) }];
  const manifest = Buffer.from(formatManifest(entries), 'latin1');
  const runWritten = await writeAtomic(join(request.dir, RUN_FILE), runText);
  if (!runWritten.ok) return runWritten;
  const written = await writeAtomic(join(request.dir, MANIFEST), manifest);
  return written.ok ? ok(manifest) : written;
}

/** Re-reads a sealed run: every listed file is unchanged and the seal holds. Returns the bytes of the manifest. */
export async function checkSealed(dir: string): Promise<Result<Buffer>> {
  const text = await readText(join(dir, MANIFEST));
  if (!text.ok) return text;
  const manifest = Buffer.from(text.value, 'utf8');
  const seal = await readSignature(dir, 'seal');
  if (!seal.ok) return seal;
  const good = verifySignature(seal.value, namespaceOf('seal'), manifest);
  if (!good.ok) return changed(`${MANIFEST}: ${good.error.message}`);
  const { entries, problems } = parseManifest(text.value);
  const problem = problems[0];
  if (problem !== undefined) return changed(`${MANIFEST}: ${problem.message}`);
  for (const entry of entries) {
    const actual = await hashFile(join(dir, entry.path));
    if (!actual.ok) return actual;
    if (actual.value.sha256 !== entry.sha256) return changed(entry.path);
  }
  return ok(manifest);
}

function changed(what: string): ReturnType<typeof fail> {
  return fail('corrupt', `the evidence was changed after it was sealed: ${what}`, {
    kept: 'Nothing was signed and nothing was overwritten.',
    hint: 'Keep the folder as it is and report it; a copy or backup from before the change is still good.',
  });
}

async function readSignature(dir: string, role: SignatureRole): Promise<Result<SshSignature>> {
  const path = join(dir, signaturePath(role));
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (e) {
    return storage(`${path} cannot be read`, e);
  }
  const decoded = decodeSignature(bytes);
  return decoded.ok ? decoded : changed(`${signaturePath(role)}: ${decoded.error.message}`);
}

/**
 * Adds the operator's signature to a sealed run. Signing again with the same key changes nothing.
 * Errors: `corrupt` (changed since the seal), `refused` (signed by another key), `storage`, and the signer's own.
 */
export async function signRun(request: {
  readonly dir: string;
  readonly signer: Signer;
}): Promise<Result<Sealed>> {
  const { dir, signer } = request;
  const manifest = await checkSealed(dir);
  if (!manifest.ok) return manifest;
  const sealed = { manifestSha256: sha256(manifest.value) };
  if (await exists(join(dir, signaturePath('operator')))) {
    const before = await readSignature(dir, 'operator');
    const holds = before.ok && verifySignature(before.value, namespaceOf('operator'), manifest.value).ok;
    if (holds && before.value.key.fingerprint === signer.fingerprint) return ok(sealed);
    if (holds) {
      return fail('refused', `the run is signed already, by the key ${before.value.key.fingerprint}`, {
        kept: 'That signature was left as it is.',
      });
    }
  }
  const signature = await signer.sign(namespaceOf('operator'), manifest.value);
  if (!signature.ok) return signature;
  const written = await writeAtomic(join(dir, signaturePath('operator')), signature.value);
  return written.ok ? ok(sealed) : written;
}
