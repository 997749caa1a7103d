/**
 * `npm run -s holdpoint -- <args>`: the command line, installed and built when stale. Standard output belongs to the
 * command alone; this file only ever speaks on stderr.
 */
import { pathToFileURL } from 'node:url';
import { buildIfStale } from './build.mjs';
import { inRoot } from './lib/paths.mjs';
import { ensureNodeModules } from './setup.mjs';

try {
  await ensureNodeModules();
  await buildIfStale(process.argv[2] === 'serve' ? ['cli', 'renderer'] : ['cli']);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(3);
}

// npm runs scripts from the top folder; a path on the command line is meant from where the person stands.
if (process.env.npm_lifecycle_event === 'holdpoint' && process.env.INIT_CWD !== undefined) {
  process.chdir(process.env.INIT_CWD);
}

// In this same process, so that the terminal, the signals and the exit code are the command's own.
const program = inRoot('dist', 'cli.mjs');
process.argv[1] = program;
process.setSourceMapsEnabled(true);
await import(pathToFileURL(program).href);
