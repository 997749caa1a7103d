/** What went wrong outside any one view. Stays until it is dismissed; never covers the terminal. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Failure } from '../../electron/contract/result.ts';

export interface Notice {
  readonly id: number;
  readonly failure: Failure;
}
export interface NoticesStore extends StoreApi<{ readonly notices: readonly Notice[] }> {
  add(failure: Failure): void;
  dismiss(id: number): void;
}

/** The same words twice are one notice. At most five are kept: the newest. */
export function createNoticesStore(): NoticesStore {
  const store = createStore<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));
  let next = 1;
  return {
    ...store,
    add(failure) {
      store.setState(({ notices }) => ({
        notices: [
          ...notices.filter((n) => n.failure.message !== failure.message),
          { id: next++, failure },
        ].slice(-5),
      }));
    },
    dismiss(id) {
      store.setState(({ notices }) => ({ notices: notices.filter((n) => n.id !== id) }));
    },
  };
}
