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

/** `user@host`, with the port when it is not 22. */
export function addressText(address: Address): string {
  if (address.kind === 'rehearsal') return t('address.rehearsal');
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return address.port === 22 ? `${address.user}@${host}` : `${address.user}@${host}:${String(address.port)}`;
}

/** Reads `user@host`, `user@host:port`, `user@[v6]:port`. Null when it is none of them. */
export function parseAddress(text: string): Address | null {
  const match =
    /^(?<user>[A-Za-z0-9._@\\$-]+)@(?:\[(?<v6>[0-9A-Fa-f:.%a-z]+)\]|(?<host>[A-Za-z0-9._-]+))(?::(?<port>\d{1,5}))?$/.exec(
      text.trim(),
    );
  const groups = match?.groups;
  const host = groups?.['v6'] ?? groups?.['host'];
  const user = groups?.['user'];
  if (host === undefined || user === undefined) return null;
  const port = Number(groups?.['port'] ?? '22');
  return port < 1 || port > 65_535 ? null : { kind: 'ssh', host, port, user };
}

const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** Makes control and direction characters visible (`<U+202E>`), so that what is read is what is there. */
export function visible(text: string): string {
  return text.replace(
    hidden,
    (c) => `<U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}
