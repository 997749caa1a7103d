/**
 * Public keys in SSH form, read strictly, and what must be checked for one signature of theirs. Keys under which forged
 * signatures verify are refused here, once for everybody (keyProblem.ts).
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import { concat, littleEndian, toBase64 } from './bytes.ts';
import type { Digests, KeyMaterial, SignatureCrypto, SignatureTask } from './crypto.ts';
import { keyProblem } from './keyProblem.ts';
import { SshFormatError, SshReader } from './wire.ts';

export const keyTypes = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const;
export type KeyType = (typeof keyTypes)[number];

export interface SshPublicKey {
  readonly type: KeyType;
  /** The key as it stands in allowed_signers and in signatures (RFC 4253 section 6.6). */
  readonly blob: Uint8Array;
  /** `SHA256:` and unpadded base64, as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
  readonly material: KeyMaterial;
  /** Keys on a token (`sk-`): what they were made for, such as `ssh:`. */
  readonly application?: string;
}

const CURVES = {
  'ecdsa-sha2-nistp256': { name: 'nistp256', jwk: 'P-256', bytes: 32, hash: 'SHA-256' },
  'ecdsa-sha2-nistp384': { name: 'nistp384', jwk: 'P-384', bytes: 48, hash: 'SHA-384' },
  'ecdsa-sha2-nistp521': { name: 'nistp521', jwk: 'P-521', bytes: 66, hash: 'SHA-512' },
  'sk-ecdsa-sha2-nistp256@openssh.com': { name: 'nistp256', jwk: 'P-256', bytes: 32, hash: 'SHA-256' },
} as const;
type CurveType = keyof typeof CURVES;

/** `SHA256:` and unpadded base64 of a public key blob. */
export function fingerprintOf(digests: Digests, blob: Uint8Array): string {
  return `SHA256:${toBase64(digests.sha256(blob)).replace(/=+$/, '')}`;
}

/** Reads a public key blob strictly. `unsupported` for other key types, `corrupt` or `trust` for bad and weak keys. */
export function parsePublicKey(digests: Digests, blob: Uint8Array): Result<SshPublicKey> {
  try {
    const reader = new SshReader(blob);
    const named = reader.text();
    const type = keyTypes.find((candidate) => candidate === named);
    if (type === undefined) return fail('unsupported', `keys of type ${named} are not supported`);
    const material = readMaterial(type, reader);
    const application = type.startsWith('sk-') ? reader.text() : undefined;
    reader.end();
    const problem = keyProblem(material);
    if (problem !== null) return fail('trust', problem);
    return ok({
      type,
      blob: blob.slice(),
      fingerprint: fingerprintOf(digests, blob),
      material,
      ...(application === undefined ? {} : { application }),
    });
  } catch (e) {
    if (e instanceof SshFormatError) return fail('corrupt', `the public key is damaged: it ${e.message}`);
    throw e;
  }
}

function readMaterial(type: KeyType, reader: SshReader): KeyMaterial {
  switch (type) {
    case 'ssh-ed25519':
    case 'sk-ssh-ed25519@openssh.com':
      return { kind: 'ed25519', point: reader.string().slice() };
    case 'ssh-rsa': {
      const e = reader.mpint().slice();
      return { kind: 'rsa', e, n: reader.mpint().slice() };
    }
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
    case 'sk-ecdsa-sha2-nistp256@openssh.com': {
      const curve = CURVES[type];
      if (reader.text() !== curve.name) throw new SshFormatError('names another curve than its type');
      const point = reader.string();
      if (point[0] !== 4 || point.length !== 1 + 2 * curve.bytes)
        throw new SshFormatError('holds no curve point');
      const [x, y] = [point.slice(1, 1 + curve.bytes), point.slice(1 + curve.bytes)];
      return { kind: 'ecdsa', curve: curve.jwk, x, y };
    }
  }
}

/** Order of the Ed25519 base point: an S that is not below it is another spelling of a signature (RFC 8032, 5.1.7). */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The user was there and touched the token (FIDO U2F raw message formats, user presence). */
const USER_PRESENT = 1;

/**
 * What a platform has to check for a signature field (`string algorithm, string signature`, and for tokens `byte flags,
 * uint32 counter`) over `signed`. Errors: `corrupt` (not of the key's type, malleated), `trust` (nobody touched the token).
 */
export function signatureTask(
  digests: Digests,
  key: SshPublicKey,
  field: Uint8Array,
  signed: Uint8Array,
): Result<SignatureTask> {
  try {
    const reader = new SshReader(field);
    const algorithm = reader.text();
    const signature = reader.string();
    const presence = key.application === undefined ? null : reader.take(5);
    reader.end();
    if (presence !== null && ((presence[0] ?? 0) & USER_PRESENT) === 0)
      return fail('trust', 'the signature was made without anybody touching the token');
    const message =
      presence === null
        ? signed
        : concat(digests.sha256(asciiBytes(key.application ?? '')), presence, digests.sha256(signed));
    return ok({ key: key.material, signed: message, ...readSignature(key, algorithm, signature) });
  } catch (e) {
    if (e instanceof SshFormatError) return fail('corrupt', `the signature ${e.message}`);
    throw e;
  }
}

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function readSignature(
  key: SshPublicKey,
  algorithm: string,
  signature: Uint8Array,
): Pick<SignatureTask, 'hash' | 'signature'> {
  switch (key.type) {
    case 'ssh-ed25519':
    case 'sk-ssh-ed25519@openssh.com':
      if (algorithm !== key.type || signature.length !== 64)
        throw new SshFormatError('is not of the key’s type');
      if (littleEndian(signature.subarray(32)) >= L)
        throw new SshFormatError('is malleated: S is out of range');
      return { hash: 'SHA-512', signature };
    case 'ssh-rsa': {
      const hash = algorithm === 'rsa-sha2-512' ? 'SHA-512' : algorithm === 'rsa-sha2-256' ? 'SHA-256' : null;
      if (hash === null) throw new SshFormatError(`uses ${algorithm}, which is refused`);
      if (key.material.kind !== 'rsa' || signature.length !== key.material.n.length)
        throw new SshFormatError('has not the length of the key');
      return { hash, signature };
    }
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      if (algorithm !== key.type) throw new SshFormatError('is not of the key’s type');
      return { hash: CURVES[key.type].hash, signature: fixedLength(key.type, signature) };
  }
}

/** `mpint r, mpint s` as two numbers of the full length of the curve (IEEE P1363). */
function fixedLength(type: CurveType, signature: Uint8Array): Uint8Array {
  const { bytes } = CURVES[type];
  const reader = new SshReader(signature);
  const [r, s] = [reader.mpint(), reader.mpint()];
  reader.end();
  if (r.length > bytes || s.length > bytes) throw new SshFormatError('has numbers out of range');
  const fixed = new Uint8Array(2 * bytes);
  fixed.set(r, bytes - r.length);
  fixed.set(s, 2 * bytes - s.length);
  return fixed;
}

/** Verifies one signature field over `signed` with one key. Errors as signatureTask(), and `trust` on a mismatch. */
export async function verifySignatureField(
  crypto: SignatureCrypto,
  key: SshPublicKey,
  field: Uint8Array,
  signed: Uint8Array,
): Promise<Result<true>> {
  const task = signatureTask(crypto, key, field, signed);
  if (!task.ok) return task;
  return (await crypto.verify(task.value)) ? ok(true) : mismatch();
}

export function mismatch(): Result<never> {
  return fail('trust', 'the signature does not match what was signed');
}
