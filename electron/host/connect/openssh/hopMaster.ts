/** What one hop's ssh is started with, and what it is once it is logged in. */
import type { Ask, Hop, HopFacts } from '../connection.ts';
import type { Passphrases } from '../passphrases.ts';
import type { KnownHostsFile } from '../trust/knownHosts.ts';
import type { MuxProxy } from './muxProxy.ts';

export interface MasterOptions {
  /** The ssh program, and its release: 9.2 is 902. */
  readonly ssh: string;
  readonly release: number;
  readonly hop: Hop;
  readonly address: string;
  /** From `hostArguments`. */
  readonly host: readonly string[];
  /** From `algorithmOptions`. */
  readonly algorithms: readonly string[];
  /** The hop that carries this one. */
  readonly previous?: Master;
  /** A command of the configuration that carries it, when there is no jump host. */
  readonly proxyCommand?: string;
  /** The hop's known_hosts files, as read. */
  readonly files: readonly KnownHostsFile[];
  /** Told when the hop shows a key of this type that is not vouched for: it may have another one. */
  readonly onUnvouchedKey?: (keyType: string) => void;
  readonly ask: Ask;
  readonly passphrases: Passphrases;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** A hop that is logged in. */
export interface Master {
  readonly hop: Hop;
  readonly address: string;
  readonly control: string;
  readonly facts: HopFacts;
  readonly proxy: MuxProxy;
  /** What ssh has said last that is not debugging. */
  readonly said: () => readonly string[];
  /** Resolves when ssh has ended and its folder is gone. */
  readonly ended: Promise<unknown>;
  end(): Promise<void>;
}
