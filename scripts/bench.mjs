/**
 * `npm run bench`: speed, as a ratio against a named peer in the same run. Not part of `npm test`: a figure is only
 * worth something on a machine that does nothing else.
 *   node scripts/bench.mjs [latency|throughput|keys|verify …]
 */
import { mkdirSync } from 'node:fs';
import { buildIfStale } from './build.mjs';
import { endChildrenOnSignal, runNode } from './lib/child.mjs';
import { ensurePrograms } from './lib/programs.mjs';
import { inRoot } from './lib/paths.mjs';
import { ensureNodeModules } from './setup.mjs';

endChildrenOnSignal();
await ensureNodeModules();
await ensurePrograms(['ansible-playbook']);
await buildIfStale(['cli', 'renderer', 'verifier']);
const esbuild = await import('esbuild');
const outfile = inRoot('out', 'bench', 'main.mjs');
mkdirSync(inRoot('out', 'bench'), { recursive: true });
await esbuild.build({
  entryPoints: [inRoot('test', 'bench', 'main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
const { code } = await runNode(outfile, process.argv.slice(2), { show: true });
process.exitCode = code ?? 1;
