import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** Where a system Chromium lives; nothing is downloaded. `CHROMIUM` wins. */
const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const chromium = process.env['CHROMIUM'] ?? CANDIDATES.find((file) => existsSync(file)) ?? 'chromium';
const isRoot = process.getuid?.() === 0;

/** A person's path through the real host, in a real browser. Each test starts its own host on its own port. */
export default defineConfig({
  testDir: 'test/e2e/specs',
  outputDir: 'test-results',
  // Each test has its own host, home and port; most of its time it waits for those.
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  // Named by `npm test` when it was needed.
  retries: 1,
  // No test is about time: see vitest.config.ts.
  timeout: 900_000,
  expect: { timeout: 180_000 },
  reporter: [['line'], ['json', { outputFile: process.env['PLAYWRIGHT_JSON'] ?? 'test-results/e2e.json' }]],
  // The same specs twice: over the browser shell, and in Electron where its binary is (else each says so).
  projects: [{ name: 'browser' }, { name: 'electron' }],
  use: {
    browserName: 'chromium',
    headless: true,
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    // Colours are judged as they end up, not half-way between two.
    contextOptions: { reducedMotion: 'reduce' },
    // A trace records every action of every test and costs more than the test. For one: `playwright test --trace on`.
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium,
      args: [
        // Chromium refuses its sandbox to root; the app itself never asks for this.
        ...(isRoot ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
