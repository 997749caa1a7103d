/**
 * What known_hosts text becomes when a host has a new key. Pure. Must leave every other host, comment and line as it
 * is: byte for byte, hashed names hidden, and hosts that share a line keep the key they had.
 */
import { isHashed, knownHostsLine, namesHost, parseKnownHosts, keyTypeOf } from './knownHosts.ts';
import type { KnownHostsEntry } from './knownHosts.ts';

/** The host as known_hosts names it (`knownHostsName`), and its new key. */
export interface NewKey {
  readonly name: string;
  readonly key: Uint8Array;
}

/**
 * Replaces all plain keys of the host by the new one, in the place of the first; at the end when there was none.
 * Revoked keys and certificate authorities stay. `text` is the file as latin1, so that no byte is changed by decoding.
 */
export function replacedText(text: string, { name, key }: NewKey): string {
  const parsed = parseKnownHosts(text, '');
  const old = new Map(
    parsed.entries
      .filter((entry) => entry.marker === 'none' && namesHost(entry.hosts, name))
      .map((entry) => [entry.line, entry]),
  );
  let placed = [...old.values()].some((entry) => entry.key.equals(key));
  const lines = text.split('\n').flatMap((line, index) => {
    const entry = old.get(index + 1);
    if (entry === undefined || entry.key.equals(key)) return [line];
    const others = withoutHost(entry.hosts, name);
    const kept = others === undefined ? [] : [withFields(line, others, entry)];
    if (placed) return kept;
    placed = true;
    const hosts = others === undefined ? entry.hosts : name;
    return [...kept, withFields(line, hosts, { keyType: keyTypeOf(key), key: Buffer.from(key) })];
  });
  const replaced = lines.join('\n');
  if (placed) return replaced;
  const lineBreak = replaced === '' || replaced.endsWith('\n') ? '' : '\n';
  return `${replaced}${lineBreak}${knownHostsLine(name, 22, key, isHashed(parsed))}\n`;
}

/** The hosts of an entry but one; undefined when none is left. */
function withoutHost(hosts: string, name: string): string | undefined {
  if (hosts.startsWith('|1|')) return undefined;
  const left = hosts.split(',').filter((pattern) => pattern.toLowerCase() !== name);
  if (!left.some((pattern) => !pattern.startsWith('!'))) return undefined;
  const rest = left.join(',');
  return namesHost(rest, name) ? `${rest},!${name}` : rest;
}

/** The line with other hosts and another key; its white space, comment and line end stay. */
function withFields(line: string, hosts: string, key: Pick<KnownHostsEntry, 'keyType' | 'key'>): string {
  return line.replace(
    /^(\s*)\S+(\s+)\S+(\s+)\S+/,
    (_all, indent: string, first: string, second: string) =>
      `${indent}${hosts}${first}${key.keyType}${second}${key.key.toString('base64')}`,
  );
}
