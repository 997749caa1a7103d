/**
 * Whoever can make a signature: a key of the app, a key file, an agent. A signer never hands out its private key and
 * signs nothing but SSHSIG messages, so that its signatures cannot serve another purpose.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import { fail, ok, type Result } from '../../contract/result.ts';
import { fingerprintOf } from './sshkey.ts';
import { digestOf, encodeSignature, toBeSigned } from './sshsig.ts';
import { sshString } from './sshwire.ts';

export interface Signer {
  readonly publicKeyBlob: Buffer;
  readonly keyType: string;
  readonly fingerprint: string;
  /** Armored SSHSIG over `message`. */
  sign(namespace: string, message: Uint8Array): Promise<Result<string>>;
}

const ED25519 = 'ssh-ed25519';

/** A new Ed25519 private key: its 32-byte seed. */
export function newEd25519Seed(): Buffer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
}

const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Signer from the 32-byte seed of an Ed25519 key (RFC 8032). */
export function ed25519Signer(seed: Uint8Array): Result<Signer> {
  if (seed.length !== 32) return fail('corrupt', 'the signing key is not 32 bytes long');
  return ok(
    keyObjectSigner(
      createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: 'der', type: 'pkcs8' }),
    ),
  );
}

function keyObjectSigner(key: KeyObject): Signer {
  const point = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
  const publicKeyBlob = Buffer.concat([sshString(ED25519), sshString(point)]);
  return {
    publicKeyBlob,
    keyType: ED25519,
    fingerprint: fingerprintOf(publicKeyBlob),
    sign: (namespace, message) => {
      const signature = sign(null, toBeSigned(namespace, digestOf(message)), key);
      const field = Buffer.concat([sshString(ED25519), sshString(signature)]);
      return Promise.resolve(ok(encodeSignature(publicKeyBlob, namespace, field)));
    },
  };
}

/**
 * Signer from an OpenSSH private key file. Ed25519 only: other keys sign through the agent.
 * Errors: `not-found`, `auth` (a passphrase is needed or was wrong), `unsupported`, `corrupt`.
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
  const parsed = parsePrivate(file, passphrase);
  if (parsed instanceof Error) return keyFileFailure(path, parsed.message, passphrase !== undefined);
  if (!parsed.isPrivateKey()) return fail('bad-request', `${path} holds a public key, not a private one`);
  const type = parsed.getPublicSSH().subarray(4, 15).toString('latin1');
  if (type !== ED25519) {
    return fail('unsupported', `${path} is not an Ed25519 key`, {
      hint: 'Add it to ssh-agent and sign through the agent.',
    });
  }
  return ok(keyObjectSigner(createPrivateKey(parsed.getPrivatePEM())));
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
