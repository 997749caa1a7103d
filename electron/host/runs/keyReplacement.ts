/**
 * A host key on record gives way to the one a host shows, by the word of two people: which hop is meant, and whether it
 * has happened. It never judges a key by itself.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { RecordBody } from '../../contract/records.ts';
import { type ChangedHostKey, fail, ok, type Result } from '../../contract/result.ts';
import type { ConnectOptions, Hop } from '../connect/connection.ts';
import { hopAddress } from './address.ts';

export interface KeyReplacement {
  /** The key on record and the one that was shown, and by which hop. */
  readonly changed: ChangedHostKey;
  /** Goes into the journal when the host has proven to hold the key that was shown. */
  readonly record: RecordBody;
}

/** The options of an attempt in which the hop that showed another key may show it. */
export function withReplacement(options: ConnectOptions, by: KeyReplacement): Result<ConnectOptions> {
  const { address, shown } = by.changed;
  const replace = { fingerprint: shown.fingerprint };
  const jumps = options.jumps ?? [];
  const isMeant = (hop: Hop) => hopAddress(hop) === address;
  if (isMeant(options)) return ok({ ...options, replace });
  if (jumps.some(isMeant)) {
    return ok({ ...options, jumps: jumps.map((hop) => (isMeant(hop) ? { ...hop, replace } : hop)) });
  }
  return fail('refused', `${address} is not on the way to ${hopAddress(options)} any more.`, {
    hint: 'Connect again, then compare the key that is shown then.',
  });
}

/**
 * Whether the new key is on record now where an old one was. It is not when the host has shown a third one, or contact
 * was lost before it could prove that it has this one.
 */
export async function isReplaced({ changed }: KeyReplacement): Promise<boolean> {
  for (const old of changed.old) {
    const text = await readFile(old.file, 'utf8').catch(() => '');
    const held = text.split('\n').map(fingerprintIn);
    if (held[old.line - 1] !== old.fingerprint && held.includes(changed.shown.fingerprint)) return true;
  }
  return false;
}

/** Fingerprint of the key in a line of known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): the field after its type. */
function fingerprintIn(line: string): string | null {
  const fields = line.trim().split(/\s+/);
  const blob = fields[fields[0]?.startsWith('@') === true ? 3 : 2];
  if (blob === undefined || line.startsWith('#')) return null;
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}
