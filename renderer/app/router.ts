/** Places of the page as hash routes. Parsing is total: an unknown address is the library. */
import { useSyncExternalStore } from 'react';
import type { RunbookId, RunId } from '../../electron/contract/ids.ts';

export type Route =
  /** `paper`: to print. `versions`: held against another version. */
  | { readonly place: 'library'; readonly id: RunbookId | null; readonly view?: 'paper' | 'versions' }
  | { readonly place: 'reference'; readonly page: string | null; readonly entry: string | null }
  | {
      readonly place: 'start';
      readonly id: RunbookId;
      readonly rehearsal: boolean;
      readonly origin: RunId | null;
    }
  | { readonly place: 'run'; readonly runId: RunId | null }
  | { readonly place: 'evidence'; readonly runId: RunId | null }
  | { readonly place: 'plans'; readonly runId: RunId | null }
  | { readonly place: 'people' }
  /** Packages of runbooks. */
  | { readonly place: 'packages' }
  | { readonly place: 'ledger' }
  | { readonly place: 'settings' }
  /** A bundle that is open for reading; without one, the page that opens it. */
  | { readonly place: 'bundle'; readonly id: string | null }
  | { readonly place: 'compare'; readonly left: string; readonly right: string | null };

const slug = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const runShape = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;
function asSlug(text: string | undefined): string | null {
  return text !== undefined && slug.test(text) ? text : null;
}

function asRunbook(text: string | undefined): RunbookId | null {
  return text !== undefined && slug.test(text) ? (text as RunbookId) : null;
}

function asRun(text: string | null | undefined): RunId | null {
  return typeof text === 'string' && runShape.test(text) ? (text as RunId) : null;
}

const bundleShape = /^[A-Za-z0-9_-]{1,64}$/;
function asBundle(text: string | undefined): string | null {
  return text !== undefined && bundleShape.test(text) ? text : null;
}

/** The route of a hash such as `#/start/some-runbook?rehearsal=1`. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [place, id, other] = path.split('/');
  const params = new URLSearchParams(query);
  const runbook = asRunbook(id);
  switch (place) {
    case 'start':
      if (runbook === null) return { place: 'library', id: null };
      return {
        place: 'start',
        id: runbook,
        rehearsal: params.get('rehearsal') === '1',
        origin: asRun(params.get('origin')),
      };
    case 'run':
      return { place: 'run', runId: asRun(id) };
    case 'evidence':
      return { place: 'evidence', runId: asRun(id) };
    case 'plans':
      return { place: 'plans', runId: asRun(id) };
    case 'people':
      return { place: 'people' };
    case 'packages':
      return { place: 'packages' };
    case 'ledger':
      return { place: 'ledger' };
    case 'settings':
      return { place: 'settings' };
    case 'bundle':
      return { place: 'bundle', id: asBundle(id) };
    case 'compare': {
      const left = asBundle(id);
      return left === null
        ? { place: 'bundle', id: null }
        : { place: 'compare', left, right: asBundle(other) };
    }
    case 'reference':
      return { place: 'reference', page: asSlug(id), entry: asSlug(other) };
    case 'library':
      if (runbook !== null && (other === 'paper' || other === 'versions')) {
        return { place: 'library', id: runbook, view: other };
      }
      return { place: 'library', id: runbook };
    case undefined:
    default:
      return { place: 'library', id: runbook };
  }
}

/** The hash of a route. */
export function formatRoute(route: Route): string {
  switch (route.place) {
    case 'library':
      if (route.id === null) return '#/library';
      return route.view === undefined ? `#/library/${route.id}` : `#/library/${route.id}/${route.view}`;
    case 'reference':
      if (route.page === null) return '#/reference';
      return route.entry === null ? `#/reference/${route.page}` : `#/reference/${route.page}/${route.entry}`;
    case 'start': {
      const params = new URLSearchParams();
      if (route.rehearsal) params.set('rehearsal', '1');
      if (route.origin !== null) params.set('origin', route.origin);
      const query = params.toString();
      return query === '' ? `#/start/${route.id}` : `#/start/${route.id}?${query}`;
    }
    case 'run':
      return route.runId === null ? '#/run' : `#/run/${route.runId}`;
    case 'evidence':
      return route.runId === null ? '#/evidence' : `#/evidence/${route.runId}`;
    case 'plans':
      return route.runId === null ? '#/plans' : `#/plans/${route.runId}`;
    case 'people':
      return '#/people';
    case 'packages':
      return '#/packages';
    case 'ledger':
      return '#/ledger';
    case 'settings':
      return '#/settings';
    case 'bundle':
      return route.id === null ? '#/bundle' : `#/bundle/${route.id}`;
    case 'compare':
      return route.right === null ? `#/compare/${route.left}` : `#/compare/${route.left}/${route.right}`;
  }
}

/**
 * Goes to a place at once. Setting the hash would tell of it only later: a key pressed in between would still go to the
 * view that is left.
 */
export function go(route: Route, how: 'push' | 'replace' = 'push'): void {
  const hash = formatRoute(route);
  if (how === 'replace') history.replaceState(null, '', hash);
  else if (hash === location.hash) return;
  else history.pushState(null, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

function subscribe(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => {
    removeEventListener('hashchange', changed);
  };
}

/** The hash that is current, as a string: parse it with parseRoute in a memo. */
export function useHash(): string {
  return useSyncExternalStore(subscribe, () => location.hash);
}
