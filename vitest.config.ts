import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/sequence.ts';

/** Every test that runs under Node. Browser tests are Playwright's: see playwright.config.ts. */
export default defineConfig({
  resolve: {
    // The desktop shell boots against a recording fake, so its rules are proved on machines without the binary.
    alias: { electron: fileURLToPath(new URL('test/fakes/electron.ts', import.meta.url)) },
  },
  test: {
    include: ['test/{unit,integration,security,fault,package}/**/*.test.{ts,tsx}'],
    // Modules keep nothing that one test could leave to another, and loading them anew for each file cost a quarter of
    // the time. A test that replaces a module, or sets what it does not set back, is the mistake then.
    isolate: false,
    globalSetup: 'test/home.ts',
    environment: 'node',
    pool: 'forks',
    // Most of their time tests wait for servers and programs they have started.
    maxWorkers: 4,
    sequence: { sequencer: LongFirst },
    // No test is about time: these limits are for what hangs. A shared machine may give us a tenth of itself for a while.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Named by `npm test` when it was needed. Not for properties: their next try would draw other cases.
    retry: { count: 1, condition: /^(?!Property failed)/ },
    expect: { poll: { timeout: 300_000 } },
    teardownTimeout: 10_000,
    // An empty folder is fine when a part is named; `npm test` itself refuses a run with nothing passed.
    passWithNoTests: true,
    restoreMocks: true,
    unstubEnvs: true,
  },
});
