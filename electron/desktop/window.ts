/** The window, and the rules every web contents gets at birth, so that none can escape them. */
import { BrowserWindow, dialog, type App, type WebContents } from 'electron';
import { APP_URL, isNavigationAllowed, webPreferences } from './policy.ts';

/** Installs the navigation rules on each web contents as it is created. */
export function guardWebContents(app: App): void {
  app.on('web-contents-created', (_event, contents) => {
    guard(contents);
  });
}

function guard(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isNavigationAllowed(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!isNavigationAllowed(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!isNavigationAllowed(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

export interface WindowOptions {
  readonly preload: string;
  readonly packaged: boolean;
  /** How many runs are open now. */
  readonly openRuns: () => number;
  readonly onClosed: () => void;
}

/** Opens the window. With a run open, closing it asks first. */
export function createWindow(options: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Holdpoint',
    // Before the first paint: the dark theme's ground, easier on the eyes at night than a white flash.
    backgroundColor: '#14171c',
    webPreferences: webPreferences(options.preload, options.packaged),
  });
  window.once('ready-to-show', () => {
    window.show();
  });
  let asking = false;
  window.on('close', (event) => {
    const runs = options.openRuns();
    if (runs === 0) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    void confirmClose(window, runs).then((close) => {
      asking = false;
      if (close) window.destroy();
    });
  });
  window.on('closed', options.onClosed);
  window.webContents.on('render-process-gone', () => {
    void offerReload(window);
  });
  void window.loadURL(APP_URL);
  return window;
}

async function confirmClose(window: BrowserWindow, runs: number): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message: runs === 1 ? 'A run is open.' : `${String(runs)} runs are open.`,
    detail:
      'If you close Holdpoint now, a command that is running is cut off and its outcome is recorded as unknown. ' +
      'Everything recorded so far is on disk and the run can be resumed.',
    buttons: ['Keep working', 'Close Holdpoint'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
}

async function offerReload(window: BrowserWindow): Promise<void> {
  if (window.isDestroyed()) return;
  await dialog.showMessageBox(window, {
    type: 'error',
    message: 'The window stopped working.',
    detail:
      'Open runs go on in the background and nothing recorded is lost. The window will now be loaded again.',
    buttons: ['Load again'],
  });
  if (!window.isDestroyed()) window.webContents.reload();
}
