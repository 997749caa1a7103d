/**
 * Decides about the key a host shows: pinned by the inventory, from known_hosts, vouched for in place of the one on
 * record, or by asking a person. Must never accept a changed or revoked key by itself, and never write a key before the
 * host has proven that it holds it.
 */
import { ok } from '../../../contract/result.ts';
import type { Failure, Result } from '../../../contract/result.ts';
import type { PromptAnswer, PromptQuestion } from '../../../contract/prompts.ts';
import {
  certificateFailure,
  declinedFailure,
  notVouchedFailure,
  pinFailure,
  stopFailure,
} from '../connectFailures.ts';
import type { Hop } from '../connection.ts';
import { changedHostKey, nameOfKey, randomartOf } from './changedKey.ts';
import { judgeHostKey } from './knownHosts.ts';
import type { KeyName, KnownHostsFile } from './knownHosts.ts';
import { addKnownHost } from './knownHostsFile.ts';
import { replaceKnownHost } from './replaceKnownHost.ts';

export interface AcceptedKey extends KeyName {
  readonly key: Buffer;
  readonly pin: 'known' | 'accepted' | 'pinned';
  /** What is written once the host has proven to hold the key: a new line, or one where the old ones in `file` were. */
  readonly write: { readonly how: 'not' | 'add' } | { readonly how: 'replace'; readonly file: string };
}

export type TrustHop = Pick<Hop, 'host' | 'port' | 'hostKeyAlias' | 'knownHosts' | 'pins' | 'replace'>;

export interface TrustOptions {
  readonly hop: TrustHop;
  /** user@host:port of the hop. */
  readonly address: string;
  /** The hop's known_hosts files, as read. */
  readonly files: readonly KnownHostsFile[];
  readonly ask: (question: PromptQuestion) => Promise<PromptAnswer>;
}

/** One host's key on one connection. */
export class HostTrust {
  readonly #options: TrustOptions;
  accepted: AcceptedKey | undefined;

  constructor(options: TrustOptions) {
    this.#options = options;
  }

  /** Undefined: accepted. A failure: stop. `ask`: a person has to decide. */
  judge(shown: Uint8Array): Failure | 'ask' | undefined {
    const { address, files, hop } = this.#options;
    const key = Buffer.from(shown);
    const name = nameOfKey(key);
    if (this.accepted !== undefined) {
      if (this.accepted.key.equals(key)) return undefined;
      return declinedFailure(address, name, false);
    }
    const { host, port, hostKeyAlias, pins = [], replace } = hop;
    const verdict = judgeHostKey(files, host, port, key, hostKeyAlias);
    // Revocation is above everything else that is known of a key.
    if (verdict.kind === 'revoked') return stopFailure(address, name, verdict, this.#changed(key));
    if (pins.length > 0) {
      if (!pins.includes(name.fingerprint)) return pinFailure(address, name, pins);
      this.accepted = { ...name, key, pin: 'pinned', write: { how: 'not' } };
      return undefined;
    }
    if (replace !== undefined) {
      if (replace.fingerprint !== name.fingerprint)
        return notVouchedFailure(address, name, replace.fingerprint);
      const file = verdict.kind === 'changed' ? verdict.file : undefined;
      const write =
        file === undefined
          ? ({ how: verdict.kind === 'known' ? 'not' : 'add' } as const)
          : ({ how: 'replace', file } as const);
      this.accepted = { ...name, key, pin: 'accepted', write };
      return undefined;
    }
    switch (verdict.kind) {
      case 'known':
        this.accepted = { ...name, key, pin: 'known', write: { how: 'not' } };
        return undefined;
      case 'changed':
        return stopFailure(address, name, verdict, this.#changed(key));
      case 'unknown':
        if (verdict.certAuthority === undefined) return 'ask';
        return certificateFailure(address, name, verdict.certAuthority);
    }
  }

  /** Asks a person about a key that nothing is known of. Undefined: accepted. */
  async askPerson(key: Buffer): Promise<Failure | undefined> {
    const { address, hop, ask } = this.#options;
    const name = nameOfKey(key);
    const answer = await ask({
      kind: 'trust-host',
      keyType: name.type,
      fingerprint: name.fingerprint,
      randomart: randomartOf(key),
      file: hop.knownHosts[0] ?? '',
    });
    if (answer.kind !== 'trust') return declinedFailure(address, name, answer.kind === 'cancel');
    this.accepted = { ...name, key, pin: 'accepted', write: { how: answer.remember ? 'add' : 'not' } };
    return undefined;
  }

  /** Writes an accepted key where a person wanted it: call it once the host has proven to hold it. */
  async save(): Promise<Result<undefined>> {
    const { host, port, knownHosts, hostKeyAlias } = this.#options.hop;
    const [first] = knownHosts;
    if (this.accepted === undefined || first === undefined) return ok(undefined);
    const { key, write } = this.accepted;
    switch (write.how) {
      case 'not':
        return ok(undefined);
      case 'add':
        return addKnownHost(first, host, port, key, hostKeyAlias);
      case 'replace': {
        const replaced = await replaceKnownHost(write.file, host, port, key, hostKeyAlias);
        // A file that is not this person's to write: their own one, read before it, settles it too.
        if (replaced.ok || write.file === first) return replaced;
        return addKnownHost(first, host, port, key, hostKeyAlias);
      }
    }
  }

  #changed(key: Uint8Array): ReturnType<typeof changedHostKey> {
    const { address, files, hop } = this.#options;
    const alias = hop.hostKeyAlias === undefined ? {} : { hostKeyAlias: hop.hostKeyAlias };
    return changedHostKey(files, { address, host: hop.host, port: hop.port, ...alias, key });
  }
}
