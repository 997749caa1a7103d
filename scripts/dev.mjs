/**
 * `npm run dev`: rebuilds on every change and restarts the browser shell when the host changed. The page is rebuilt in
 * place; reload the tab to see it. Arguments go to `holdpoint serve`.
 */
import { spawn } from 'node:child_process';
import { buildId } from './lib/build-id.mjs';
import { bundles } from './lib/bundles.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { ensureNodeModules } from './setup.mjs';

let server;
let ending = false;

/** Ends the running shell, waits for it, starts the next one. */
async function restart(args) {
  if (server !== undefined && server.exitCode === null && server.signalCode === null) {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await gone;
  }
  if (ending) return;
  server = spawn(process.execPath, ['--enable-source-maps', inRoot('dist', 'cli.mjs'), 'serve', ...args], {
    cwd: root,
    stdio: 'inherit',
  });
}

async function main(args) {
  await ensureNodeModules();
  const [{ build }, esbuild] = await Promise.all([import('vite'), import('esbuild')]);
  const page = await build({ configFile: inRoot('vite.config.ts'), logLevel: 'warn', build: { watch: {} } });
  // The browser shell does not start without a page to serve.
  await new Promise((resolve) => {
    page.on('event', (event) => {
      if (event.code === 'END' || event.code === 'ERROR') resolve();
    });
  });
  const { cli, desktop } = bundles(`${buildId()}.dev`, esbuild);
  let queue = Promise.resolve();
  const restartWhenBuilt = {
    name: 'restart',
    setup: (plugin) =>
      plugin.onEnd((result) => {
        if (result.errors.length === 0) queue = queue.then(() => restart(args));
      }),
  };
  const contexts = await Promise.all([
    ...cli.map((one) => esbuild.context({ ...one, logLevel: 'warning', plugins: [restartWhenBuilt] })),
    ...desktop.map((one) => esbuild.context({ ...one, logLevel: 'warning' })),
  ]);
  await Promise.all(contexts.map((context) => context.watch()));

  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      ending = true;
      server?.kill('SIGTERM');
      void Promise.all([page.close?.(), ...contexts.map((context) => context.dispose())]).finally(() =>
        process.exit(0),
      );
    });
  }
}

await main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
