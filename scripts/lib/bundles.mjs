/** What esbuild makes of the host and its shells. ssh2 and node-pty have native parts and stay outside of everything. */
import { readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';

const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: true,
  // The sources are at hand wherever a stack trace is read; a map with paths alone is a tenth of the size.
  sourcesContent: false,
  logLevel: 'silent',
};
const esm = { ...shared, format: 'esm' };

/** The verifier's thread as one text, which the programs carry inside. @param {typeof import('esbuild').buildSync} buildSync */
export function scanWorkerText(buildSync) {
  const { outputFiles } = buildSync({
    ...shared,
    // A module would load the whole loader of modules into each thread.
    format: 'cjs',
    entryPoints: [inRoot('electron', 'host', 'evidence', 'scanWorker.ts')],
    write: false,
    minify: true,
    sourcemap: false,
  });
  return outputFiles[0].text;
}

/**
 * Leaves the messages of zod in forty languages out of a bundle: the schemas speak English, and a program that is read
 * whole at each start is better without them.
 */
export const englishOnly = {
  name: 'english-only',
  setup(build) {
    build.onResolve({ filter: /\/locales\/index\.js$/ }, ({ importer }) =>
      /[\\/]node_modules[\\/]zod[\\/]/u.test(importer)
        ? { path: 'locales', namespace: 'english-only' }
        : undefined,
    );
    build.onLoad({ filter: /^locales$/, namespace: 'english-only' }, () => ({ contents: '' }));
  },
};

/**
 * @param {string} id see build-id.mjs
 * @param {Pick<typeof import('esbuild'), 'buildSync'>} esbuild loaded by the caller: a fresh checkout has none yet
 * @returns esbuild options per part
 */
export function bundles(id, { buildSync }) {
  const define = {
    __HOLDPOINT_SCAN_WORKER__: JSON.stringify(scanWorkerText(buildSync)),
    __HOLDPOINT_BUILD__: JSON.stringify(id),
    __HOLDPOINT_VERSION__: JSON.stringify(version),
  };
  const entry = (from, to, options) => ({
    ...options,
    define,
    entryPoints: [inRoot('electron', from)],
    outfile: inRoot('dist', to),
  });
  return {
    // Read as one file a command starts in half the time that hundreds of files of packages take.
    cli: [
      entry('cli/entry.ts', 'cli.mjs', {
        ...esm,
        packages: 'bundle',
        external: ['ssh2', 'node-pty'],
        plugins: [englishOnly],
        // Packages in the older form ask for `require`, which a module does not have.
        banner: {
          js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
        },
      }),
    ],
    desktop: [
      entry('desktop/main.ts', 'desktop/main.mjs', esm),
      entry('desktop/hostProcess.ts', 'desktop/host.mjs', esm),
      // A sandboxed preload cannot be an ES module.
      entry('desktop/preload.ts', 'desktop/preload.cjs', { ...shared, format: 'cjs' }),
    ],
    // One file that runs alone: packages are inside, and no map that would name the folders of the build.
    verifier: [
      entry('verifier/main.ts', 'holdpoint-verify.mjs', {
        ...esm,
        packages: 'bundle',
        plugins: [englishOnly],
        // Its build for Node asks for `require`, which a module does not have.
        alias: { yaml: inRoot('node_modules', 'yaml', 'browser', 'index.js') },
        sourcemap: false,
        legalComments: 'inline',
        banner: { js: '#!/usr/bin/env node' },
      }),
    ],
  };
}
