/** Finds what can show a window on this machine: a display, Electron's binary, a Chromium. Starts nothing itself. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runNode } from './child.mjs';
import { inRoot } from './paths.mjs';

/** A download that has not finished by then is left for `npx install-electron`. */
const FETCH_LIMIT_MS = 120_000;

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const BROWSER_FILES = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/** The file of a program on PATH (with the system folders an ordinary PATH leaves out), or undefined. */
export function findProgram(name, searchPath = process.env.PATH ?? '') {
  const folders = [...searchPath.split(path.delimiter), '/usr/sbin', '/sbin'];
  return folders
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file) && statSync(file).isFile());
}

/** Why no window can be opened here, or undefined when one can. */
export function whyNoWindow({
  platform = process.platform,
  env = process.env,
  uid = process.getuid?.(),
} = {}) {
  if (platform !== 'linux') return undefined;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'this session has no display';
  // Chromium gives root no sandbox, and Holdpoint opens no page without one.
  if (uid === 0) return 'a window is not opened as root';
  return undefined;
}

/** Electron's binary. Never asked by importing the package: that starts a download. */
export function electronBinary(env = process.env) {
  const note = inRoot('node_modules', 'electron', 'path.txt');
  if (!existsSync(note)) return undefined;
  const folder = env.ELECTRON_OVERRIDE_DIST_PATH ?? inRoot('node_modules', 'electron', 'dist');
  const file = path.join(folder, readFileSync(note, 'utf8').trim());
  return existsSync(file) ? file : undefined;
}

/** Tries once per installation to fetch Electron's binary; returns it, or undefined when it cannot be had. */
export async function fetchElectron() {
  const tried = inRoot('node_modules', '.electron-fetch-tried');
  const installer = inRoot('node_modules', 'electron', 'install.js');
  if (existsSync(tried) || !existsSync(installer)) return undefined;
  try {
    writeFileSync(tried, '');
  } catch {
    // The installation belongs to someone else: it is not ours to add to, and the browser shell needs nothing more.
    return undefined;
  }
  process.stderr.write('Fetching Electron …\n');
  await runNode(installer, [], { timeoutMs: FETCH_LIMIT_MS });
  return electronBinary();
}

/** A browser that can show the page in a window of its own. */
export function findBrowser(platform = process.platform) {
  const named = process.env.CHROMIUM;
  if (named !== undefined && existsSync(named)) return named;
  return (
    BROWSERS.map((name) => findProgram(name)).find((file) => file !== undefined) ??
    (BROWSER_FILES[platform] ?? []).find((file) => existsSync(file))
  );
}
