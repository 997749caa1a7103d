/** The keys and bundles of this desk: seals runs that have ended, signs them as the operator, makes and checks bundles. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceView } from '../../contract/views.ts';
import type { RunId, Sha256 } from '../../contract/ids.ts';
import type { Plan } from '../../contract/plan.ts';
import { type RunResult, runResults } from '../../contract/records.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { ChainPosition } from '../../domain/evidence/chain.ts';
import { sha256 } from '../files/hash.ts';
import type { Clock, Paths, SecretBox, SettingsStore } from '../ports.ts';
import { appendToLedger, closeInLedger } from '../runs/ledger.ts';
import { runFolder } from '../runs/runFolder.ts';
import type { SealGate } from '../secrets/sealGate.ts';
import { readStored } from '../runs/storedRun.ts';
import { type Bundle, bundleRun, trustText } from './bundle.ts';
import { devicePrincipal } from './devicePrincipal.ts';
import type { KeyRing } from './keyRing.ts';
import { appKeySigner } from './keys.ts';
import { checkSealed, sealRun, signRun } from './seal.ts';
import type { Signer } from './signer.ts';
import type { Trust } from './trustStore.ts';

export interface EvidenceDeskOptions {
  readonly paths: Paths;
  readonly secrets: SecretBox;
  readonly settings: SettingsStore;
  readonly clock: Clock;
  readonly app: { readonly version: string; readonly build: string };
  readonly keyRing: Pick<KeyRing, 'signer' | 'publicKey'>;
  /** What bundles of this desk are judged by when they are read back. */
  readonly trust: () => Promise<Result<Trust>>;
  /** What keeps a run with secrets from being sealed. */
  readonly gate: SealGate;
  /** The reviews of a sealed run that count. */
  readonly reviews: (runId: RunId) => Promise<Result<EvidenceView['reviews']>>;
}

/** A run that is sealed and unchanged since. */
export interface SealedEvidence {
  readonly dir: string;
  readonly manifestSha256: Sha256;
  readonly plan: Plan;
}

/** The key this computer seals with. `id` is its principal. */
export interface Device {
  readonly id: string;
  readonly principal: string;
  readonly fingerprint: string;
  readonly protection: SecretBox['protection'];
}

export interface EvidenceDesk {
  device(): Promise<Result<Device>>;
  /** Seals an ended run with the device key and enters it into the ledger. `journal`: where it stood when it closed. */
  seal(runId: RunId, journal?: ChainPosition): Promise<Result<null>>;
  /** Signs a sealed run with the operator's key. `auth` when a passphrase is needed or wrong. */
  sign(runId: RunId, passphrase?: string): Promise<Result<null>>;
  /** The bundle of an ended run, made and verified anew. */
  bundle(runId: RunId): Promise<Result<Bundle>>;
  view(runId: RunId): Promise<Result<EvidenceView>>;
  /** Seals it where that is not done yet, and reads it again as it is on disk. */
  sealed(runId: RunId): Promise<Result<SealedEvidence>>;
  /** allowed_signers lines of this desk's keys, to be handed to the security team. */
  trustFile(): Promise<Result<string>>;
}

export function createEvidenceDesk(options: EvidenceDeskOptions): EvidenceDesk {
  const { paths, secrets, settings } = options;
  const folder = (runId: RunId) => runFolder(paths.data, runId);

  async function deviceSeal(): Promise<Result<{ readonly signer: Signer; readonly principal: string }>> {
    const signer = await appKeySigner(paths, secrets, 'device');
    if (!signer.ok) return signer;
    const principal = await devicePrincipal(paths);
    return principal.ok ? ok({ signer: signer.value, principal: principal.value }) : principal;
  }

  function operatorSigner(passphrase?: string): Promise<Result<Signer>> {
    return options.keyRing.signer(settings.read().operatorKey, passphrase);
  }

  /** The public half alone: an encrypted key file has it beside it, so that nobody is asked for a passphrase. */
  function operatorPublicKey(): Promise<Result<Pick<Signer, 'keyType' | 'publicKeyBlob'>>> {
    return options.keyRing.publicKey(settings.read().operatorKey);
  }

  async function seal(runId: RunId, journal?: ChainPosition): Promise<Result<null>> {
    const device = await deviceSeal();
    if (!device.ok) return device;
    const dir = folder(runId);
    const before = await readFile(join(dir, 'attest', 'seal.sig'), 'utf8').catch(() => null);
    const passed = before === null ? await options.gate.pass(runId) : ok([]);
    if (!passed.ok) return passed;
    const sealed = await sealRun({
      dir,
      notes: passed.value,
      deviceSigner: device.value.signer,
      principal: device.value.principal,
      toolInfo: { name: 'holdpoint', ...options.app },
      ...(journal === undefined ? {} : { journal }),
    });
    if (!sealed.ok) return sealed;
    options.gate.sealed(runId);
    const result = await resultOf(dir);
    const { manifestSha256 } = sealed.value;
    const entry = { type: 'seal', d: { runId, manifestSha256, result } } as const;
    // Also for a run that was sealed before: the app may have gone away between the seal and this.
    const closed = await closeInLedger(paths.data, entry, options.clock);
    if (closed.ok || closed.error.code !== 'not-found') return closed;
    // Opened under another ledger, which was moved aside.
    const entered = before === null ? await appendToLedger(paths.data, entry, options.clock) : ok(null);
    return entered.ok ? ok(null) : entered;
  }

  async function trustFile(): Promise<Result<string>> {
    const device = await deviceSeal();
    if (!device.ok) return device;
    const operator = await operatorPublicKey();
    const { operatorPrincipal } = settings.read();
    return ok(
      trustText([
        { role: 'seal', principal: device.value.principal, key: device.value.signer },
        { role: 'ledger', principal: device.value.principal, key: device.value.signer },
        ...(operator.ok
          ? [{ role: 'operator' as const, principal: operatorPrincipal, key: operator.value }]
          : []),
      ]),
    );
  }

  async function sealed(runId: RunId): Promise<Result<SealedEvidence>> {
    const made = await seal(runId);
    if (!made.ok) return made;
    const dir = folder(runId);
    const manifest = await checkSealed(dir);
    if (!manifest.ok) return manifest;
    const stored = await readStored(dir);
    if (!stored.ok) return stored;
    return ok({ dir, manifestSha256: sha256(manifest.value), plan: stored.value.plan });
  }

  async function bundle(runId: RunId): Promise<Result<Bundle>> {
    const sealed = await seal(runId);
    if (!sealed.ok) return sealed;
    const trust = await options.trust();
    if (!trust.ok) return trust;
    const out = join(paths.data, 'bundles');
    await mkdir(out, { recursive: true, mode: 0o700 });
    const { allowedSigners, revoked, tsaCa } = trust.value;
    return bundleRun({
      ...{ dir: folder(runId), runId, out, allowedSigners, revoked },
      // Without a list of authorities a timestamp is not judged, which is something else than refused.
      ...(tsaCa.trim() === '' ? {} : { tsaCa }),
    });
  }

  return {
    async device() {
      const device = await deviceSeal();
      if (!device.ok) return device;
      const { signer, principal } = device.value;
      return ok({
        id: principal,
        principal,
        fingerprint: signer.fingerprint,
        protection: secrets.protection,
      });
    },
    seal,
    async sign(runId, passphrase) {
      const sealed = await seal(runId);
      if (!sealed.ok) return sealed;
      const signer = await operatorSigner(passphrase);
      if (!signer.ok) return signer;
      const signed = await signRun({ dir: folder(runId), signer: signer.value });
      return signed.ok ? ok(null) : signed;
    },
    bundle,
    async view(runId) {
      const made = await bundle(runId);
      if (!made.ok) return made;
      const stored = await readStored(folder(runId));
      if (!stored.ok) return stored;
      const reviews = await options.reviews(runId);
      if (!reviews.ok) return reviews;
      const { name, bytes, sha256: digest, verdict, signatures, files, timestamp } = made.value;
      return ok({
        runId,
        bundle: { name, bytes, sha256: digest },
        verdict,
        signatures,
        files,
        policy: stored.value.plan.policy,
        reviews: reviews.value,
        ...(timestamp === undefined ? {} : { timestamp }),
      });
    },
    sealed,
    trustFile,
  };
}

async function resultOf(dir: string): Promise<RunResult> {
  const text = await readFile(join(dir, 'run.json'), 'utf8');
  const parsed: unknown = JSON.parse(text);
  const result = typeof parsed === 'object' && parsed !== null && 'result' in parsed ? parsed.result : '';
  const known = runResults.find((candidate) => candidate === result);
  if (known === undefined) throw new Error(`${dir}/run.json names no result of a run`);
  return known;
}
