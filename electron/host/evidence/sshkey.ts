/** Public keys in SSH form with node:crypto and Buffers; the rules are in domain/signatures/keys.ts. */
import { ok, type Result } from '../../contract/result.ts';
import * as keys from '../../domain/signatures/keys.ts';
import { nodeCrypto, verifyNow } from './nodeCrypto.ts';
import { stripZeros } from './sshwire.ts';

export { keyTypes, type KeyType } from '../../domain/signatures/keys.ts';

export interface SshPublicKey extends keys.SshPublicKey {
  readonly blob: Buffer;
}

/** `SHA256:` and unpadded base64 of a public key blob, as `ssh-keygen -lf` prints it. */
export function fingerprintOf(blob: Uint8Array): string {
  return keys.fingerprintOf(nodeCrypto, blob);
}

/** Reads a public key blob strictly. `unsupported` for other key types, `corrupt` or `trust` for bad and weak keys. */
export function parsePublicKey(blob: Uint8Array): Result<SshPublicKey> {
  const key = keys.parsePublicKey(nodeCrypto, blob);
  return key.ok ? ok({ ...key.value, blob: Buffer.from(key.value.blob) }) : key;
}

/** Verifies one signature field (`string algorithm, string signature`) over `signed`. */
export function verifySignatureField(
  key: keys.SshPublicKey,
  field: Uint8Array,
  signed: Uint8Array,
): Result<true> {
  const task = keys.signatureTask(nodeCrypto, key, field, signed);
  if (!task.ok) return task;
  return verifyNow(task.value) ? ok(true) : keys.mismatch();
}

/** RSA signatures as long as the modulus: some agents leave leading zeros out. */
export function padRsa(key: keys.SshPublicKey, signature: Uint8Array): Buffer {
  const length = key.material.kind === 'rsa' ? key.material.n.length : 0;
  const digits = stripZeros(signature);
  return Buffer.concat([Buffer.alloc(Math.max(0, length - digits.length)), digits]);
}
