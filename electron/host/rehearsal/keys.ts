/** Keys of one start of the rehearsal host. Made fresh, used on loopback only, gone with the throw-away folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';

interface KeyPair {
  readonly private: string;
  readonly public: string;
}

export interface RehearsalKeys {
  readonly host: KeyPair;
  readonly user: KeyPair;
  readonly identityFile: string;
}

function generate(comment: string): Promise<KeyPair> {
  return new Promise((resolve, reject) => {
    ssh2.utils.generateKeyPair('ed25519', { comment }, (error, pair) => {
      if (error) reject(error);
      else resolve(pair);
    });
  });
}

/**
 * ssh2 1.17 strips leading zero bytes of an ed25519 public key, so that one pair in 256 cannot be read back: such a
 * pair is made again.
 */
async function makeKey(comment: string): Promise<KeyPair> {
  for (;;) {
    const pair = await generate(comment);
    const parsed = [ssh2.utils.parseKey(pair.public), ssh2.utils.parseKey(pair.private)];
    if (!parsed.some((key) => key instanceof Error)) return pair;
  }
}

/** Makes both key pairs and writes the user's private key, mode 0600, into `directory`. */
export async function makeKeys(directory: string): Promise<RehearsalKeys> {
  const [host, user] = await Promise.all([makeKey('rehearsal-host'), makeKey('rehearsal-user')]);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const identityFile = join(directory, 'id_ed25519');
  await writeFile(identityFile, ensureNewline(user.private), { mode: 0o600 });
  return { host, user, identityFile };
}

/** Writes the known_hosts file that pins the host key for `[127.0.0.1]:port` (sshd(8), SSH_KNOWN_HOSTS FORMAT). */
export async function writeKnownHosts(directory: string, port: number, publicKey: string): Promise<string> {
  const file = join(directory, 'known_hosts');
  const [type = '', base64 = ''] = publicKey.split(' ');
  await writeFile(file, `[127.0.0.1]:${String(port)} ${type} ${base64}\n`, { mode: 0o600 });
  return file;
}

function ensureNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
