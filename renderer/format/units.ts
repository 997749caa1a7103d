/** Sizes, digests and addresses as text. */
import type { Address } from '../../electron/contract/plan.ts';
import { t } from '../i18n/t.ts';

/** `129 bytes`, `1.2 kB`, `3.4 MB` (powers of 1000). */
export function size(bytes: number): string {
  if (bytes < 1000) return t('size.b', { n: bytes });
  if (bytes < 1_000_000) return t('size.kb', { n: (bytes / 1000).toFixed(1) });
  return t('size.mb', { n: (bytes / 1_000_000).toFixed(1) });
}

/** Head and tail of a long digest, for places where it is recognised and not compared. */
export function shortDigest(digest: string): string {
  const prefix = digest.startsWith('SHA256:') ? 'SHA256:' : '';
  const rest = digest.slice(prefix.length);
  return rest.length <= 12 ? digest : `${prefix}${rest.slice(0, 4)}…${rest.slice(-4)}`;
}

/** `user@host`, with the port when it is not 22; IPv6 addresses in brackets. */
export function placeText(place: {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}): string {
  const host = place.host.includes(':') ? `[${place.host}]` : place.host;
  return place.port === 22 ? `${place.user}@${host}` : `${place.user}@${host}:${String(place.port)}`;
}

/** An address in words or as `user@host:port`. */
export function addressText(address: Address): string {
  switch (address.kind) {
    case 'rehearsal':
      return t('address.rehearsal');
    case 'local':
      return t('address.local');
    case 'ssh':
      return placeText(address);
  }
}

/** The parts of an address as typed; what is absent comes from the OpenSSH configuration. */
export interface TypedAddress {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

const addressShape =
  /^(?:(?<user>[A-Za-z0-9._@\\$][A-Za-z0-9._@\\$-]*)@)?(?:\[(?<v6>[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?)\]|(?<host>[A-Za-z0-9._][A-Za-z0-9._-]*))(?::(?<port>\d{1,5}))?$/;

/** Reads `[user@]host[:port]`, where host is a name, an alias or `[v6]`. Null when it is none of them. */
export function parseTyped(text: string): TypedAddress | null {
  const groups = addressShape.exec(text.trim())?.groups;
  const host = groups?.['v6'] ?? groups?.['host'];
  if (host === undefined || host.length > 253) return null;
  const user = groups?.['user'];
  const port = groups?.['port'] === undefined ? undefined : Number(groups['port']);
  if (port !== undefined && (port < 1 || port > 65_535)) return null;
  if (user !== undefined && user.length > 64) return null;
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) };
}

const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** Makes control and direction characters visible (`<U+202E>`), so that what is read is what is there. */
export function visible(text: string): string {
  return text.replace(
    hidden,
    (c) => `<U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}

/** A fingerprint cut for reading aloud: its prefix, then groups of four characters. Joined, they are the fingerprint. */
export function fingerprintGroups(fingerprint: string): readonly string[] {
  const at = fingerprint.indexOf(':') + 1;
  const rest = fingerprint.slice(at).match(/.{1,4}/gsu) ?? [];
  return at === 0 ? rest : [fingerprint.slice(0, at), ...rest];
}

/** Text of a host, for a box of its own: at most `limit` characters, every control and direction character visible. */
export function bounded(text: string, limit: number): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return visible(cut.replace(/\r\n/g, '\n'));
}
