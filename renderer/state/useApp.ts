/** The stores as React sees them. */
import { createContext, useContext } from 'react';
import { useStore, type StoreApi } from 'zustand';
import type { App } from './app.ts';

export const AppContext = createContext<App | null>(null);

/** The page's stores. Throws outside the provider, which is a mistake in the code and not a state. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error('AppContext is missing');
  return app;
}

/** The state of a store, kept current. */
export function useValue<T>(store: Pick<StoreApi<T>, 'getState' | 'getInitialState' | 'subscribe'>): T {
  return useStore(store);
}
