/**
 * SSHSIG, the signature format of `ssh-keygen -Y sign` (OpenSSH PROTOCOL.sshsig). Decoding is strict: the re-encoding
 * must equal the file, so that nothing can ride along in a signature. Never use signature bytes as an identity.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import { concat, fromBase64, latin1, toBase64, utf8 } from './bytes.ts';
import type { Digests, SignatureCrypto } from './crypto.ts';
import { parsePublicKey, type SshPublicKey, verifySignatureField } from './keys.ts';
import { SshFormatError, SshReader, sshString, sshUint32 } from './wire.ts';

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
  readonly field: Uint8Array;
}

/** The bytes that are really signed for a message with this SHA-512 digest. */
export function toBeSigned(namespace: string, digest: Uint8Array): Uint8Array {
  return concat(utf8(MAGIC), sshString(namespace), sshString(''), sshString(HASH), sshString(digest));
}

/** Armored signature file from a public key blob, a namespace and a signature field. */
export function encodeSignature(publicKeyBlob: Uint8Array, namespace: string, field: Uint8Array): string {
  const blob = concat(
    utf8(MAGIC),
    sshUint32(VERSION),
    sshString(publicKeyBlob),
    sshString(namespace),
    sshString(''),
    sshString(HASH),
    sshString(field),
  );
  const lines = toBase64(blob).match(new RegExp(`.{1,${String(COLUMNS)}}`, 'g')) ?? [];
  return `${BEGIN}${lines.join('\n')}\n${END}`;
}

/** Reads a signature file strictly. Errors: `corrupt` (not exactly what ssh-keygen writes), `unsupported`, `trust`. */
export function decodeSignature(digests: Digests, file: Uint8Array): Result<SshSignature> {
  if (file.length > MAX_ARMOR_BYTES) return fail('corrupt', 'the signature file is too large');
  const armor = latin1(file);
  if (!armor.startsWith(BEGIN)) return fail('corrupt', 'the signature file does not begin as one');
  const end = armor.indexOf(END);
  if (end === -1) return fail('corrupt', 'the signature file has no end line');
  if (end + END.length !== armor.length)
    return fail('corrupt', 'there is text after the end of the signature');
  const blob = fromBase64(armor.slice(BEGIN.length, end).replace(/\n/g, ''));
  if (blob === null) return fail('corrupt', 'the signature file is not base64 in its one canonical form');
  const parsed = decodeBlob(digests, blob);
  if (!parsed.ok) return parsed;
  const { key, namespace, field } = parsed.value;
  if (encodeSignature(key.blob, namespace, field) !== armor) {
    return fail('corrupt', 'the signature file is not in the one form that ssh-keygen writes');
  }
  return parsed;
}

function decodeBlob(digests: Digests, blob: Uint8Array): Result<SshSignature> {
  try {
    const reader = new SshReader(blob);
    if (latin1(reader.take(MAGIC.length)) !== MAGIC) return fail('corrupt', 'not an SSH signature');
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
    const key = parsePublicKey(digests, keyBlob);
    return key.ok ? ok({ key: key.value, namespace, field }) : key;
  } catch (e) {
    if (e instanceof SshFormatError) return fail('corrupt', `the signature ${e.message}`);
    throw e;
  }
}

/** Why a signature cannot count for a namespace; null when it was made for it. */
export function namespaceProblem(signature: SshSignature, namespace: string): Result<never> | null {
  return signature.namespace === namespace
    ? null
    : fail('trust', `the signature was made for ${signature.namespace}, not for ${namespace}`);
}

/** Whether a decoded signature was made over `message` for `namespace`. Says nothing about who may sign. */
export async function verifySignature(
  crypto: SignatureCrypto,
  signature: SshSignature,
  namespace: string,
  message: Uint8Array,
): Promise<Result<true>> {
  const wrong = namespaceProblem(signature, namespace);
  if (wrong !== null) return wrong;
  const signed = toBeSigned(namespace, crypto.sha512(message));
  return verifySignatureField(crypto, signature.key, signature.field, signed);
}
