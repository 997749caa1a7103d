/**
 * Signatures of certificates and tokens: which algorithm the identifiers name, whether it may be used, and whether the
 * signature holds. SHA-1 and MD5 signatures and RSA keys under 2048 bits are refused whatever they prove.
 */
import { err, ok, type Result } from '../../contract/result.ts';
import {
  bitBytes,
  context,
  type Der,
  DerError,
  encode,
  equalBytes,
  inside,
  integerBytes,
  oid,
  readDer,
  smallInteger,
  TAG,
} from './der.ts';
import type { HashName, Subtle, VerifyAlgorithm } from './subtle.ts';

export const HASHES: Readonly<Record<string, HashName>> = {
  '1.3.14.3.2.26': 'SHA-1',
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};

const RSA = '1.2.840.113549.1.1.1';
const RSA_PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';
const EC = '1.2.840.10045.2.1';
const ED25519 = '1.3.101.112';
const RSA_WITH: Readonly<Record<string, HashName>> = {
  '1.2.840.113549.1.1.11': 'SHA-256',
  '1.2.840.113549.1.1.12': 'SHA-384',
  '1.2.840.113549.1.1.13': 'SHA-512',
};
const ECDSA_WITH: Readonly<Record<string, HashName>> = {
  '1.2.840.10045.4.3.2': 'SHA-256',
  '1.2.840.10045.4.3.3': 'SHA-384',
  '1.2.840.10045.4.3.4': 'SHA-512',
};
const CURVES: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  '1.2.840.10045.3.1.7': { name: 'P-256', bytes: 32 },
  '1.3.132.0.34': { name: 'P-384', bytes: 48 },
  '1.3.132.0.35': { name: 'P-521', bytes: 66 },
};
const RSA_ALGORITHM = encode(
  TAG.sequence,
  Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01),
  encode(TAG.null),
);
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 16_384;
/** A salt is never longer than the largest key; OpenSSL takes the longest that fits. */
const MAX_SALT_BYTES = 2048;

export interface AlgorithmId {
  readonly oid: string;
  readonly parameters: Der | null;
}

/** AlgorithmIdentifier (RFC 5280 section 4.1.1.2). */
export function algorithmId(value: Der): AlgorithmId {
  const reader = inside(readDer(value.whole, TAG.sequence));
  const id = oid(reader.next());
  const parameters = reader.done ? null : reader.next();
  reader.end();
  return { oid: id, parameters };
}

/** The hash that an identifier names; its parameters are absent or NULL. */
export function hashOf(id: AlgorithmId): HashName | null {
  const plain =
    id.parameters === null || (id.parameters.tag === TAG.null && id.parameters.content.length === 0);
  return plain ? (HASHES[id.oid] ?? null) : null;
}

/** Something that was signed, by which algorithm. `hash` is the digest algorithm of a CMS signer. */
export interface Signed {
  readonly algorithm: AlgorithmId;
  readonly hash?: HashName;
  readonly signature: Uint8Array;
  readonly data: Uint8Array;
}

interface Check {
  readonly key: Uint8Array;
  readonly keyAlgorithm: VerifyAlgorithm;
  readonly algorithm: VerifyAlgorithm;
  readonly signature: Uint8Array;
}

/** Whether the signature holds under this SubjectPublicKeyInfo. The error says why it cannot count at all. */
export async function checkSignature(
  subtle: Subtle,
  publicKey: Der,
  signed: Signed,
): Promise<Result<boolean, string>> {
  const check = checkFor(publicKey, signed);
  if (!check.ok) return check;
  const { key, keyAlgorithm, algorithm, signature } = check.value;
  try {
    const imported = await subtle.importKey('spki', key, keyAlgorithm, false, ['verify']);
    return ok(await subtle.verify(algorithm, imported, signature, signed.data));
  } catch {
    // Web Crypto rejects for a key that is not on its curve, and for algorithms that this engine lacks.
    return err(`the public key cannot be used for ${keyAlgorithm.name}`);
  }
}

function checkFor(publicKey: Der, signed: Signed): Result<Check, string> {
  const reader = inside(publicKey);
  const key = algorithmId(reader.next(TAG.sequence));
  const bits = reader.next(TAG.bitString);
  reader.end();
  switch (key.oid) {
    case RSA:
      return rsaCheck(publicKey.whole, bits, signed, false);
    case RSA_PSS:
      return rsaCheck(encode(TAG.sequence, RSA_ALGORITHM, bits.whole), bits, signed, true);
    case EC:
      return ecdsaCheck(publicKey.whole, key, signed);
    case ED25519:
      if (signed.algorithm.oid !== ED25519 || signed.algorithm.parameters !== null) return mismatch(signed);
      return ok({
        key: publicKey.whole,
        keyAlgorithm: { name: 'Ed25519' },
        algorithm: { name: 'Ed25519' },
        signature: signed.signature,
      });
    default:
      return err(`keys of the algorithm ${key.oid} are not supported`);
  }
}

function mismatch({ algorithm }: Signed): Result<never, string> {
  return err(`the signature algorithm ${algorithm.oid} is refused for this key`);
}

function rsaCheck(key: Uint8Array, bits: Der, signed: Signed, pssOnly: boolean): Result<Check, string> {
  const reader = inside(readDer(bitBytes(bits), TAG.sequence));
  const modulus = integerBytes(reader.next());
  reader.next(TAG.integer);
  reader.end();
  const digits = modulus[0] === 0 ? modulus.subarray(1) : modulus;
  const size = digits.length * 8 - (Math.clz32(digits[0] ?? 0) - 24);
  if (size < MIN_RSA_BITS || size > MAX_RSA_BITS) return err(`the RSA key has ${String(size)} bits`);
  const { algorithm } = signed;
  if (algorithm.oid === RSA_PSS) {
    const pss = pssParameters(algorithm);
    if (pss === null || (signed.hash !== undefined && signed.hash !== pss.hash)) return mismatch(signed);
    return ok({
      key,
      keyAlgorithm: { name: 'RSA-PSS', hash: pss.hash },
      algorithm: { name: 'RSA-PSS', saltLength: pss.saltLength },
      signature: signed.signature,
    });
  }
  // A CMS signer may name the key's algorithm alone; the hash is then its digest algorithm (RFC 3370 section 3.2).
  const hash = algorithm.oid === RSA ? signed.hash : RSA_WITH[algorithm.oid];
  const wrong = hash === undefined || hash === 'SHA-1' || (signed.hash !== undefined && signed.hash !== hash);
  if (wrong || pssOnly) return mismatch(signed);
  return ok({
    key,
    keyAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash },
    algorithm: { name: 'RSASSA-PKCS1-v1_5' },
    signature: signed.signature,
  });
}

/** RSASSA-PSS-params (RFC 4055 section 3.1) with one SHA-2 hash for message and mask. */
function pssParameters(id: AlgorithmId): { readonly hash: HashName; readonly saltLength: number } | null {
  if (id.parameters === null) return null;
  const reader = inside(readDer(id.parameters.whole, TAG.sequence));
  const hashField = reader.optional(context(0));
  const maskField = reader.optional(context(1));
  const saltField = reader.optional(context(2));
  const trailer = reader.optional(context(3));
  reader.end();
  if (hashField === null || maskField === null) return null;
  const hash = hashOf(algorithmId(readDer(hashField.content)));
  const mask = algorithmId(readDer(maskField.content));
  const maskHash =
    mask.oid === MGF1 && mask.parameters !== null ? hashOf(algorithmId(mask.parameters)) : null;
  const saltLength = saltField === null ? 20 : smallInteger(readDer(saltField.content));
  if (trailer !== null && smallInteger(readDer(trailer.content)) !== 1) return null;
  if (hash === null || hash === 'SHA-1' || maskHash !== hash || saltLength > MAX_SALT_BYTES) return null;
  return { hash, saltLength };
}

function ecdsaCheck(key: Uint8Array, id: AlgorithmId, signed: Signed): Result<Check, string> {
  const named = id.parameters?.tag === TAG.oid ? oid(id.parameters) : 'of its own';
  const curve = CURVES[named];
  if (curve === undefined) return err(`the curve ${named} is not supported`);
  const hash = ECDSA_WITH[signed.algorithm.oid];
  if (hash === undefined || (signed.hash !== undefined && signed.hash !== hash)) return mismatch(signed);
  return ok({
    key,
    keyAlgorithm: { name: 'ECDSA', namedCurve: curve.name },
    algorithm: { name: 'ECDSA', hash },
    signature: fixedEcdsa(signed.signature, curve.bytes),
  });
}

/** ECDSA-Sig-Value (RFC 3279 section 2.2.3) as the two numbers side by side. */
function fixedEcdsa(signature: Uint8Array, bytes: number): Uint8Array {
  const reader = inside(readDer(signature, TAG.sequence));
  const out = new Uint8Array(2 * bytes);
  for (const end of [bytes, 2 * bytes]) {
    const number = integerBytes(reader.next());
    const digits = number[0] === 0 ? number.subarray(1) : number;
    if ((number[0] ?? 0) >= 0x80 || digits.length > bytes) throw new DerError('has a signature out of range');
    out.set(digits, end - digits.length);
  }
  reader.end();
  return out;
}

/** Whether two identifiers are the same to the byte. */
export function sameDer(a: Der, b: Der): boolean {
  return equalBytes(a.whole, b.whole);
}
