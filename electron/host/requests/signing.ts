/** Puts together what judges people's signatures on this desk. Rules are in the parts; none are here. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '../../contract/ids.ts';
import { ok, type Result } from '../../contract/result.ts';
import { signaturePath } from '../../domain/evidence/names.ts';
import { samePrincipal } from '../../domain/run/people.ts';
import type { EvidenceDesk } from '../evidence/evidenceDesk.ts';
import type { KeyRing } from '../evidence/keyRing.ts';
import { decodeSignature } from '../evidence/sshsig.ts';
import type { TrustStore } from '../evidence/trustStore.ts';
import type { Clock, Paths, SettingsStore } from '../ports.ts';
import type { HoldPeople } from './holds.ts';
import { createJudge, type JudgeSignature } from './judge.ts';
import { createReviews, type Reviews, type SealedRun } from './reviews.ts';
import { operatorKeysOf, trustOf } from './trust.ts';

export interface SigningOptions {
  readonly paths: Pick<Paths, 'data'>;
  readonly settings: Pick<SettingsStore, 'read'>;
  readonly clock: Clock;
  readonly keyRing: KeyRing;
  readonly trust: TrustStore;
  readonly evidence: () => Pick<EvidenceDesk, 'sealed'>;
}

export interface Signing {
  readonly judge: JudgeSignature;
  readonly operatorKeys: (principal: string) => Promise<readonly string[]>;
  readonly people: HoldPeople;
  readonly reviews: Reviews;
  /** A sealed run with everything that makes a key its operator's. */
  readonly sealed: (runId: RunId) => Promise<Result<SealedRun>>;
}

export function createSigning(options: SigningOptions): Signing {
  const { settings, clock, keyRing, trust } = options;
  const judge = createJudge(trustOf(trust), () => clock.now());
  const operatorKeys = (principal: string) => operatorKeysOf(trust, () => ownKey(principal), principal);

  /** The key of this desk, as long as it is the operator's desk. */
  async function ownKey(principal: string): Promise<Result<{ readonly fingerprint: string } | null>> {
    const { operatorKey, operatorPrincipal } = settings.read();
    return samePrincipal(operatorPrincipal, principal) ? keyRing.publicKey(operatorKey) : ok(null);
  }

  async function sealed(runId: RunId): Promise<Result<SealedRun>> {
    const run = await options.evidence().sealed(runId);
    if (!run.ok) return run;
    const { dir, manifestSha256, plan } = run.value;
    const { principal } = plan.operator;
    const keys = [...(await operatorKeys(principal)), ...(await keyOfOperatorSignature(dir))];
    return ok({ runId, dir, manifestSha256, operator: { principal, keys } });
  }

  return {
    judge,
    operatorKeys,
    people: { judge, operatorKeys, requestHours: () => settings.read().requestHours },
    reviews: createReviews({ data: options.paths.data, clock, judge }),
    sealed,
  };
}

/** Whoever signed the run as its operator does not review it under another name. */
async function keyOfOperatorSignature(dir: string): Promise<readonly string[]> {
  const file = await readFile(join(dir, signaturePath('operator'))).catch(() => null);
  const signature = file === null ? null : decodeSignature(file);
  return signature?.ok === true ? [signature.value.key.fingerprint] : [];
}
