/**
 * Keys that are well-formed and still must never count: under them forged signatures verify, or their owner can deny
 * what they signed. Asked for every key that is read, at enrolment as in a bundle.
 */
import { bigEndian, littleEndian } from './bytes.ts';
import type { KeyMaterial } from './crypto.ts';

const RSA_MIN_BITS = 2048;
const RSA_MAX_BITS = 16_384;

/** Why a key is refused; null when it may be used. */
export function keyProblem(key: KeyMaterial): string | null {
  switch (key.kind) {
    case 'ed25519':
      return ed25519Problem(key.point);
    case 'rsa': {
      const bits = bitLength(key.n);
      if (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS) return `the RSA key has ${String(bits)} bits`;
      if (key.e.length > 8 || bigEndian(key.e) < 3n || (key.e.at(-1) ?? 0) % 2 === 0)
        return 'the RSA key has an unusable public exponent';
      return null;
    }
    case 'ecdsa':
      return onCurve(key) ? null : 'the ECDSA key is not a point of its curve';
  }
}

export function bitLength(unsigned: Uint8Array): number {
  return unsigned.length * 8 - (Math.clz32(unsigned[0] ?? 0) - 24);
}

const P = 2n ** 255n - 19n;
/** y coordinates of the eight points of small order, RFC 8032 curve. */
const SMALL_ORDER_Y = new Set([
  0n,
  1n,
  P - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
]);

function ed25519Problem(point: Uint8Array): string | null {
  const refused = 'the Ed25519 key is refused: ';
  if (point.length !== 32) return `${refused}it is not 32 bytes long`;
  const y = littleEndian(point) & (2n ** 255n - 1n);
  if (y >= P) return `${refused}it is not in canonical form`;
  if (SMALL_ORDER_Y.has(y)) return `${refused}it is a point of small order: any message would verify`;
  return null;
}

/** NIST curves y² = x³ − 3x + b (SP 800-186). */
const CURVES = {
  'P-256': {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  'P-384': {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  'P-521': {
    p: 2n ** 521n - 1n,
    b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
} as const;

function onCurve(key: KeyMaterial & { kind: 'ecdsa' }): boolean {
  const { p, b } = CURVES[key.curve];
  const [x, y] = [bigEndian(key.x), bigEndian(key.y)];
  return x < p && y < p && (y * y - (x * x * x - 3n * x + b)) % p === 0n;
}
