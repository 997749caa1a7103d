/** A value that comes from the host: not asked yet, on its way, here, or refused with a reason. Old values stay in view. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Failure, Result } from '../../electron/contract/result.ts';

export interface Remote<T> {
  readonly value: T | null;
  readonly failure: Failure | null;
  readonly loading: boolean;
}

export interface RemoteStore<T> extends StoreApi<Remote<T>> {
  /** Asks again; the answer of an older question never replaces that of a newer one. */
  readonly refresh: () => Promise<void>;
  readonly put: (value: T) => void;
}

export function createRemote<T>(ask: () => Promise<Result<T>>): RemoteStore<T> {
  const store = createStore<Remote<T>>(() => ({ value: null, failure: null, loading: false }));
  let latest = 0;
  return {
    ...store,
    async refresh() {
      const mine = ++latest;
      store.setState({ loading: true });
      const result = await ask();
      if (mine !== latest) return;
      store.setState(
        result.ok
          ? { value: result.value, failure: null, loading: false }
          : { failure: result.error, loading: false },
      );
    },
    put(value) {
      latest++;
      store.setState({ value, failure: null, loading: false });
    },
  };
}
