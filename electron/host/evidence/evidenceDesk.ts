/** The keys and bundles of this desk: seals runs that have ended, signs them as the operator, makes and checks bundles. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceView } from '../../contract/calls.ts';
import type { RunId } from '../../contract/ids.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { ChainPosition } from '../../domain/evidence/chain.ts';
import type { Clock, Paths, SecretBox, SettingsStore } from '../ports.ts';
import { appendToLedger } from '../runs/ledger.ts';
import { runFolder } from '../runs/runFolder.ts';
import { agentSigner } from './agent.ts';
import { type Bundle, bundleRun, trustText } from './bundle.ts';
import { devicePrincipal } from './devicePrincipal.ts';
import { appKeySigner } from './keys.ts';
import { publicKeyFile } from './publicKeyFile.ts';
import { sealRun, signRun } from './seal.ts';
import { keyFileSigner, type Signer } from './signer.ts';

export interface EvidenceDeskOptions {
  readonly paths: Paths;
  readonly secrets: SecretBox;
  readonly settings: SettingsStore;
  readonly clock: Clock;
  readonly app: { readonly version: string; readonly build: string };
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
    const { operatorKey, agentSocket } = settings.read();
    switch (operatorKey.kind) {
      case 'app':
        return appKeySigner(paths, secrets, 'operator');
      case 'file':
        return keyFileSigner(operatorKey.path, passphrase);
      case 'agent':
        return agentSigner(agentSocket, operatorKey.fingerprint);
    }
  }

  /** The public half alone: an encrypted key file has it beside it, so that nobody is asked for a passphrase. */
  async function operatorPublicKey(): Promise<Result<Pick<Signer, 'keyType' | 'publicKeyBlob'>>> {
    const { operatorKey } = settings.read();
    const beside = operatorKey.kind === 'file' ? await publicKeyFile(`${operatorKey.path}.pub`) : null;
    return beside?.ok === true ? beside : operatorSigner();
  }

  async function seal(runId: RunId, journal?: ChainPosition): Promise<Result<null>> {
    const device = await deviceSeal();
    if (!device.ok) return device;
    const dir = folder(runId);
    const before = await readFile(join(dir, 'attest', 'seal.sig'), 'utf8').catch(() => null);
    const sealed = await sealRun({
      dir,
      deviceSigner: device.value.signer,
      principal: device.value.principal,
      toolInfo: { name: 'holdpoint', ...options.app },
      ...(journal === undefined ? {} : { journal }),
    });
    if (!sealed.ok) return sealed;
    if (before !== null) return ok(null);
    const result = await resultOf(dir);
    const entered = await appendToLedger(
      paths.data,
      { type: 'seal', d: { runId, manifestSha256: sealed.value.manifestSha256, result } },
      options.clock,
    );
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
        ...(operator.ok
          ? [{ role: 'operator' as const, principal: operatorPrincipal, key: operator.value }]
          : []),
      ]),
    );
  }

  async function bundle(runId: RunId): Promise<Result<Bundle>> {
    const sealed = await seal(runId);
    if (!sealed.ok) return sealed;
    const trust = await trustFile();
    if (!trust.ok) return trust;
    const out = join(paths.data, 'bundles');
    await mkdir(out, { recursive: true, mode: 0o700 });
    return bundleRun({ dir: folder(runId), runId, out, allowedSigners: trust.value });
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
      const { name, bytes, sha256, verdict, signatures, files } = made.value;
      return ok({ runId, bundle: { name, bytes, sha256 }, verdict, signatures, files });
    },
    trustFile,
  };
}

async function resultOf(dir: string): Promise<string> {
  const text = await readFile(join(dir, 'run.json'), 'utf8');
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null && 'result' in parsed
    ? String(parsed.result)
    : 'unknown';
}
