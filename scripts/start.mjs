/**
 * `npm start`: installs and builds what is missing, then opens Holdpoint: in Electron where its binary is there or can
 * be fetched, else in the browser shell, saying so in one line.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { buildIfStale } from './build.mjs';
import { electronBinary, fetchElectron, findBrowser, whyNoWindow } from './lib/desktop.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { ensureNodeModules } from './setup.mjs';

const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/\S*/u;
const PARENT_WATCH_MS = 1000;

function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Passes interrupts on and ends with the child's own code. */
function follow(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm, told to end, ends its own shell and tells us nothing.
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), PARENT_WATCH_MS);
  child.once('exit', () => clearInterval(watch));
  child.once('error', (error) => {
    say(`Holdpoint could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1);
  });
  return child;
}

function startElectron(binary, args) {
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  follow(spawn(binary, [root, ...args], { stdio: 'inherit', env }));
}

/** Opens the page in a window of its own; the address is printed anyway, so a failure here loses nothing. */
function openWindow(browser, address) {
  const child = spawn(browser, [`--app=${address}`], { stdio: 'ignore', detached: true });
  child.once('error', () => say(`${browser} could not be started. Open the address above in a browser.`));
  child.unref();
}

function startBrowserShell(reason, args) {
  const browser = whyNoWindow() === undefined ? findBrowser() : undefined;
  say(
    `${reason}; ${browser === undefined ? 'open the address below in a browser' : 'opening the browser shell'}.`,
  );
  const child = follow(
    spawn(process.execPath, ['--enable-source-maps', inRoot('dist', 'cli.mjs'), 'serve', ...args], {
      cwd: root,
      stdio: ['inherit', 'pipe', 'inherit'],
    }),
  );
  let opened = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    process.stdout.write(`${line}\n`);
    const address = ADDRESS.exec(line)?.[0];
    if (address === undefined || opened || browser === undefined) return;
    opened = true;
    openWindow(browser, address);
  });
}

async function main(args) {
  await ensureNodeModules();
  const noWindow = whyNoWindow();
  const binary = noWindow === undefined ? (electronBinary() ?? (await fetchElectron())) : undefined;
  await buildIfStale(binary === undefined ? ['cli', 'renderer'] : ['desktop', 'renderer']);
  if (binary !== undefined) startElectron(binary, args);
  else if (noWindow !== undefined) startBrowserShell(`No desktop window: ${noWindow}`, args);
  else startBrowserShell("Electron's binary is not here and could not be fetched", args);
}

await main(process.argv.slice(2)).catch((error) => {
  say(error.message);
  process.exitCode = 1;
});
