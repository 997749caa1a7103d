/** What the shell and the host process say to each other. Calls of pages do not pass here: they have ports of their own. */
import type { Failure, Result } from '../contract/result.ts';
import type { SecretBox } from '../host/ports.ts';

export interface HostStart {
  readonly type: 'start';
  readonly version: string;
  /** Folder that holds `runbooks` and `assets`. */
  readonly appDir: string;
  /** A `portable` folder beside the app, if there is one. */
  readonly portableDir?: string;
  readonly protection: SecretBox['protection'];
  readonly notices: readonly Failure[];
}

export type ToHost =
  | HostStart
  /** Carries one port: a page. */
  | { readonly type: 'page' }
  | { readonly type: 'sealed'; readonly id: number; readonly result: Result<Uint8Array> }
  | { readonly type: 'printed'; readonly id: number; readonly result: Result<Uint8Array> }
  | { readonly type: 'close' };

export type FromHost =
  | { readonly type: 'ready' }
  /** The host cannot be made; trying again would not help. */
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'open-runs'; readonly count: number }
  | { readonly type: 'seal' | 'unseal'; readonly id: number; readonly bytes: Uint8Array }
  /** A report page to be made into PDF. */
  | { readonly type: 'print'; readonly id: number; readonly html: string };
