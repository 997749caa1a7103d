/** How a page reaches its host, whichever shell carries the frames. Transport only: it must never know what a call means. */
import type { HostFrame } from '../../electron/contract/wire.ts';
import type { Failure } from '../../electron/contract/result.ts';

export type BridgeStatus =
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  /** Contact is gone; `retryAt` is when the next attempt starts, in ms since the epoch. */
  | { readonly state: 'lost'; readonly retryAt: number | null }
  /** The host does not let this page in; no retry helps. */
  | { readonly state: 'refused'; readonly failure: Failure };

export interface BridgeListener {
  frame(frame: HostFrame): void;
  stream(stream: number, bytes: Uint8Array): void;
  status(status: BridgeStatus): void;
}

export interface Bridge {
  /** Begins to connect. Called once. */
  start(listener: BridgeListener): void;
  /** Sends one frame; false when there is no contact and nothing was sent. */
  send(frame: { readonly id: number; readonly method: string; readonly arg: unknown }): boolean;
  close(): void;
}
