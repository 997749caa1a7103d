/** The key that stands for this computer, with its name in allowed_signers. It signs runs and the ledger, nothing else. */
import { ok, type Result } from '../../contract/result.ts';
import type { Paths, SecretBox } from '../ports.ts';
import { devicePrincipal } from './devicePrincipal.ts';
import { appKeySigner } from './keys.ts';
import type { Signer } from './signer.ts';

export interface DeviceKey {
  readonly signer: Signer;
  readonly principal: string;
}

/** Loads it, making it the first time. Errors as of `appKeySigner`. */
export async function deviceKey(
  paths: Pick<Paths, 'config'>,
  secrets: SecretBox,
): Promise<Result<DeviceKey>> {
  const signer = await appKeySigner(paths, secrets, 'device');
  if (!signer.ok) return signer;
  const principal = await devicePrincipal(paths);
  return principal.ok ? ok({ signer: signer.value, principal: principal.value }) : principal;
}
