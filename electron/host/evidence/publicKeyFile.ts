/** Reads the public half of a key from its `.pub` file (sshd(8), AUTHORIZED_KEYS FILE FORMAT: type, base64, comment). */
import { readFile } from 'node:fs/promises';
import { fail, ok, type Result } from '../../contract/result.ts';
import { parsePublicKey } from './sshkey.ts';

/** Type and blob of the key. `not-found` when there is no such file, else what is wrong with the key in it. */
export async function publicKeyFile(
  path: string,
): Promise<Result<{ readonly keyType: string; readonly publicKeyBlob: Buffer }>> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return fail('not-found', `There is no readable ${path}.`);
  const [, base64 = ''] = text.trim().split(/\s+/);
  const key = parsePublicKey(Buffer.from(base64, 'base64'));
  return key.ok ? ok({ keyType: key.value.type, publicKeyBlob: key.value.blob }) : key;
}
