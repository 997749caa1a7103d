/**
 * Secrets protected by the operating system's keyring, where there is a real one. Where there is none the file box
 * is used and says so; it must never pass off a hard-coded key as protection.
 */
import type { SafeStorage } from 'electron';
import { type Result, fail, ok } from '../contract/result.ts';
import type { SecretBox } from '../host/ports.ts';
import { createFileSecretBox } from '../host/settings/fileSecretBox.ts';
import { unwrapSecret, wrapSecret } from '../host/settings/secretEnvelope.ts';

/** The part that is used: the asynchronous methods only, the others are deprecated. */
export type Keyring = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>;

/** The best box this desktop has. To be called when the app is ready: before that the backend is unknown. */
export async function createSecretBox(keyring: Keyring, platform: NodeJS.Platform): Promise<SecretBox> {
  return (await isRealKeyring(keyring, platform)) ? keyringBox(keyring) : createFileSecretBox();
}

async function isRealKeyring(keyring: Keyring, platform: NodeJS.Platform): Promise<boolean> {
  // On Linux Chromium falls back to a key that is the same everywhere (`basic_text`): obfuscation, not protection.
  if (platform === 'linux' && ['basic_text', 'unknown'].includes(keyring.getSelectedStorageBackend()))
    return false;
  try {
    return await keyring.isAsyncEncryptionAvailable();
  } catch {
    return false;
  }
}

function keyringBox(keyring: Keyring): SecretBox {
  const plain = createFileSecretBox();
  return {
    protection: 'os-keyring',
    async seal(secret) {
      const text = Buffer.from(secret).toString('base64');
      return wrapSecret('os-keyring', await keyring.encryptStringAsync(text));
    },
    async open(sealed): Promise<Result<Uint8Array>> {
      const inside = unwrapSecret(sealed);
      // A key that was made by the command line, or while there was no keyring, still opens.
      if (inside?.protection !== 'os-keyring') return plain.open(sealed);
      try {
        const { result } = await keyring.decryptStringAsync(Buffer.from(inside.bytes));
        return ok(new Uint8Array(Buffer.from(result, 'base64')));
      } catch {
        return fail('auth', "This account's keyring did not give the key back.", {
          kept: 'The stored key is untouched.',
          hint: 'Unlock the keyring of this desktop session and start Holdpoint again.',
        });
      }
    },
  };
}
