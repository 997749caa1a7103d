/**
 * The part of Web Crypto that checking a timestamp needs. `globalThis.crypto.subtle` of Node and of a page fits; it is
 * handed in, because this folder knows neither.
 */

export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

export interface VerifyAlgorithm {
  readonly name: string;
  readonly hash?: string;
  readonly namedCurve?: string;
  readonly saltLength?: number;
}

export interface Subtle {
  digest(algorithm: HashName, data: Uint8Array): Promise<ArrayBuffer>;
  importKey(
    format: 'spki',
    keyData: Uint8Array,
    algorithm: VerifyAlgorithm,
    extractable: boolean,
    keyUsages: ['verify'],
  ): Promise<unknown>;
  verify(algorithm: VerifyAlgorithm, key: unknown, signature: Uint8Array, data: Uint8Array): Promise<boolean>;
}

export async function digest(subtle: Subtle, hash: HashName, data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await subtle.digest(hash, data));
}
