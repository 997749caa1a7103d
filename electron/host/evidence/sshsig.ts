/** SSHSIG with node:crypto and Buffers; the format and its rules are in domain/signatures/sshsig.ts. */
import { createHash } from 'node:crypto';
import { ok, type Result } from '../../contract/result.ts';
import * as sshsig from '../../domain/signatures/sshsig.ts';
import { nodeCrypto } from './nodeCrypto.ts';
import { parsePublicKey, type SshPublicKey, verifySignatureField } from './sshkey.ts';

export { encodeSignature, MAX_ARMOR_BYTES } from '../../domain/signatures/sshsig.ts';

export interface SshSignature extends sshsig.SshSignature {
  readonly key: SshPublicKey;
}

/** SHA-512 of a message: all that a signer needs to see of it. */
export function digestOf(message: Uint8Array): Buffer {
  return createHash('sha512').update(message).digest();
}

/** The bytes that are really signed for a message with this SHA-512 digest. */
export function toBeSigned(namespace: string, digest: Uint8Array): Buffer {
  return Buffer.from(sshsig.toBeSigned(namespace, digest));
}

/** Reads a signature file strictly. Errors: `corrupt` (not exactly what ssh-keygen writes), `unsupported`, `trust`. */
export function decodeSignature(file: Uint8Array): Result<SshSignature> {
  const decoded = sshsig.decodeSignature(nodeCrypto, file);
  if (!decoded.ok) return decoded;
  const key = parsePublicKey(decoded.value.key.blob);
  return key.ok ? ok({ ...decoded.value, key: key.value }) : key;
}

/** Whether a decoded signature was made over `message` for `namespace`. Says nothing about who may sign. */
export function verifySignature(
  signature: sshsig.SshSignature,
  namespace: string,
  message: Uint8Array,
): Result<true> {
  const wrong = sshsig.namespaceProblem(signature, namespace);
  if (wrong !== null) return wrong;
  const signed = toBeSigned(namespace, digestOf(message));
  return verifySignatureField(signature.key, signature.field, signed);
}
