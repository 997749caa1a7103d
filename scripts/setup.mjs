/**
 * Gets a fresh clone ready: the right Node, and node_modules as the lock file says. Node built-ins only, because it
 * runs before anything is installed. Speaks on stderr, so that the output of a command stays its own.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './lib/child.mjs';
import { withLock } from './lib/lock.mjs';
import { inRoot } from './lib/paths.mjs';

const INSTALL_LIMIT_MS = 15 * 60_000;
const OLDEST_NODE = [20, 19];

function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Throws with one plain line when this Node is older than the oldest that package.json allows. */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(`Holdpoint needs Node ${OLDEST_NODE.join('.')} or newer; this is ${version}.`);
}

function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/**
 * Does what npm recorded as installed agree with the lock file? Optional packages may be missing (another platform, or
 * no compiler for node-pty); none may be of another version.
 */
export function isInstalled(lockFile = inRoot('package-lock.json'), modules = inRoot('node_modules')) {
  const wanted = packagesOf(lockFile);
  const present = packagesOf(path.join(modules, '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([name, one]) => {
    if (name === '') return true;
    const there = present[name];
    if (there === undefined) return one.optional === true || one.devOptional === true;
    return there.version === one.version;
  });
}

/** npm as this process was started by, else the one on PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script !== undefined && /npm-cli\.c?js$/u.test(script) && existsSync(script)) {
    return [process.execPath, [script]];
  }
  return process.platform === 'win32' ? ['cmd.exe', ['/d', '/s', '/c', 'npm']] : ['npm', []];
}

/** Installs what is missing. Throws one plain explanation when it cannot. */
export async function ensureNodeModules() {
  checkNode();
  if (isInstalled()) return;
  await withLock('install', async () => {
    if (isInstalled()) return;
    say('Installing dependencies (npm ci) …');
    const [npm, first] = npmCommand();
    const args = [...first, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
    const { code, output, timedOut } = await run(npm, args, { timeoutMs: INSTALL_LIMIT_MS });
    if (code === 0) return;
    say(output.trimEnd().split('\n').slice(-25).join('\n'));
    throw new Error(
      `${timedOut ? 'npm ci did not finish in 15 minutes' : `npm ci failed (exit code ${code})`}. Run \`npm ci\` where ` +
        'the package registry can be reached, or copy node_modules here from a machine with the same platform.',
    );
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await ensureNodeModules().catch((error) => {
    say(error.message);
    process.exitCode = 1;
  });
}
