/** How hosts can be reached from this desk: the way to one of them, and what the SSH clients can do. Types only. */
import type { Failure } from './result.ts';

/** How a host would be reached, before anything is sent to it. */
export interface Route {
  readonly engine: 'openssh' | 'ssh2';
  /** Why this engine, for a person. */
  readonly engineWhy: string;
  /** Jump hosts, nearest first, and the host itself last. */
  readonly hops: readonly {
    /** What was typed or what the configuration names. */
    readonly alias: string;
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly knownHosts: readonly string[];
    readonly identityFiles: readonly string[];
    readonly agent?: string;
    readonly proxyCommand?: string;
  }[];
  /** What a person should know first: keywords that are ignored, commands that the configuration runs. */
  readonly notes: readonly {
    readonly kind: 'match-exec' | 'ignored' | 'certificate' | 'proxy-command' | 'agent' | 'legacy';
    readonly text: string;
    readonly file?: string;
    readonly line?: number;
  }[];
  /** Set when it cannot work with this engine, with what to do. */
  readonly refusal?: Failure;
}

/** What the two SSH clients can and cannot do here. */
export interface ConnectCapabilities {
  readonly engines: readonly {
    readonly id: 'openssh' | 'ssh2';
    readonly ok: boolean;
    readonly version: string;
    readonly text: string;
  }[];
  readonly features: readonly {
    readonly id: string;
    readonly title: string;
    readonly openssh: { readonly has: 'yes' | 'partly' | 'no'; readonly note?: string };
    readonly ssh2: { readonly has: 'yes' | 'partly' | 'no'; readonly note?: string };
  }[];
  readonly agent: {
    readonly socket: string;
    readonly keys: readonly {
      readonly type: string;
      readonly fingerprint: string;
      readonly comment: string;
      /** Whether the built-in client can use it. */
      readonly builtIn: boolean;
    }[];
    readonly problem?: string;
  };
}
