/**
 * allowed_signers, OpenSSH's list of who may sign what (ssh-keygen(1), ALLOWED SIGNERS). It comes from the security
 * team and never from a bundle. Stricter than ssh-keygen: a key counts only for exact principals and named roles.
 */
import { err, fail, ok, type Result } from '../../contract/result.ts';
import { equalBytes, fromBase64, latin1, toBase64 } from './bytes.ts';
import type { Digests } from './crypto.ts';
import { fingerprintOf } from './keys.ts';

export interface AllowedSigner {
  /** Counts from 1. */
  readonly line: number;
  readonly principals: readonly string[];
  readonly keyType: string;
  readonly blob: Uint8Array;
  /** Absent when the line names none: the key could then sign in any role. */
  readonly namespaces?: readonly string[];
  readonly validAfter?: Date;
  readonly validBefore?: Date;
  readonly certAuthority: boolean;
}

/** Reads the whole file; the first line that cannot be read fails it, because a line skipped is trust changed. */
export function parseAllowedSigners(text: string): Result<readonly AllowedSigner[]> {
  const signers: AllowedSigner[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '').trim();
    if (line === '' || line.startsWith('#')) continue;
    const parsed = parseLine(line, index + 1);
    if (!parsed.ok) {
      return fail('bad-request', `allowed_signers line ${String(index + 1)}: ${parsed.error}`, {
        hint: 'Each line is: principal namespaces="…" keytype key',
      });
    }
    signers.push(parsed.value);
  }
  return ok(signers);
}

type LineResult<T> = Result<T, string>;
const KEY_TYPE = /^(?:ssh-|ecdsa-|sk-|rsa-|webauthn-)[A-Za-z0-9@.-]+$/;

function parseLine(line: string, number: number): LineResult<AllowedSigner> {
  const words = splitWords(line);
  if (!words.ok) return words;
  const [principals, ...rest] = words.value;
  const options = rest[0] !== undefined && !KEY_TYPE.test(rest[0]) ? rest.shift() : undefined;
  const [keyType, key] = rest;
  if (principals === undefined || keyType === undefined || key === undefined)
    return err('it is not complete');
  if (!KEY_TYPE.test(keyType)) return err(`${keyType} is not a key type`);
  const blob = fromBase64(key);
  if (blob === null || blob.length < 8) return err('the key is not base64');
  const embedded = typeOf(blob);
  if (embedded !== keyType) return err(`the key is of type ${embedded}, not ${keyType}`);
  const settings = parseOptions(options ?? '');
  if (!settings.ok) return settings;
  const names = unquote(principals).split(',');
  if (names.some((name) => name === '')) return err('a principal is empty');
  return ok({ line: number, principals: names, keyType, blob, ...settings.value });
}

/** Type of the key by its blob (RFC 4253 section 6.6); what stands there may be anything. */
function typeOf(blob: Uint8Array): string {
  const [a = 0, b = 0, c = 0, d = 0] = blob;
  return latin1(blob.subarray(4, 4 + (((a << 24) | (b << 16) | (c << 8) | d) >>> 0)));
}

/** Splits at blanks outside double quotes. */
function splitWords(line: string): LineResult<string[]> {
  const words = line.match(/(?:"(?:[^"\\]|\\.)*"|[^\s"])+/g) ?? [];
  const quotes = line.replace(/\\./g, '').split('"').length - 1;
  return quotes % 2 === 0 ? ok([...words]) : err('a quote is not closed');
}

function unquote(text: string): string {
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}

type Options = Pick<AllowedSigner, 'namespaces' | 'validAfter' | 'validBefore' | 'certAuthority'>;

/** One option, and the comma or the end behind it. Values stand in double quotes, as ssh-keygen demands. */
const OPTION = /([A-Za-z-]+)(?:="((?:[^"\\]|\\.)*)")?(,(?=.)|$)/y;

/** What ssh-keygen refuses is refused: a value without quotes, anything given twice, an end that is not after its beginning. */
function parseOptions(text: string): LineResult<Options> {
  let options: Options = { certAuthority: false };
  const given = new Set<string>();
  const option = new RegExp(OPTION);
  while (option.lastIndex < text.length) {
    const rest = text.slice(option.lastIndex);
    const [, word, quoted] = option.exec(text) ?? [];
    if (word === undefined) return err(`the options cannot be read from ${rest} on`);
    const name = word.toLowerCase();
    if (given.has(name)) return err(`${name} is given twice`);
    given.add(name);
    const parsed = parseOption(name, quoted?.replace(/\\(.)/g, '$1'));
    if (!parsed.ok) return parsed;
    options = { ...options, ...parsed.value };
  }
  const { validAfter, validBefore } = options;
  return validAfter !== undefined && validBefore !== undefined && validBefore <= validAfter
    ? err('valid-before is not after valid-after')
    : ok(options);
}

function parseOption(name: string, value: string | undefined): LineResult<Partial<Options>> {
  switch (name) {
    case 'cert-authority':
      return value === undefined ? ok({ certAuthority: true }) : err(`${name} takes no value`);
    case 'namespaces':
      return value === undefined ? err(`${name} needs a value`) : ok({ namespaces: value.split(',') });
    case 'valid-after':
    case 'valid-before': {
      const at = parseTime(value ?? '');
      if (at === null) return err(`${name} is not a time: ${value ?? ''}`);
      return ok(name === 'valid-after' ? { validAfter: at } : { validBefore: at });
    }
    default:
      return err(`the option ${name} is not known`);
  }
}

/** `YYYYMMDD[HHMM[SS]][Z]`; without `Z` in the time zone of this machine, as ssh-keygen reads it. */
function parseTime(text: string): Date | null {
  const match = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(Z?)$/.exec(text);
  if (match === null) return null;
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = match.slice(1, 7).map((part) => Number(part || '0'));
  const at = match[7] === 'Z' ? new Date(Date.UTC(y, mo - 1, d, h, mi, s)) : new Date(y, mo - 1, d, h, mi, s);
  const day = match[7] === 'Z' ? at.getUTCDate() : at.getDate();
  return day === d && mo >= 1 && mo <= 12 && h < 24 && mi < 60 && s < 61 ? at : null;
}

/** Names under which a key may sign, and why its other lines do not count. */
export interface Standing {
  readonly principals: readonly string[];
  readonly refusals: readonly string[];
}

/** What the list says of a key for a namespace at a time. No principal and no refusal: the key is not listed. */
export function standingOf(
  signers: readonly AllowedSigner[],
  blob: Uint8Array,
  namespace: string,
  at: Date,
): Standing {
  const principals: string[] = [];
  const refusals: string[] = [];
  for (const signer of signers.filter((candidate) => equalBytes(candidate.blob, blob))) {
    const refuse = (why: string) => refusals.push(`line ${String(signer.line)} ${why}`);
    if (signer.certAuthority) refuse('is a certificate authority, which is not supported');
    else if (signer.principals.some((name) => /[*?!]/.test(name)))
      refuse('has a wildcard principal: anybody could be meant');
    else if (signer.namespaces === undefined)
      refuse(`has no namespaces="${namespace}": the key could sign in any role`);
    else if (!signer.namespaces.includes(namespace)) refuse(`is not for ${namespace}`);
    else if (signer.validAfter !== undefined && at < signer.validAfter) refuse('is not valid yet');
    else if (signer.validBefore !== undefined && at > signer.validBefore) refuse('is no longer valid');
    else principals.push(...signer.principals);
  }
  return { principals, refusals };
}

/** One line for allowed_signers. */
export function allowedSignersLine(
  principal: string,
  namespaces: readonly string[],
  key: { readonly keyType: string; readonly publicKeyBlob: Uint8Array },
): string {
  const blob = toBase64(key.publicKeyBlob);
  return `${principal} namespaces="${namespaces.join(',')}" ${key.keyType} ${blob}`;
}

/** Fingerprints of revoked keys: public keys, one a line, as `ssh-keygen -r` takes them. Binary KRLs are refused. */
export function parseRevoked(digests: Digests, text: string): Result<ReadonlySet<string>> {
  if (text.startsWith('SSHKRL')) {
    return fail('unsupported', 'the revocation list is a binary KRL', {
      hint: 'Give a file of revoked public keys, one a line; check the KRL with ssh-keygen -Q.',
    });
  }
  const revoked = new Set<string>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [type = '', key = ''] = line.split(/\s+/);
    const blob = fromBase64(key);
    if (!KEY_TYPE.test(type) || blob === null || typeOf(blob) !== type) {
      return fail('bad-request', `revoked keys line ${String(index + 1)} is not a public key`);
    }
    revoked.add(fingerprintOf(digests, blob));
  }
  return ok(revoked);
}
