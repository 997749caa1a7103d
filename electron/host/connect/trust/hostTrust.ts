/**
 * Decides about the key a host shows: from known_hosts, or by asking a person. Must never accept a changed or revoked
 * key, and never write a key before the host has proven that it holds it.
 */
import { ok } from '../../../contract/result.ts';
import type { Failure, Result } from '../../../contract/result.ts';
import { certificateFailure, declinedFailure, stopFailure } from '../connectFailures.ts';
import type { ConnectOptions } from '../connection.ts';
import { fingerprintOf, judgeHostKey, keyTypeOf } from './knownHosts.ts';
import type { KeyName, KnownHostsFile } from './knownHosts.ts';
import { addKnownHost } from './knownHostsFile.ts';
import { cleanLine } from '../serverText.ts';

export interface AcceptedKey extends KeyName {
  readonly key: Buffer;
  readonly pin: 'known' | 'accepted';
  readonly remember: boolean;
}

export class HostTrust {
  readonly #options: ConnectOptions;
  readonly #address: string;
  readonly #files: readonly KnownHostsFile[];
  accepted: AcceptedKey | undefined;

  constructor(options: ConnectOptions, address: string, files: readonly KnownHostsFile[]) {
    this.#options = options;
    this.#address = address;
    this.#files = files;
  }

  /** Undefined: accepted. A failure: stop. `ask`: a person has to decide. */
  judge(shown: Uint8Array): Failure | 'ask' | undefined {
    const { host, port } = this.#options;
    const key = Buffer.from(shown);
    const name = nameOf(key);
    if (this.accepted !== undefined) {
      if (this.accepted.key.equals(key)) return undefined;
      return declinedFailure(this.#address, name, false);
    }
    const verdict = judgeHostKey(this.#files, host, port, key);
    switch (verdict.kind) {
      case 'known':
        this.accepted = { ...name, key, pin: 'known', remember: false };
        return undefined;
      case 'changed':
      case 'revoked':
        return stopFailure(this.#address, host, port, name, verdict);
      case 'unknown':
        if (verdict.certAuthority === undefined) return 'ask';
        return certificateFailure(this.#address, name, verdict.certAuthority);
    }
  }

  /** Asks a person about a key that nothing is known of. Undefined: accepted. */
  async askPerson(key: Buffer): Promise<Failure | undefined> {
    const name = nameOf(key);
    const answer = await this.#options.ask(this.#address, {
      kind: 'trust-host',
      keyType: name.type,
      fingerprint: name.fingerprint,
      file: this.#options.knownHosts[0] ?? '',
    });
    if (answer.kind !== 'trust') return declinedFailure(this.#address, name, answer.kind === 'cancel');
    this.accepted = { ...name, key, pin: 'accepted', remember: answer.remember };
    return undefined;
  }

  /** Writes an accepted key to the first known_hosts file, if the person wanted that. */
  async save(): Promise<Result<undefined>> {
    const file = this.#options.knownHosts[0];
    if (this.accepted?.remember !== true || file === undefined) return ok(undefined);
    return addKnownHost(file, this.#options.host, this.#options.port, this.accepted.key);
  }
}

function nameOf(key: Buffer): KeyName {
  return { type: cleanLine(keyTypeOf(key), 64), fingerprint: fingerprintOf(key) };
}
