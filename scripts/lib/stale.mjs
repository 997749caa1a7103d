/**
 * Is a built part older than its sources? Compares a fingerprint of path, size and time of every source with the one
 * kept at the last build, so that a file put back with an old date counts as a change too.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root as repository } from './paths.mjs';

const TOOLING = ['package-lock.json', 'tsconfig.base.json', 'scripts/build.mjs', 'scripts/lib/bundles.mjs'];

/** Each part: what it is made from and what it makes. */
export const parts = {
  cli: {
    sources: ['electron', ...TOOLING],
    outputs: ['dist/cli.mjs'],
  },
  desktop: {
    sources: ['electron', ...TOOLING],
    outputs: ['dist/desktop/main.mjs', 'dist/desktop/preload.cjs', 'dist/desktop/host.mjs'],
  },
  verifier: {
    sources: ['electron', 'scripts/lib/verifier.mjs', ...TOOLING],
    outputs: ['dist/holdpoint-verify.mjs', 'dist/holdpoint-verify.mjs.sha256', 'dist/holdpoint-verify.html'],
  },
  renderer: {
    sources: ['renderer', 'electron/contract', 'electron/domain', 'vite.config.ts', ...TOOLING],
    outputs: ['dist/renderer/index.html'],
  },
};

export const partNames = Object.keys(parts);

/** Every file under `from`, sorted, as paths from `root`; a file names itself, a missing path nothing. */
export function listFiles(root, from) {
  const full = path.join(root, from);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [from];
  return readdirSync(full, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** One hash over path, size and modification time of all sources of a part. */
export function fingerprint(part, root = repository) {
  const hash = createHash('sha256');
  for (const source of parts[part].sources) {
    for (const file of listFiles(root, source)) {
      const { size, mtimeMs } = statSync(path.join(root, file));
      hash.update(`${file}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

function stampFile(part, root) {
  return path.join(root, 'out', 'stamps', part);
}

export function isStale(part, root = repository) {
  if (!parts[part].outputs.every((file) => existsSync(path.join(root, file)))) return true;
  const stamp = stampFile(part, root);
  return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== fingerprint(part, root);
}

/** Records that `part` was built from the sources that `print` was taken of, before the build began. */
export function markBuilt(part, print, root = repository) {
  const stamp = stampFile(part, root);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, print);
}
