/** Entry of the desktop shell: puts its parts together. The host runs in a process of its own; no port is opened. */
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {
  app,
  dialog,
  Menu,
  MessageChannelMain,
  powerSaveBlocker,
  protocol,
  safeStorage,
  session,
  shell,
  utilityProcess,
  type BrowserWindow,
} from 'electron';
import type { Failure } from '../contract/result.ts';
import { findPortable, resolvePaths } from '../host/settings/paths.ts';
import { type HostSupervisor, superviseHost } from './hostSupervisor.ts';
import { sendPort, serveShellRequests } from './ipc.ts';
import { createKeepAwake } from './keepAwake.ts';
import { logProblem } from './log.ts';
import { createPdfPrinter } from './pdfWindow.ts';
import { menuTemplate } from './menu.ts';
import { hostEnvironment } from './policy.ts';
import { APP_SCHEME_PRIVILEGES, sealSession } from './protocol.ts';
import { createSecretBox } from './safeStorageBox.ts';
import { createWindow, guardWebContents } from './window.ts';

const here = import.meta.dirname;
const rendererDir = path.join(here, '..', 'renderer');
/** Runbooks and rehearsal assets: beside the archive in a package, the project folder otherwise. */
const appDir = app.isPackaged ? process.resourcesPath : app.getAppPath();

let window: BrowserWindow | null = null;
let openRuns = 0;

// Both must be said before the app is ready.
app.enableSandbox();
protocol.registerSchemesAsPrivileged([APP_SCHEME_PRIVILEGES]);

const portableDir = await findPortable(placesBesideApp());
const paths = resolvePaths(process.env, process.platform, os.homedir(), appDir, portableDir);
// The single-instance lock lives here too: two homes are two desks.
app.setPath('userData', path.join(paths.config, 'desktop'));

if (app.isPackaged && app.commandLine.hasSwitch('no-sandbox')) {
  giveUp(unsandboxed());
} else if (app.requestSingleInstanceLock()) {
  guardWebContents(app);
  app.on('second-instance', showWindow);
  app.on('window-all-closed', () => {
    app.quit();
  });
  // Not awaited: Electron is ready only after this module has been evaluated.
  void app.whenReady().then(start).catch(failToStart);
} else {
  app.quit();
}

async function start(): Promise<void> {
  sealSession(session.defaultSession, rendererDir, app.isPackaged);
  const menu = menuTemplate(process.platform);
  Menu.setApplicationMenu(menu === null ? null : Menu.buildFromTemplate(menu));
  const keepAwake = createKeepAwake(powerSaveBlocker);
  const supervisor = superviseHost({
    fork: () =>
      utilityProcess.fork(path.join(here, 'host.mjs'), [], {
        serviceName: 'Holdpoint host',
        env: hostEnvironment(process.env),
        stdio: 'inherit',
      }),
    start: { version: app.getVersion(), appDir, ...(portableDir === undefined ? {} : { portableDir }) },
    secrets: await createSecretBox(safeStorage, process.platform),
    pdf: createPdfPrinter(),
    onOpenRuns: (count) => {
      openRuns = count;
      keepAwake(count > 0);
    },
    onGivenUp: giveUp,
    now: () => performance.now(),
  });
  closeHostBeforeQuit(supervisor);
  serveShellRequests({
    dialog,
    shell,
    window: () => window,
    connectPage: (page) => {
      const { port1, port2 } = new MessageChannelMain();
      if (!supervisor.connectPage(port1)) return false;
      sendPort(page, port2);
      return true;
    },
  });
  window = createWindow({
    preload: path.join(here, 'preload.cjs'),
    packaged: app.isPackaged,
    openRuns: () => openRuns,
    onClosed: () => {
      window = null;
    },
  });
}

/** Quitting waits until the host has closed its journals. */
function closeHostBeforeQuit(supervisor: HostSupervisor): void {
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void supervisor.close().then(() => {
      closed = true;
      app.quit();
    });
  });
}

function showWindow(): void {
  if (window === null) return;
  if (window.isMinimized()) window.restore();
  window.focus();
}

/** Says what failed, what was kept and what to do, then ends. */
function giveUp(failure: Failure): void {
  const lines = [failure.message, failure.kept, failure.hint].filter((line) => line !== undefined);
  dialog.showErrorBox('Holdpoint has to stop', lines.join('\n\n'));
  openRuns = 0;
  app.quit();
}

function failToStart(problem: unknown): void {
  logProblem('the desktop shell could not start', problem);
  giveUp({
    code: 'internal',
    message: 'Holdpoint cannot start.',
    kept: 'Everything recorded so far is on disk.',
    hint: 'Start it again. If it comes back, the log of this app says more.',
  });
}

/** An AppImage adds that switch by itself where the system lets no ordinary program make a sandbox. */
function unsandboxed(): Failure {
  return {
    code: 'unsupported',
    message: 'Holdpoint does not run with its sandbox switched off.',
    kept: 'Nothing was started.',
    hint: 'Start it without --no-sandbox. If an AppImage adds that by itself, install the deb package instead.',
  };
}

/** Where a `portable` folder may be: beside the AppImage, the macOS bundle or the executable; else beside the project. */
function placesBesideApp(): readonly string[] {
  if (!app.isPackaged) return [appDir];
  const appImage = process.env['APPIMAGE'];
  if (appImage !== undefined) return [path.dirname(appImage)];
  const executable = path.dirname(process.execPath);
  return [process.platform === 'darwin' ? path.join(executable, '..', '..', '..') : executable];
}
