/**
 * Public keys in SSH form: reading, fingerprint, and verifying one signature with one key. Keys under which forged
 * signatures verify (small-order Ed25519 points) are refused here, once for everybody.
 */
import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { fail, ok, type Result } from '../../contract/result.ts';
import { SshFormatError, SshReader, stripZeros } from './sshwire.ts';

export const keyTypes = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
] as const;
export type KeyType = (typeof keyTypes)[number];

export interface SshPublicKey {
  readonly type: KeyType;
  /** The key as it stands in allowed_signers and in signatures (RFC 4253 section 6.6). */
  readonly blob: Buffer;
  /** `SHA256:` and unpadded base64, as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
  readonly key: KeyObject;
}

const CURVES = {
  'ecdsa-sha2-nistp256': { name: 'nistp256', jwk: 'P-256', bytes: 32, hash: 'sha256' },
  'ecdsa-sha2-nistp384': { name: 'nistp384', jwk: 'P-384', bytes: 48, hash: 'sha384' },
  'ecdsa-sha2-nistp521': { name: 'nistp521', jwk: 'P-521', bytes: 66, hash: 'sha512' },
} as const;

const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const RSA_MIN_BITS = 2048;
const RSA_MAX_BITS = 16_384;

export function fingerprintOf(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Reads a public key blob strictly. `unsupported` for other key types, `corrupt` or `trust` for bad and weak keys. */
export function parsePublicKey(blob: Uint8Array): Result<SshPublicKey> {
  try {
    const reader = new SshReader(blob);
    const named = reader.text();
    const type = keyTypes.find((candidate) => candidate === named);
    if (type === undefined) return fail('unsupported', `keys of type ${named} are not supported`);
    const key = readKey(type, reader);
    if (!key.ok) return key;
    return ok({ type, blob: Buffer.from(blob), fingerprint: fingerprintOf(blob), key: key.value });
  } catch (e) {
    if (e instanceof SshFormatError) return fail('corrupt', `the public key is damaged: it ${e.message}`);
    return fail('corrupt', 'the public key is not a point or number that its type allows');
  }
}

function readKey(type: KeyType, reader: SshReader): Result<KeyObject> {
  switch (type) {
    case 'ssh-ed25519': {
      const point = reader.string();
      reader.end();
      const weak = ed25519Problem(point);
      if (weak !== null) return fail('trust', `the Ed25519 key is refused: ${weak}`);
      return ok(createPublicKey({ key: Buffer.concat([ED25519_SPKI, point]), format: 'der', type: 'spki' }));
    }
    case 'ssh-rsa': {
      const e = reader.mpint();
      const n = reader.mpint();
      reader.end();
      const bits = n.length * 8 - (Math.clz32(n[0] ?? 0) - 24);
      if (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS)
        return fail('trust', `the RSA key has ${String(bits)} bits`);
      if (e.length > 8 || (e.at(-1) ?? 0) % 2 === 0)
        return fail('trust', 'the RSA key has an unusable public exponent');
      const jwk = { kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') };
      return ok(createPublicKey({ key: jwk, format: 'jwk' }));
    }
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521': {
      const curve = CURVES[type];
      if (reader.text() !== curve.name) throw new SshFormatError('names another curve than its type');
      const point = reader.string();
      reader.end();
      if (point[0] !== 4 || point.length !== 1 + 2 * curve.bytes)
        throw new SshFormatError('holds no curve point');
      const x = point.subarray(1, 1 + curve.bytes).toString('base64url');
      const y = point.subarray(1 + curve.bytes).toString('base64url');
      return ok(createPublicKey({ key: { kty: 'EC', crv: curve.jwk, x, y }, format: 'jwk' }));
    }
  }
}

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
/** y coordinates of the eight points of small order, RFC 8032 curve. */
const SMALL_ORDER_Y = new Set([
  0n,
  1n,
  P - 1n,
  littleEndian(Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'hex')),
  littleEndian(Buffer.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'hex')),
]);

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

/** Why an Ed25519 public key may not be used; null when it may. */
function ed25519Problem(point: Uint8Array): string | null {
  if (point.length !== 32) return 'it is not 32 bytes long';
  const y = littleEndian(point) & (2n ** 255n - 1n);
  if (y >= P) return 'it is not in canonical form';
  if (SMALL_ORDER_Y.has(y)) return 'it is a point of small order: any message would verify';
  return null;
}

/** Verifies one signature field (`string algorithm, string signature`) over `signed`. */
export function verifySignatureField(key: SshPublicKey, field: Uint8Array, signed: Uint8Array): Result<true> {
  try {
    const reader = new SshReader(field);
    const algorithm = reader.text();
    const signature = reader.string();
    reader.end();
    return verifyOne(key, algorithm, signature, signed)
      ? ok(true)
      : fail('trust', 'the signature does not match what was signed');
  } catch (e) {
    if (e instanceof SshFormatError) return fail('corrupt', `the signature ${e.message}`);
    return fail('corrupt', 'the signature cannot be checked');
  }
}

function verifyOne(key: SshPublicKey, algorithm: string, signature: Buffer, signed: Uint8Array): boolean {
  switch (key.type) {
    case 'ssh-ed25519':
      if (algorithm !== key.type || signature.length !== 64)
        throw new SshFormatError('is not of the key’s type');
      if (littleEndian(signature.subarray(32)) >= L)
        throw new SshFormatError('is malleated: S is out of range');
      return verify(null, signed, key.key, signature);
    case 'ssh-rsa': {
      const hash = algorithm === 'rsa-sha2-512' ? 'sha512' : algorithm === 'rsa-sha2-256' ? 'sha256' : null;
      if (hash === null) throw new SshFormatError(`uses ${algorithm}, which is refused`);
      const bits = key.key.asymmetricKeyDetails?.modulusLength ?? 0;
      if (signature.length !== Math.ceil(bits / 8)) throw new SshFormatError('has not the length of the key');
      return verify(hash, signed, key.key, signature);
    }
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521': {
      const curve = CURVES[key.type];
      if (algorithm !== key.type) throw new SshFormatError('is not of the key’s type');
      const reader = new SshReader(signature);
      const [r, s] = [reader.mpint(), reader.mpint()];
      reader.end();
      if (r.length > curve.bytes || s.length > curve.bytes)
        throw new SshFormatError('has numbers out of range');
      const fixed = Buffer.alloc(2 * curve.bytes);
      r.copy(fixed, curve.bytes - r.length);
      s.copy(fixed, 2 * curve.bytes - s.length);
      return verify(curve.hash, signed, { key: key.key, dsaEncoding: 'ieee-p1363' }, fixed);
    }
  }
}

/** RSA signatures as long as the modulus: some agents leave leading zeros out. */
export function padRsa(key: SshPublicKey, signature: Uint8Array): Buffer {
  const length = Math.ceil((key.key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  const digits = stripZeros(signature);
  return Buffer.concat([Buffer.alloc(Math.max(0, length - digits.length)), digits]);
}
