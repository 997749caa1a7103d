/**
 * What signatures need from the platform (Node or a browser): digests, and one check of one signature. The rules about
 * keys and formats stay with us; a platform only does arithmetic and is never asked whom to trust.
 */

export interface Digests {
  sha256(bytes: Uint8Array): Uint8Array;
  sha512(bytes: Uint8Array): Uint8Array;
}

/** The numbers of a public key, big-endian without leading zeros where they are numbers. */
export type KeyMaterial =
  | { readonly kind: 'ed25519'; readonly point: Uint8Array }
  | { readonly kind: 'rsa'; readonly n: Uint8Array; readonly e: Uint8Array }
  | {
      readonly kind: 'ecdsa';
      readonly curve: 'P-256' | 'P-384' | 'P-521';
      /** Coordinates of the full length of the curve. */
      readonly x: Uint8Array;
      readonly y: Uint8Array;
    };

/** One signature to check, in the forms that WebCrypto and node:crypto share. */
export interface SignatureTask {
  readonly key: KeyMaterial;
  /** Digest inside the signature scheme; Ed25519 brings its own. */
  readonly hash: 'SHA-256' | 'SHA-384' | 'SHA-512';
  readonly signed: Uint8Array;
  /** Ed25519: R and S; RSA: PKCS #1 v1.5, as long as the modulus; ECDSA: r and s at full length. */
  readonly signature: Uint8Array;
}

export interface SignatureCrypto extends Digests {
  /** Whether the signature holds. Rejects only when the platform cannot do such signatures at all. */
  verify(task: SignatureTask): Promise<boolean>;
}
