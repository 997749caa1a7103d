/**
 * Reads known_hosts text and says what it knows about a host's key, as sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT" rules.
 * Pure: touches no file. Must never call a key known unless an entry for that very host holds that very key.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { matchesPattern } from '../patterns.ts';

export interface KnownHostsPlace {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

export interface KnownHostsEntry extends KnownHostsPlace {
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  readonly hosts: string;
  readonly keyType: string;
  readonly key: Buffer;
}

export interface KnownHostsFile {
  readonly entries: readonly KnownHostsEntry[];
  /** Lines that are neither comment nor entry. They are passed over. */
  readonly bad: readonly (KnownHostsPlace & { readonly why: string })[];
}

export interface KeyName {
  readonly type: string;
  /** `SHA256:` and unpadded base64, as `ssh-keygen -lf` prints it. */
  readonly fingerprint: string;
}

export type HostKeyVerdict =
  | ({ readonly kind: 'known' } & KnownHostsPlace)
  /** Nothing is known. `certAuthority`: an entry trusts whoever a certificate authority vouches for. */
  | { readonly kind: 'unknown'; readonly certAuthority?: KnownHostsPlace }
  /** Another key is on file: of the same type, or (`sameType` false) only of other types. */
  | ({ readonly kind: 'changed'; readonly old: KeyName; readonly sameType: boolean } & KnownHostsPlace)
  | ({ readonly kind: 'revoked' } & KnownHostsPlace);

/** Splits known_hosts text into entries. `file` is only carried along for messages. */
export function parseKnownHosts(text: string, file: string): KnownHostsFile {
  const entries: KnownHostsEntry[] = [];
  const bad: (KnownHostsPlace & { why: string })[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const content = raw.replace(/\r$/, '').trim();
    if (content === '' || content.startsWith('#')) continue;
    const place = { file, line: index + 1 };
    const parsed = parseLine(content, place);
    if (typeof parsed === 'string') bad.push({ ...place, why: parsed });
    else entries.push(parsed);
  }
  return { entries, bad };
}

function parseLine(content: string, place: KnownHostsPlace): KnownHostsEntry | string {
  const fields = content.split(/[ \t]+/);
  let marker: KnownHostsEntry['marker'] = 'none';
  if (content.startsWith('@')) {
    const word = fields.shift();
    if (word === '@revoked') marker = 'revoked';
    else if (word === '@cert-authority') marker = 'cert-authority';
    else return 'unknown marker';
  }
  const [hosts, keyType, encoded] = fields;
  if (hosts === undefined || keyType === undefined || encoded === undefined) return 'too few fields';
  const key = Buffer.from(encoded, 'base64');
  if (keyTypeOf(key) !== keyType) return 'the key does not decode to the type it names';
  return { ...place, marker, hosts, keyType, key };
}

/** The type that an SSH public key blob names (RFC 4253 section 6.6), or an empty string for anything else. */
export function keyTypeOf(key: Uint8Array): string {
  if (key.byteLength < 5) return '';
  const length = new DataView(key.buffer, key.byteOffset).getUint32(0);
  if (length === 0 || length > 64 || 4 + length >= key.byteLength) return '';
  return Buffer.from(key.subarray(4, 4 + length)).toString('latin1');
}

/** `SHA256:` and unpadded base64 of a public key blob. */
export function fingerprintOf(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The size in bits that `ssh-keygen -l` gives an RSA key; undefined for types whose size follows from their name. */
export function rsaBitsOf(key: Uint8Array): number | undefined {
  if (keyTypeOf(key) !== 'ssh-rsa') return undefined;
  const bytes = Buffer.from(key);
  // ssh-rsa, exponent, modulus: each with its length before it (RFC 4253 section 6.6).
  const exponentAt = 4 + bytes.readUInt32BE(0);
  if (exponentAt + 4 > bytes.length) return undefined;
  const modulusAt = exponentAt + 4 + bytes.readUInt32BE(exponentAt);
  if (modulusAt + 4 > bytes.length) return undefined;
  const modulus = bytes.subarray(modulusAt + 4, modulusAt + 4 + bytes.readUInt32BE(modulusAt));
  const first = modulus.findIndex((byte) => byte !== 0);
  if (first < 0) return undefined;
  return (modulus.length - first) * 8 - Math.clz32(modulus[first] ?? 0) + 24;
}

/** The name a host has in known_hosts: `[host]:port` for any port but 22; its alias (HostKeyAlias) as it is. */
export function knownHostsName(host: string, port: number, alias?: string): string {
  if (alias !== undefined) return alias.toLowerCase();
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${String(port)}`;
}

/** The plain name that a key may stand under when a host on a port of its own is not listed at all. */
function plainName(host: string, port: number, alias?: string): string | undefined {
  return alias !== undefined || port === 22 ? undefined : knownHostsName(host, 22);
}

/**
 * What the files say about `key` for this host. As OpenSSH does, a key that is not listed for `[host]:port` at all
 * but is listed for `host` counts as known; a revoked key is revoked under either name.
 */
export function judgeHostKey(
  files: readonly KnownHostsFile[],
  host: string,
  port: number,
  key: Uint8Array,
  alias?: string,
): HostKeyVerdict {
  const here = entriesFor(files, knownHostsName(host, port, alias));
  const other = plainName(host, port, alias);
  const plain = other === undefined ? [] : entriesFor(files, other);
  const revoked = [...here, ...plain].find((entry) => entry.marker === 'revoked' && entry.key.equals(key));
  if (revoked !== undefined) return { kind: 'revoked', ...placeOf(revoked) };
  const plainKeys = (entries: readonly KnownHostsEntry[]) =>
    entries.filter((entry) => entry.marker === 'none');
  const listed = plainKeys(here);
  const match = [...listed, ...(listed.length === 0 ? plainKeys(plain) : [])].find((entry) =>
    entry.key.equals(key),
  );
  if (match !== undefined) return { kind: 'known', ...placeOf(match) };
  const type = keyTypeOf(key);
  const on = listed.find((entry) => entry.keyType === type) ?? listed[0];
  if (on !== undefined) {
    const old = { type: on.keyType, fingerprint: fingerprintOf(on.key) };
    return { kind: 'changed', ...placeOf(on), old, sameType: on.keyType === type };
  }
  const authority = here.find((entry) => entry.marker === 'cert-authority');
  return authority === undefined
    ? { kind: 'unknown' }
    : { kind: 'unknown', certAuthority: placeOf(authority) };
}

/** Key types on file for the host, to be asked for first. Revoked keys and certificate authorities do not count. */
export function knownKeyTypes(
  files: readonly KnownHostsFile[],
  host: string,
  port: number,
  alias?: string,
): string[] {
  const types = (name: string) => keysOnRecord(files, name).map((entry) => entry.keyType);
  const here = types(knownHostsName(host, port, alias));
  const plain = plainName(host, port, alias);
  return [...new Set(here.length > 0 || plain === undefined ? here : types(plain))];
}

/** Plain keys (neither revoked nor authorities) that stand under a name of known_hosts, in the order of the files. */
export function keysOnRecord(files: readonly KnownHostsFile[], name: string): KnownHostsEntry[] {
  return entriesFor(files, name).filter((entry) => entry.marker === 'none');
}

/** True when the file hides its host names, so that a new entry should be hidden too. */
export function isHashed(file: KnownHostsFile): boolean {
  return file.entries.some((entry) => entry.hosts.startsWith('|1|'));
}

/** The line (without line end) for a key; `hashed` hides the host name as `ssh-keygen -H` does. */
export function knownHostsLine(
  host: string,
  port: number,
  key: Uint8Array,
  hashed: boolean,
  alias?: string,
): string {
  const name = knownHostsName(host, port, alias);
  const salt = randomBytes(20);
  const hosts = hashed ? `|1|${salt.toString('base64')}|${hashName(salt, name).toString('base64')}` : name;
  return `${hosts} ${keyTypeOf(key)} ${Buffer.from(key).toString('base64')}`;
}

function entriesFor(files: readonly KnownHostsFile[], name: string): KnownHostsEntry[] {
  return files.flatMap((file) => file.entries.filter((entry) => namesHost(entry.hosts, name)));
}

function placeOf(entry: KnownHostsEntry): KnownHostsPlace {
  return { file: entry.file, line: entry.line };
}

/** Whether the first field of an entry names the host: patterns, negations and hashed names (sshd(8)). */
export function namesHost(hosts: string, name: string): boolean {
  if (hosts.startsWith('|1|')) return namesHashed(hosts, name);
  let named = false;
  for (const pattern of hosts.toLowerCase().split(',')) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(pattern.slice(1), name)) return false;
    } else if (matchesPattern(pattern, name)) named = true;
  }
  return named;
}

function namesHashed(hosts: string, name: string): boolean {
  const [, , salt = '', hash = ''] = hosts.split('|');
  const expected = Buffer.from(hash, 'base64');
  const actual = hashName(Buffer.from(salt, 'base64'), name);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function hashName(salt: Uint8Array, name: string): Buffer {
  return createHmac('sha1', salt).update(name).digest();
}
