/**
 * Private key files: which kind each one is, whether the built-in client can use it, and unlocking it. Must never
 * report a key it cannot use as a refused login.
 */
import { readFile, stat } from 'node:fs/promises';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { keyTypeOf } from '../trust/knownHosts.ts';

export type Identity =
  | { readonly kind: 'missing' }
  | { readonly kind: 'unusable'; readonly why: string }
  | { readonly kind: 'open'; readonly key: ParsedKey }
  /** A public key: it names a key that an agent may hold. */
  | { readonly kind: 'public'; readonly publicKey: Buffer }
  /** `publicKey` is empty where the format hides it until it is unlocked. `unlock` takes some 300 ms. */
  | {
      readonly kind: 'locked';
      readonly publicKey: Buffer;
      readonly unlock: (passphrase: string) => ParsedKey | undefined;
    };

const useSystem = 'The built-in client cannot use it; log in with the system ssh or with another key.';

/** Looks at a key file. Never asks for anything. */
export async function readIdentity(file: string): Promise<Identity> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
    const publicKey = publicKeyIn(bytes);
    if (publicKey !== undefined) return { kind: 'public', publicKey };
    const { mode, uid } = await stat(file);
    if (process.platform !== 'win32' && uid === process.getuid?.() && (mode & 0o077) !== 0) {
      return unusable(
        `${file}: other accounts can read it (mode ${(mode & 0o777).toString(8)}). Run: chmod 600 ${file}`,
      );
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { kind: 'missing' }
      : unusable(`${file}: cannot be read (${code}).`);
  }
  const text = bytes.toString('latin1');
  if (/^(ssh-|ecdsa-|sk-)\S*-cert-v01@openssh\.com /.test(text))
    return unusable(`${file}: is a certificate, not a private key. ${useSystem}`);
  if (text.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----')) {
    return unusable(
      `${file}: is an encrypted PKCS#8 key, which the built-in client cannot read. ${rewrite(file)}`,
    );
  }
  if (text.includes('-----BEGIN PRIVATE KEY-----')) {
    return unusable(`${file}: is a PKCS#8 key, which the built-in client cannot read. ${rewrite(file)}`);
  }
  if (text.startsWith('PuTTY-User-Key-File-3')) {
    return unusable(
      `${file}: is a PuTTY version 3 key, which the built-in client cannot read. Export it in OpenSSH format.`,
    );
  }
  const form = text.includes('-----BEGIN OPENSSH PRIVATE KEY-----') ? openSshForm(text) : pemForm(text);
  if (form.keyType.startsWith('sk-'))
    return unusable(`${file}: is a FIDO security key (${form.keyType}). ${useSystem}`);
  if (form.cipher.startsWith('chacha20')) {
    return unusable(
      `${file}: is encrypted with ${form.cipher}, which the built-in client cannot read. ${rewrite(file)} -Z aes256-ctr`,
    );
  }
  if (form.encrypted) {
    return {
      kind: 'locked',
      publicKey: form.publicKey,
      unlock: (passphrase) => parse(bytes, passphrase).key,
    };
  }
  const parsed = parse(bytes);
  return parsed.key === undefined ? unusable(`${file}: ${parsed.why}`) : { kind: 'open', key: parsed.key };
}

/** The key of a public key file; certificates are none. */
function publicKeyIn(bytes: Buffer): Buffer | undefined {
  const [type = '', encoded = ''] = bytes.subarray(0, 20_000).toString('latin1').trim().split(/\s+/);
  const blob = Buffer.from(encoded, 'base64');
  return type !== '' && !type.includes('-cert-v01@') && keyTypeOf(blob) === type ? blob : undefined;
}

function unusable(why: string): Identity {
  return { kind: 'unusable', why };
}

interface Form {
  readonly encrypted: boolean;
  readonly cipher: string;
  readonly keyType: string;
  readonly publicKey: Buffer;
}

/** The clear-text head of OpenSSH's own format (PROTOCOL.key). */
function openSshForm(text: string): Form {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1] ?? '';
  const bytes = Buffer.from(body, 'base64');
  let at = 'openssh-key-v1\0'.length;
  const next = (): Buffer => {
    if (at + 4 > bytes.length) return Buffer.alloc(0);
    const length = bytes.readUInt32BE(at);
    const value = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return value;
  };
  const cipher = next().toString('latin1');
  next();
  next();
  at += 4;
  const blob = next();
  const keyType = blob.length > 4 ? blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1') : '';
  return { encrypted: cipher !== 'none' && cipher !== '', cipher, keyType, publicKey: blob };
}

function pemForm(text: string): Form {
  const encrypted = /^Proc-Type: 4,ENCRYPTED/m.test(text) || /^Encryption: (?!none)/m.test(text);
  return { encrypted, cipher: '', keyType: '', publicKey: Buffer.alloc(0) };
}

function parse(bytes: Buffer, passphrase?: string): { readonly key?: ParsedKey; readonly why: string } {
  const parsed: ParsedKey | readonly ParsedKey[] | Error = ssh2.utils.parseKey(bytes, passphrase);
  if (parsed instanceof Error) return { why: `cannot be used as a private key: ${parsed.message}.` };
  const key = isList(parsed) ? parsed[0] : parsed;
  if (key === undefined || !key.isPrivateKey()) return { why: 'holds no private key.' };
  if (key.type === 'ssh-dss') return { why: 'is a DSA key, which is no longer accepted.' };
  return { key, why: '' };
}

function isList(parsed: ParsedKey | readonly ParsedKey[]): parsed is readonly ParsedKey[] {
  return Array.isArray(parsed);
}

function rewrite(file: string): string {
  return `Rewrite it with: ssh-keygen -p -f ${file}`;
}
