/** Names the exact sources a build was made from: the commit where they are committed, else a hash of them. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inRoot, root } from './paths.mjs';
import { listFiles } from './stale.mjs';

const SOURCES = ['electron', 'renderer', 'package.json', 'package-lock.json'];

function git(...args) {
  return execFileSync('git', args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

/** The commit, when git is there and no source differs from it; else undefined. */
function commit() {
  try {
    return git('status', '--porcelain', '--', ...SOURCES) === ''
      ? git('rev-parse', '--short=12', 'HEAD')
      : undefined;
  } catch {
    // No git, or no repository (an unpacked source archive): the hash of the sources says as much.
    return undefined;
  }
}

function sourceHash() {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of listFiles(root, source)) hash.update(`${file}\0`).update(readFileSync(inRoot(file)));
  }
  return `src.${hash.digest('hex').slice(0, 12)}`;
}

/** '0.1.0+<commit>' or '0.1.0+src.<hash>'. */
export function buildId() {
  const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  return `${version}+${commit() ?? sourceHash()}`;
}
