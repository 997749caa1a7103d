/** Whether the page has its host. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { BridgeStatus } from '../api/bridge.ts';

export interface ConnectionState {
  readonly status: BridgeStatus;
  /** How often contact was made; 0 before the first time. */
  readonly opened: number;
}

export function createConnectionStore(): StoreApi<ConnectionState> {
  return createStore<ConnectionState>(() => ({ status: { state: 'connecting' }, opened: 0 }));
}

/** Takes news of the bridge. */
export function applyStatus(store: StoreApi<ConnectionState>, status: BridgeStatus): void {
  store.setState((before) => ({
    status,
    opened: status.state === 'open' ? before.opened + 1 : before.opened,
  }));
}
