/** The verifier's platform in a page: WebCrypto for signatures, @noble/hashes for digests of bytes that come in pieces. */
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import type { Sha256 } from '../../contract/ids.ts';
import { toBase64Url, toHex } from '../../domain/signatures/bytes.ts';
import type { KeyMaterial, SignatureTask } from '../../domain/signatures/crypto.ts';
import type { ByteSource, Hasher, Platform } from '../../domain/verify/ports.ts';

function hasher(): Hasher {
  const hash = sha256.create();
  const hex = (bytes: Uint8Array) => toHex(bytes) as Sha256;
  return {
    update: (bytes) => void hash.update(bytes),
    soFar: () => hex(hash.clone().digest()),
    finish: () => hex(hash.digest()),
  };
}

/** CRC-32 of ISO 3309, one table lookup a byte. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array, seed: number): number {
  let crc = ~seed;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 255] ?? 0);
  return ~crc >>> 0;
}

function jwkOf(key: KeyMaterial): JsonWebKey {
  switch (key.kind) {
    case 'ed25519':
      return { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(key.point) };
    case 'rsa':
      return { kty: 'RSA', n: toBase64Url(key.n), e: toBase64Url(key.e) };
    case 'ecdsa':
      return { kty: 'EC', crv: key.curve, x: toBase64Url(key.x), y: toBase64Url(key.y) };
  }
}

function algorithmOf({ key, hash }: SignatureTask) {
  switch (key.kind) {
    case 'ed25519':
      return { name: 'Ed25519' };
    case 'rsa':
      return { name: 'RSASSA-PKCS1-v1_5', hash };
    case 'ecdsa':
      return { name: 'ECDSA', hash, namedCurve: key.curve };
  }
}

async function verify(task: SignatureTask): Promise<boolean> {
  const algorithm = algorithmOf(task);
  try {
    const key = await crypto.subtle.importKey('jwk', jwkOf(task.key), algorithm, false, ['verify']);
    return await crypto.subtle.verify(
      algorithm,
      key,
      Uint8Array.from(task.signature),
      Uint8Array.from(task.signed),
    );
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError')
      throw new Error(
        `This browser cannot check ${algorithm.name} signatures. Use the single-file verifier.`,
        {
          cause: error,
        },
      );
    return false;
  }
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export const browserPlatform: Platform = {
  sha256: (bytes) => sha256(bytes),
  sha512: (bytes) => sha512(bytes),
  verify,
  hasher,
  crc32,
  utf8,
  subtle: {
    digest: (algorithm, data) => crypto.subtle.digest(algorithm, Uint8Array.from(data)),
    importKey: (format, data, algorithm, extractable, usages) =>
      crypto.subtle.importKey(format, Uint8Array.from(data), algorithm, extractable, usages),
    verify: (algorithm, key, signature, data) =>
      key instanceof CryptoKey
        ? crypto.subtle.verify(algorithm, key, Uint8Array.from(signature), Uint8Array.from(data))
        : Promise.resolve(false),
  },
};

/** A chosen file as a source of bytes. `onRead` hears how far it has come. */
export function fileSource(file: Blob, onRead: (offset: number) => void): ByteSource {
  return {
    size: file.size,
    async read(offset, length) {
      onRead(offset);
      return new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
    },
  };
}
