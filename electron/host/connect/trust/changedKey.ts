/** What is told of a host that shows another key than the one on record, for a person to compare. Decides nothing. */
import type { ChangedHostKey } from '../../../contract/result.ts';
import { cleanLine } from '../serverText.ts';
import { fingerprintOf, keysOnRecord, keyTypeOf, knownHostsName, rsaBitsOf } from './knownHosts.ts';
import type { KeyName, KnownHostsFile } from './knownHosts.ts';
import { randomart } from './randomart.ts';

export interface ShownKey {
  /** user@host:port of the hop. */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly hostKeyAlias?: string;
  /** The public key blob that the host shows. */
  readonly key: Uint8Array;
}

/** All keys on record for the host, with their places, and the one that it shows. */
export function changedHostKey(files: readonly KnownHostsFile[], shown: ShownKey): ChangedHostKey {
  const name = knownHostsName(shown.host, shown.port, shown.hostKeyAlias);
  return {
    address: shown.address,
    name,
    old: keysOnRecord(files, name)
      .filter((entry) => !entry.key.equals(shown.key))
      .slice(0, 20)
      .map(({ keyType, key, file, line }) => ({
        type: keyType,
        fingerprint: fingerprintOf(key),
        file,
        line,
      })),
    shown: { ...nameOfKey(shown.key), randomart: randomartOf(shown.key) },
  };
}

/** Type (cleaned: it comes from the host) and fingerprint of a public key blob. */
export function nameOfKey(key: Uint8Array): KeyName {
  return { type: cleanLine(keyTypeOf(key), 64), fingerprint: fingerprintOf(key) };
}

/** The picture of a public key blob, with its size in the frame. */
export function randomartOf(key: Uint8Array): string {
  const bits = rsaBitsOf(key);
  return randomart({ ...nameOfKey(key), ...(bits === undefined ? {} : { bits }) });
}
