/**
 * Whoever can make a signature: a key of the app, a key file, an agent. A signer never hands out its private key and
 * signs nothing but SSHSIG messages, so that its signatures cannot serve another purpose.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import { fail, ok, type Result } from '../../contract/result.ts';
import { type KeyType, parsePublicKey, type SshPublicKey } from './sshkey.ts';
import { digestOf, encodeSignature, toBeSigned } from './sshsig.ts';
import { sshMpint, sshString } from './sshwire.ts';

export interface Signer {
  readonly publicKeyBlob: Buffer;
  readonly keyType: string;
  readonly fingerprint: string;
  /** Armored SSHSIG over `message`. */
  sign(namespace: string, message: Uint8Array): Promise<Result<string>>;
}

const ED25519 = 'ssh-ed25519';
const ADD_TO_AGENT = 'Add it with ssh-add, and choose it from the agent.';

/** A new Ed25519 private key: its 32-byte seed. */
export function newEd25519Seed(): Buffer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
}

const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Signer from the 32-byte seed of an Ed25519 key (RFC 8032). */
export function ed25519Signer(seed: Uint8Array): Result<Signer> {
  if (seed.length !== 32) return fail('corrupt', 'the signing key is not 32 bytes long');
  const key = createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const point = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
  const publicKey = parsePublicKey(Buffer.concat([sshString(ED25519), sshString(point)]));
  return publicKey.ok ? ok(keyObjectSigner(key, publicKey.value)) : publicKey;
}

function keyObjectSigner(key: KeyObject, publicKey: SshPublicKey): Signer {
  return {
    publicKeyBlob: publicKey.blob,
    keyType: publicKey.type,
    fingerprint: publicKey.fingerprint,
    sign: (namespace, message) => {
      const field = signatureField(key, publicKey.type, toBeSigned(namespace, digestOf(message)));
      return Promise.resolve(field.ok ? ok(encodeSignature(publicKey.blob, namespace, field.value)) : field);
    },
  };
}

/** `string algorithm, string signature` (RFC 8332, RFC 5656 section 3.1.2, RFC 8709). */
function signatureField(key: KeyObject, type: KeyType, signed: Uint8Array): Result<Buffer> {
  switch (type) {
    case 'ssh-ed25519':
      return ok(Buffer.concat([sshString(type), sshString(sign(null, signed, key))]));
    case 'ssh-rsa':
      return ok(Buffer.concat([sshString('rsa-sha2-512'), sshString(sign('sha512', signed, key))]));
    case 'ecdsa-sha2-nistp256':
      return ok(ecdsaField(key, type, 'sha256', signed));
    case 'ecdsa-sha2-nistp384':
      return ok(ecdsaField(key, type, 'sha384', signed));
    case 'ecdsa-sha2-nistp521':
      return ok(ecdsaField(key, type, 'sha512', signed));
    case 'sk-ssh-ed25519@openssh.com':
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return fail('unsupported', 'a key on a token signs through the agent', { hint: ADD_TO_AGENT });
  }
}

function ecdsaField(key: KeyObject, type: KeyType, hash: string, signed: Uint8Array): Buffer {
  const both = sign(hash, signed, { key, dsaEncoding: 'ieee-p1363' });
  const numbers = [both.subarray(0, both.length / 2), both.subarray(both.length / 2)].map(sshMpint);
  return Buffer.concat([sshString(type), sshString(Buffer.concat(numbers))]);
}

/**
 * Signer from a private key file: Ed25519, RSA, ECDSA. Keys on a token sign through the agent.
 * Errors: `not-found`, `storage`, `auth` (a passphrase is needed or was wrong), `trust` (a weak key), `unsupported`,
 * `corrupt`.
 */
export async function keyFileSigner(path: string, passphrase?: string): Promise<Result<Signer>> {
  let file: Buffer;
  try {
    file = await readFile(path);
  } catch (e) {
    const missing = e instanceof Error && 'code' in e && e.code === 'ENOENT';
    return missing
      ? fail('not-found', `there is no key file ${path}`, { hint: 'Choose the key in Settings.' })
      : fail('storage', `the key file ${path} cannot be read`, {
          hint: 'Check its owner and its permissions.',
        });
  }
  if (isOnToken(file)) {
    return fail('unsupported', `the key of ${path} is on a token, and signs through the agent`, {
      hint: ADD_TO_AGENT,
    });
  }
  const parsed = parsePrivate(file, passphrase);
  if (parsed instanceof Error) return keyFileFailure(path, parsed.message, passphrase !== undefined);
  if (!parsed.isPrivateKey()) return fail('bad-request', `${path} holds a public key, not a private one`);
  const publicKey = parsePublicKey(parsed.getPublicSSH());
  if (!publicKey.ok) return fail(publicKey.error.code, `${path}: ${publicKey.error.message}`);
  return ok(keyObjectSigner(createPrivateKey(parsed.getPrivatePEM()), publicKey.value));
}

/** The header of an OpenSSH key file names the public key in the clear, also when the file is encrypted. */
function isOnToken(file: Buffer): boolean {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(
    file.toString('latin1'),
  )?.[1];
  const start = Buffer.from(body ?? '', 'base64')
    .subarray(0, 256)
    .toString('latin1');
  return start.includes('sk-ssh-ed25519@openssh.com') || start.includes('sk-ecdsa-sha2-nistp256@openssh.com');
}

/** ssh2 returns some errors and throws others. */
function parsePrivate(file: Buffer, passphrase?: string): ssh2.ParsedKey | Error {
  try {
    const parsed: unknown = ssh2.utils.parseKey(file, passphrase);
    const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
    return first instanceof Error ? first : (first as ssh2.ParsedKey);
  } catch (e) {
    return e instanceof Error ? e : new Error('unreadable');
  }
}

function keyFileFailure(path: string, message: string, hadPassphrase: boolean): Result<never> {
  if (/passphrase|encrypted|integrity check|bad decrypt/i.test(message)) {
    return hadPassphrase
      ? fail('auth', `the passphrase for ${path} is wrong`, { hint: 'Type it again.' })
      : fail('auth', `${path} needs its passphrase`, { hint: 'Type the passphrase of the key.' });
  }
  return fail('corrupt', `${path} is not a private key that can be read`, {
    hint: 'Make one with: ssh-keygen -t ed25519',
  });
}
