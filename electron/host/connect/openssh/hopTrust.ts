/**
 * Decides about the key one hop shows. ssh itself compares it with known_hosts, authorities and revocations; what is
 * pinned, vouched for or asked about is decided here, by fingerprint. Must never accept a changed key, and never write
 * one before the host has proven to hold it.
 */
import { readFile } from 'node:fs/promises';
import { fail, ok } from '../../../contract/result.ts';
import type { ChangedHostKey, Failure, Result } from '../../../contract/result.ts';
import type { PromptAnswer, PromptQuestion } from '../../../contract/prompts.ts';
import { declinedFailure, notVouchedFailure, pinFailure, stopFailure } from '../connectFailures.ts';
import type { Hop, HostKeyPin } from '../connection.ts';
import { fingerprintOf, keysOnRecord, knownHostsName, parseKnownHosts } from '../trust/knownHosts.ts';
import type { KeyName, KnownHostsEntry, KnownHostsFile } from '../trust/knownHosts.ts';
import { addKnownHost } from '../trust/knownHostsFile.ts';
import { randomart } from '../trust/randomart.ts';
import { replaceKnownHost } from '../trust/replaceKnownHost.ts';
import type { LogFacts } from './debugLog.ts';

/** How long the log may lag behind a question that it belongs to. */
const logLagMs = 1000;

export interface HopTrustOptions {
  readonly hop: Hop;
  readonly address: string;
  /** The hop's known_hosts files, as read. */
  readonly files: readonly KnownHostsFile[];
  /** Facts of the key exchange so far; resolves once the host key is among them, or after so many ms. */
  readonly factsWithKey: (waitMs: number) => Promise<LogFacts>;
  readonly onUnvouchedKey?: (keyType: string) => void;
}

export class HopTrust {
  /** Name the host has in known_hosts. */
  readonly name: string;
  readonly #options: HopTrustOptions;
  #pin: HostKeyPin | undefined;
  #write: 'not' | 'add' | 'replace' = 'not';

  constructor(options: HopTrustOptions) {
    this.#options = options;
    const { host, port, hostKeyAlias } = options.hop;
    this.name = knownHostsName(host, port, hostKeyAlias);
  }

  /** Whether ssh may compare with known_hosts at all: not where only vouched-for fingerprints count. */
  get usesKnownHosts(): boolean {
    const { pins = [], replace } = this.#options.hop;
    return pins.length === 0 && replace === undefined;
  }

  /** Content of the private known_hosts file: revocations count whatever else is vouched for. */
  privateKnownHosts(): string {
    if (this.usesKnownHosts) return '';
    return this.#options.files
      .flatMap((file) => file.entries)
      .filter((entry) => entry.marker === 'revoked')
      .map((entry) => `@revoked ${entry.hosts} ${entry.keyType} ${entry.key.toString('base64')}\n`)
      .join('');
  }

  /** The key that ssh asks about, with the type name of the protocol, as its log has it. */
  async shownKey(promptType: string, fingerprint: string): Promise<KeyName> {
    const { hostKey } = await this.#options.factsWithKey(logLagMs);
    // A host certificate is logged under its own type, and the question is about the plain key in it.
    const type = hostKey === undefined ? promptType : hostKey.type.replace(/-cert-v01@openssh\.com$/, '');
    return { type, fingerprint };
  }

  judge(shown: KeyName): 'accept' | 'ask' | Failure {
    const { address, hop } = this.#options;
    const { pins = [], replace } = hop;
    if (pins.length > 0) {
      if (!pins.includes(shown.fingerprint)) {
        this.#options.onUnvouchedKey?.(shown.type);
        return pinFailure(address, shown, pins);
      }
      this.#pin = 'pinned';
      return 'accept';
    }
    const old = this.#onRecord();
    if (replace !== undefined) {
      if (replace.fingerprint !== shown.fingerprint) {
        this.#options.onUnvouchedKey?.(shown.type);
        return notVouchedFailure(address, shown, replace.fingerprint);
      }
      const same = old.some((entry) => fingerprintOf(entry.key) === shown.fingerprint);
      const others = old.some((entry) => fingerprintOf(entry.key) !== shown.fingerprint);
      this.#write = others ? 'replace' : same ? 'not' : 'add';
      this.#pin = 'accepted';
      return 'accept';
    }
    // ssh calls a key new when only other types are on record. Nobody may be asked as if the host were new.
    const [first] = old;
    return first === undefined ? 'ask' : this.#changed(shown, first);
  }

  question(shown: KeyName): PromptQuestion {
    return {
      kind: 'trust-host',
      keyType: shown.type,
      fingerprint: shown.fingerprint,
      randomart: randomart(shown),
      file: this.#options.hop.knownHosts[0] ?? '',
    };
  }

  /** A failure: the person did not confirm. */
  answered(shown: KeyName, answer: PromptAnswer): Failure | undefined {
    if (answer.kind !== 'trust')
      return declinedFailure(this.#options.address, shown, answer.kind === 'cancel');
    this.#pin = 'accepted';
    this.#write = answer.remember ? 'add' : 'not';
    return undefined;
  }

  /** ssh has refused the key by itself; undefined when its words are not about that. */
  refusal(said: readonly string[], shown: KeyName | undefined): Failure | undefined {
    const { address } = this.#options;
    const text = said.join('\n');
    const key = shown ?? { type: 'unknown', fingerprint: /SHA256:[A-Za-z0-9+/]{43}/.exec(text)?.[0] ?? '' };
    if (/WARNING: REVOKED HOST KEY DETECTED|is marked as revoked|host key .* revoked/i.test(text)) {
      const at = this.#revokedEntry(key.fingerprint);
      return stopFailure(address, key, { kind: 'revoked', ...at }, this.#changedKey(key));
    }
    if (/REMOTE HOST IDENTIFICATION HAS CHANGED|has changed and you have requested strict/.test(text)) {
      const offending = /^Offending \S+ key in (.+):(\d+)$/m.exec(text);
      const line = Number(offending?.[2] ?? 0);
      const old = this.#onRecord();
      const entry = old.find((one) => one.file === offending?.[1] && one.line === line) ?? old[0];
      return this.#changed(
        key,
        entry ?? { keyType: 'unknown', key: Buffer.alloc(0), file: offending?.[1] ?? '', line },
      );
    }
    const certificate = /Certificate invalid: (.+)$/m.exec(text)?.[1];
    if (certificate !== undefined) {
      return fail('trust', `The host certificate of ${address} is not valid: ${certificate.slice(0, 120)}.`, {
        hint: 'Ask its owner for a new host certificate, and check the clock of this computer.',
      }).error;
    }
    return undefined;
  }

  /** How the key came to be trusted, once the host has proven to hold it. */
  pin(facts: LogFacts): HostKeyPin {
    if (this.#pin !== undefined) return this.#pin;
    return facts.known === 'certificate' ? 'ca' : 'known';
  }

  /** Writes an accepted key where a person wanted it: only once the host has proven to hold it. */
  async save(privateFile: string): Promise<Result<undefined>> {
    const { hop } = this.#options;
    const { host, port, hostKeyAlias } = hop;
    const [first] = hop.knownHosts;
    if (this.#write === 'not' || first === undefined) return ok(undefined);
    // ssh has put the accepted key at the end of its first known_hosts file.
    const added = parseKnownHosts(await readFile(privateFile, 'utf8').catch(() => ''), privateFile);
    const key = added.entries.filter((entry) => entry.marker === 'none').at(-1)?.key;
    if (key === undefined) {
      return fail(
        'storage',
        `The accepted host key of ${this.#options.address} could not be read back from ssh.`,
        {
          kept: 'known_hosts is as it was.',
          hint: 'Connect again, or accept the key for this connection only.',
        },
      );
    }
    if (this.#write === 'add') return addKnownHost(first, host, port, key, hostKeyAlias);
    const file = this.#onRecord()[0]?.file ?? first;
    const replaced = await replaceKnownHost(file, host, port, key, hostKeyAlias);
    // A file that is not this person's to write: their own one, read before it, settles it too.
    if (replaced.ok || file === first) return replaced;
    return addKnownHost(first, host, port, key, hostKeyAlias);
  }

  #onRecord(): readonly KnownHostsEntry[] {
    return keysOnRecord(this.#options.files, this.name);
  }

  #changed(shown: KeyName, old: Pick<KnownHostsEntry, 'keyType' | 'key' | 'file' | 'line'>): Failure {
    const { file, line } = old;
    const name = { type: old.keyType, fingerprint: fingerprintOf(old.key) };
    const sameType = old.keyType === shown.type;
    return stopFailure(
      this.#options.address,
      shown,
      { kind: 'changed', file, line, old: name, sameType },
      this.#changedKey(shown),
    );
  }

  #changedKey(shown: KeyName): ChangedHostKey {
    return {
      address: this.#options.address,
      name: this.name,
      old: this.#onRecord()
        .map(({ keyType, key, file, line }) => ({
          type: keyType,
          fingerprint: fingerprintOf(key),
          file,
          line,
        }))
        .filter((one) => one.fingerprint !== shown.fingerprint)
        .slice(0, 20),
      shown: { ...shown, randomart: randomart(shown) },
    };
  }

  #revokedEntry(fingerprint: string): { file: string; line: number } {
    for (const file of this.#options.files) {
      const entry = file.entries.find(
        (one) => one.marker === 'revoked' && fingerprintOf(one.key) === fingerprint,
      );
      if (entry !== undefined) return { file: entry.file, line: entry.line };
    }
    return { file: 'known_hosts', line: 0 };
  }
}
