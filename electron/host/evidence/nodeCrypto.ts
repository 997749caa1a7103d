/** The arithmetic of signatures by node:crypto, for the rules in domain/signatures. */
import { createPublicKey, hash as digest, type KeyObject, verify } from 'node:crypto';
import type { KeyMaterial, SignatureCrypto, SignatureTask } from '../../domain/signatures/crypto.ts';

function keyObject(key: KeyMaterial): KeyObject {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  switch (key.kind) {
    case 'ed25519':
      return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: text(key.point) }, format: 'jwk' });
    case 'rsa':
      return createPublicKey({ key: { kty: 'RSA', n: text(key.n), e: text(key.e) }, format: 'jwk' });
    case 'ecdsa': {
      const jwk = { kty: 'EC', crv: key.curve, x: text(key.x), y: text(key.y) };
      return createPublicKey({ key: jwk, format: 'jwk' });
    }
  }
}

const HASHES = { 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' } as const;

/** Whether one signature holds. False as well for keys and numbers that OpenSSL refuses. */
export function verifyNow({ key, hash, signed, signature }: SignatureTask): boolean {
  try {
    const object = keyObject(key);
    if (key.kind === 'ed25519') return verify(null, signed, object, signature);
    return verify(HASHES[hash], signed, { key: object, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}

export const nodeCrypto: SignatureCrypto = {
  sha256: (bytes) => digest('sha256', bytes, 'buffer'),
  sha512: (bytes) => digest('sha512', bytes, 'buffer'),
  verify: (task) => Promise.resolve(verifyNow(task)),
};
