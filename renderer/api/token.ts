/** The access token of the browser shell: taken out of the address once, kept for this tab only, never put back. */

const key = 'holdpoint.token';
const shape = /^#t=([A-Za-z0-9_-]{43})$/;

export interface TokenPlace {
  readonly location: { readonly hash: string; readonly pathname: string };
  readonly history: { replaceState(data: unknown, unused: string, url: string): void };
  readonly storage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
}

/** The token from the URL fragment (which is then removed from the address and the history), else from this tab. */
export function takeToken(place: TokenPlace): string | null {
  const found = shape.exec(place.location.hash)?.[1];
  if (found === undefined) return place.storage.getItem(key);
  place.storage.setItem(key, found);
  place.history.replaceState(null, '', place.location.pathname);
  return found;
}
