/**
 * Keeps the computer awake from the page while a run is open, where the page can: `navigator.wakeLock`. The lock goes
 * when the page is hidden and is taken again when it is seen. It must never claim a lock that it does not hold.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';

/** `app`: the desktop shell sees to it. `off`: no run is open. */
export type WakeState = 'off' | 'app' | 'held' | 'not-held';

interface Lock {
  release(): Promise<void>;
  addEventListener(type: 'release', listener: () => void): void;
}
export interface WakeWorld {
  /** Asks the platform for a lock; null where it has none to give. */
  readonly request: (() => Promise<Lock>) | null;
  readonly visible: () => boolean;
  /** Calls back when the page is hidden or seen; returns the end of it. */
  readonly onVisibility: (listener: () => void) => () => void;
}
export interface WakeStore extends StoreApi<{ readonly state: WakeState }> {
  /** Whether a run is open. */
  want(open: boolean): void;
}

/** `world` null: another part of the app keeps the computer awake. */
export function createWake(world: WakeWorld | null): WakeStore {
  const store = createStore<{ readonly state: WakeState }>(() => ({ state: 'off' }));
  let wanted = false;
  // Read anew after each wait: the run may have ended meanwhile.
  const isWanted = (): boolean => wanted;
  let lock: Lock | null = null;
  let asking = false;
  let stop: (() => void) | null = null;
  const say = (): void => {
    const state: WakeState = !wanted ? 'off' : world === null ? 'app' : lock === null ? 'not-held' : 'held';
    if (store.getState().state !== state) store.setState({ state });
  };
  const take = async (): Promise<void> => {
    const request = world?.request ?? null;
    if (world === null || request === null || asking || lock !== null || !wanted || !world.visible()) return;
    asking = true;
    // Refused (battery saver, policy): said in the status bar, tried again when the page is seen again.
    const got = await request().catch(() => null);
    asking = false;
    if (got === null) return;
    if (!isWanted()) {
      await letGo(got);
      return;
    }
    lock = got;
    got.addEventListener('release', () => {
      if (lock === got) lock = null;
      say();
    });
    say();
  };
  return {
    ...store,
    want(open) {
      if (open === wanted) return;
      wanted = open;
      if (open) {
        stop = world?.onVisibility(() => void take()) ?? null;
        void take();
      } else {
        stop?.();
        stop = null;
        const held = lock;
        lock = null;
        if (held !== null) void letGo(held);
      }
      say();
    },
  };
}

/** A lock that is already gone needs nothing more. */
async function letGo(lock: Lock): Promise<void> {
  await lock.release().catch(() => undefined);
}

/** The page's own world; null in the desktop shell, which blocks sleep itself. */
export function pageWake(): WakeWorld | null {
  if ('holdpoint' in window) return null;
  const platform = (navigator as { readonly wakeLock?: { request(type: 'screen'): Promise<Lock> } }).wakeLock;
  return {
    request: platform === undefined ? null : () => platform.request('screen'),
    visible: () => document.visibilityState === 'visible',
    onVisibility: (listener) => {
      document.addEventListener('visibilitychange', listener);
      return () => {
        document.removeEventListener('visibilitychange', listener);
      };
    },
  };
}
