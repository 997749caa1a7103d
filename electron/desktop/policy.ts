/**
 * What the desktop shell allows, as pure functions: no state, no effects, types only from electron. Whatever is not
 * allowed here by name is refused.
 */
import type { IpcMainInvokeEvent, WebPreferences } from 'electron';

/** Origin of the interface: served from the app's own files by the app's own scheme. */
export const APP_SCHEME = 'app';
export const APP_ORIGIN = 'app://ui';
export const APP_URL = `${APP_ORIGIN}/index.html`;

/** Longest address that is offered for opening outside. */
const MAX_EXTERNAL_CHARS = 2048;

/** Renderer settings of the only kind of window there is. */
export function webPreferences(preload: string, packaged: boolean): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    nodeIntegrationInWorker: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    experimentalFeatures: false,
    plugins: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    // The spell checker fetches dictionaries; the app asks the network for nothing.
    spellcheck: false,
    devTools: !packaged,
    // A run in a window behind others must not stall its terminal's acknowledgements.
    backgroundThrottling: false,
  };
}

/** Whether a message comes from the top frame of our own page. The frame is null when it has navigated away. */
export function isTrustedFrame(frame: IpcMainInvokeEvent['senderFrame']): boolean {
  return frame !== null && frame.parent === null && frame.origin === APP_ORIGIN;
}

/** Whether a window may go to this address: inside our own origin only. */
export function isNavigationAllowed(url: string): boolean {
  const parsed = parseUrl(url);
  return parsed !== null && isAppUrl(parsed);
}

/** Whether the session may load this address. With this the app cannot reach a network, whatever a page contains. */
export function isRequestAllowed(url: string, packaged: boolean): boolean {
  const parsed = parseUrl(url);
  if (parsed === null) return false;
  if (isAppUrl(parsed) || parsed.protocol === 'data:') return true;
  return !packaged && parsed.protocol === 'devtools:';
}

/** Writing to the clipboard after a person's gesture is all a page may do beyond drawing itself. */
export function isPermissionAllowed(permission: string): boolean {
  return permission === 'clipboard-sanitized-write';
}

/** The address to open outside, as it will be opened, or null when it must not be. */
export function externalUrl(url: string): string | null {
  const parsed = url.length > MAX_EXTERNAL_CHARS ? null : parseUrl(url);
  if (parsed === null) return null;
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'mailto:') return null;
  // `https://bank.example@evil.example` reads as one place and is another.
  return parsed.username === '' && parsed.password === '' ? parsed.href : null;
}

/** What the scheme's handler looks at. `initiatorOrigin` is absent when the browser itself asks. */
export interface AppRequest {
  readonly method: string;
  readonly url: string;
  readonly initiatorOrigin?: string | undefined;
}

/** The path a request for the interface names, or null when it must not be answered. */
export function appRequestPath(request: AppRequest): string | null {
  if (request.method !== 'GET') return null;
  if (request.initiatorOrigin !== undefined && request.initiatorOrigin !== APP_ORIGIN) return null;
  const url = parseUrl(request.url);
  return url !== null && isAppUrl(url) ? url.pathname : null;
}

/** Variables that change how Node or Electron behaves; a host or a shell below it must not inherit them. */
const UNSAFE_VARIABLE = /^(?:NODE_|ELECTRON_|CHROME_|LD_PRELOAD$|LD_AUDIT$|DYLD_INSERT_)/i;

/** The environment of the host process: the person's own, without what steers the runtime. */
export function hostEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !UNSAFE_VARIABLE.test(name)) kept[name] = value;
  }
  return kept;
}

function isAppUrl(url: URL): boolean {
  // Node gives `null` as the origin of any scheme it does not know, so the parts are compared one by one.
  return url.protocol === `${APP_SCHEME}:` && url.host === 'ui' && url.username === '' && url.password === '';
}

function parseUrl(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}
