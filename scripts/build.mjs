/**
 * Builds dist/: the page with Vite, the host and its shells with esbuild.
 *   node scripts/build.mjs [--only=cli,desktop,verifier,renderer] [--if-stale] [--quiet]
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildId } from './lib/build-id.mjs';
import { bundles } from './lib/bundles.mjs';
import { runNode } from './lib/child.mjs';
import { withLock } from './lib/lock.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { fingerprint, isStale, markBuilt, partNames } from './lib/stale.mjs';
import { finishVerifier } from './lib/verifier.mjs';
import { ensureNodeModules } from './setup.mjs';

async function buildRenderer(quiet) {
  const { build } = await import('vite');
  await build({ configFile: inRoot('vite.config.ts'), logLevel: quiet ? 'error' : 'warn' });
}

async function bundle(list) {
  const esbuild = await import('esbuild');
  for (const options of list) {
    const [entry] = options.entryPoints;
    if (!existsSync(entry)) throw new Error(`There is no ${path.relative(root, entry)} to build.`);
    const { errors, warnings } = await esbuild.build(options).catch((failure) => failure);
    const notes = [
      ...(await esbuild.formatMessages(errors ?? [], { kind: 'error' })),
      ...(await esbuild.formatMessages(warnings ?? [], { kind: 'warning' })),
    ];
    if (notes.length > 0) process.stderr.write(notes.join(''));
    if ((errors ?? []).length > 0) throw new Error(`${path.relative(root, entry)} could not be bundled.`);
  }
}

/**
 * Builds the named parts, one builder at a time.
 * @param {{ only?: readonly string[], ifStale?: boolean, quiet?: boolean }} [options]
 */
export async function build({ only = partNames, ifStale = false, quiet = false } = {}) {
  await withLock('build', async () => {
    const id = buildId();
    for (const part of only) {
      if (ifStale && !isStale(part)) continue;
      const print = fingerprint(part);
      if (part === 'renderer') await buildRenderer(quiet);
      else await bundle(bundles(id, await import('esbuild'))[part]);
      if (part === 'verifier') await finishVerifier(id);
      markBuilt(part, print);
      if (!quiet) process.stdout.write(`built ${part} (${id})\n`);
    }
  });
}

/**
 * Builds what is stale in a child process, silent unless it fails: then its words go to stderr.
 * @param {readonly string[]} only
 */
export async function buildIfStale(only = partNames) {
  if (!only.some((part) => isStale(part))) return;
  const args = [`--only=${only.join(',')}`, '--if-stale', '--quiet'];
  const { code, output } = await runNode(inRoot('scripts/build.mjs'), args);
  if (code === 0) return;
  process.stderr.write(output);
  throw new Error('The build failed; nothing was started.');
}

async function main(args) {
  const only =
    args
      .find((one) => one.startsWith('--only='))
      ?.slice('--only='.length)
      .split(',') ?? partNames;
  const unknown = args.filter((one) => !/^--(only=.+|if-stale|quiet)$/u.test(one));
  const notParts = only.filter((one) => !partNames.includes(one));
  if (unknown.length > 0 || notParts.length > 0) {
    throw new Error(`usage: build.mjs [--only=${partNames.join(',')}] [--if-stale] [--quiet]`);
  }
  await ensureNodeModules();
  await build({ only, ifStale: args.includes('--if-stale'), quiet: args.includes('--quiet') });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(process.argv.slice(2)).catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
