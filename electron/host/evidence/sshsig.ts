/**
 * SSHSIG, the signature format of `ssh-keygen -Y sign` (OpenSSH PROTOCOL.sshsig). Decoding is strict: the re-encoding
 * must equal the file, so that nothing can ride along in a signature. Never use signature bytes as an identity.
 */
import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '../../contract/result.ts';
import { parsePublicKey, type SshPublicKey, verifySignatureField } from './sshkey.ts';
import { SshFormatError, SshReader, sshString, sshUint32 } from './sshwire.ts';

const MAGIC = 'SSHSIG';
const VERSION = 1;
const HASH = 'sha512';
const BEGIN = '-----BEGIN SSH SIGNATURE-----\n';
const END = '-----END SSH SIGNATURE-----\n';
const COLUMNS = 70;
/** Room for an RSA-16384 signature and key. */
export const MAX_ARMOR_BYTES = 16 * 1024;

export interface SshSignature {
  readonly key: SshPublicKey;
  readonly namespace: string;
  /** `string algorithm, string signature`. */
  readonly field: Buffer;
}

/** SHA-512 of a message: all that a signer needs to see of it. */
export function digestOf(message: Uint8Array): Buffer {
  return createHash(HASH).update(message).digest();
}

/** The bytes that are really signed for a message with this SHA-512 digest. */
export function toBeSigned(namespace: string, digest: Uint8Array): Buffer {
  return Buffer.concat([
    Buffer.from(MAGIC, 'latin1'),
    sshString(namespace),
    sshString(''),
    sshString(HASH),
    sshString(digest),
  ]);
}

/** Armored signature file from a public key blob, a namespace and a signature field. */
export function encodeSignature(publicKeyBlob: Uint8Array, namespace: string, field: Uint8Array): string {
  const blob = Buffer.concat([
    Buffer.from(MAGIC, 'latin1'),
    sshUint32(VERSION),
    sshString(publicKeyBlob),
    sshString(namespace),
    sshString(''),
    sshString(HASH),
    sshString(field),
  ]);
  const lines = blob.toString('base64').match(new RegExp(`.{1,${String(COLUMNS)}}`, 'g')) ?? [];
  return `${BEGIN}${lines.join('\n')}\n${END}`;
}

/** Reads a signature file strictly. Errors: `corrupt` (not exactly what ssh-keygen writes), `unsupported`, `trust`. */
export function decodeSignature(file: Uint8Array): Result<SshSignature> {
  if (file.length > MAX_ARMOR_BYTES) return fail('corrupt', 'the signature file is too large');
  const armor = Buffer.from(file).toString('latin1');
  if (!armor.startsWith(BEGIN)) return fail('corrupt', 'the signature file does not begin as one');
  const end = armor.indexOf(END);
  if (end === -1) return fail('corrupt', 'the signature file has no end line');
  if (end + END.length !== armor.length)
    return fail('corrupt', 'there is text after the end of the signature');
  const blob = Buffer.from(armor.slice(BEGIN.length, end), 'base64');
  const parsed = decodeBlob(blob);
  if (!parsed.ok) return parsed;
  const { key, namespace, field } = parsed.value;
  if (encodeSignature(key.blob, namespace, field) !== armor) {
    return fail('corrupt', 'the signature file is not in the one form that ssh-keygen writes');
  }
  return parsed;
}

function decodeBlob(blob: Buffer): Result<SshSignature> {
  try {
    const reader = new SshReader(blob);
    if (reader.take(MAGIC.length).toString('latin1') !== MAGIC)
      return fail('corrupt', 'not an SSH signature');
    const version = reader.uint32();
    if (version !== VERSION)
      return fail('unsupported', `SSH signature version ${String(version)} is not supported`);
    const keyBlob = reader.string();
    const namespace = reader.text();
    if (reader.string().length > 0)
      return fail('corrupt', 'the reserved field of the signature is not empty');
    const hash = reader.text();
    if (hash !== HASH) return fail('unsupported', `the signature uses ${hash}, not ${HASH}`);
    const field = reader.string();
    reader.end();
    const key = parsePublicKey(keyBlob);
    return key.ok ? ok({ key: key.value, namespace, field }) : key;
  } catch (e) {
    if (e instanceof SshFormatError) return fail('corrupt', `the signature ${e.message}`);
    throw e;
  }
}

/** Whether a decoded signature was made over `message` for `namespace`. Says nothing about who may sign. */
export function verifySignature(
  signature: SshSignature,
  namespace: string,
  message: Uint8Array,
): Result<true> {
  if (signature.namespace !== namespace) {
    return fail('trust', `the signature was made for ${signature.namespace}, not for ${namespace}`);
  }
  return verifySignatureField(signature.key, signature.field, toBeSigned(namespace, digestOf(message)));
}
