/** The keys and bundles of this desk: seals runs that have ended, signs them as the operator, makes and checks bundles. */
import { hostname } from 'node:os';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceView } from '../../contract/calls.ts';
import type { RunId } from '../../contract/ids.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { Clock, Paths, SecretBox, SettingsStore } from '../ports.ts';
import { appendToLedger } from '../runs/ledger.ts';
import { runFolder } from '../runs/runFolder.ts';
import { agentSigner } from './agent.ts';
import { type Bundle, bundleRun, trustText } from './bundle.ts';
import { appKeySigner } from './keys.ts';
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
  /** Seals an ended run with the device key and enters it into the ledger. */
  seal(runId: RunId): Promise<Result<null>>;
  /** Signs a sealed run with the operator's key. `auth` when a passphrase is needed or wrong. */
  sign(runId: RunId, passphrase?: string): Promise<Result<null>>;
  /** The bundle of an ended run, made and verified anew. */
  bundle(runId: RunId): Promise<Result<Bundle>>;
  view(runId: RunId): Promise<Result<EvidenceView>>;
  /** allowed_signers lines of this desk's keys, to be handed to the security team. */
  trustFile(): Promise<Result<string>>;
}

/** Principal of this device in allowed_signers: `<computer>@device`. */
export function devicePrincipal(): string {
  const name = hostname()
    .replace(/[^A-Za-z0-9.-]/g, '-')
    .replace(/^[.-]+/, '');
  return `${name === '' ? 'desk' : name}@device`;
}

export function createEvidenceDesk(options: EvidenceDeskOptions): EvidenceDesk {
  const { paths, secrets, settings } = options;
  const folder = (runId: RunId) => runFolder(paths.data, runId);

  function deviceSigner(): Promise<Result<Signer>> {
    return appKeySigner(paths, secrets, 'device');
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

  async function seal(runId: RunId): Promise<Result<null>> {
    const signer = await deviceSigner();
    if (!signer.ok) return signer;
    const dir = folder(runId);
    const before = await readFile(join(dir, 'attest', 'seal.sig'), 'utf8').catch(() => null);
    const sealed = await sealRun({
      dir,
      deviceSigner: signer.value,
      principal: devicePrincipal(),
      toolInfo: { name: 'holdpoint', ...options.app },
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
    const device = await deviceSigner();
    if (!device.ok) return device;
    const operator = await operatorSigner();
    const { operatorPrincipal } = settings.read();
    return ok(
      trustText([
        { role: 'seal', principal: devicePrincipal(), key: device.value },
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
      const signer = await deviceSigner();
      if (!signer.ok) return signer;
      const principal = devicePrincipal();
      return ok({
        id: principal,
        principal,
        fingerprint: signer.value.fingerprint,
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
