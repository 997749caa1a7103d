/**
 * `npm test`: sets up, builds, then every check and test. The last line is `N passed, N failed`; the exit code is 0 only
 * when something passed and nothing failed.
 *   node scripts/test.mjs [static|unit|integration|security|fault|package|e2e …]
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildIfStale } from './build.mjs';
import { endChildrenOnSignal, runNode } from './lib/child.mjs';
import { inRoot, root } from './lib/paths.mjs';
import { ensurePrograms } from './lib/programs.mjs';
import { findBrowser } from './lib/desktop.mjs';
import { listFiles } from './lib/stale.mjs';
import { temporaryFolder } from './lib/temporary.mjs';
import {
  add,
  empty,
  exitCode,
  fromPlaywright,
  fromVitest,
  skipReasons,
  summary,
  unsteady,
} from './lib/tally.mjs';
import { ensureNodeModules } from './setup.mjs';

const NODE_PARTS = ['unit', 'integration', 'security', 'fault', 'package'];
const PARTS = ['static', ...NODE_PARTS, 'e2e'];
const NODE_LIMIT_MS = 60 * 60_000;
const PAGE_LIMIT_MS = 40 * 60_000;

const passed = { ...empty, passed: 1 };
const failed = { ...empty, failed: 1 };

function say(text) {
  process.stdout.write(`${text}\n`);
}

function environment(extra = {}) {
  const env = { ...process.env, ...extra };
  if (!process.stdout.isTTY) {
    delete env.FORCE_COLOR;
    env.NO_COLOR = '1';
  }
  return env;
}

/** One check that passes or fails as a whole; its output is shown only when it fails. */
async function check(name, script, args) {
  const { code, output } = await runNode(inRoot('node_modules', script), args, { env: environment() });
  say(code === 0 ? `ok      ${name}` : `FAILED  ${name}\n${output.trimEnd()}`);
  return code === 0 ? passed : failed;
}

/** One after the other: they have one core, the tests have the rest. */
async function staticChecks() {
  return add(
    await check('types', 'typescript-native/bin/tsc', ['--build', '--pretty', 'false']),
    await check('format', 'prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.']),
    await check('lint with types', 'oxlint/bin/oxlint', ['.', '--format=unix']),
    await check('lint', 'eslint/bin/eslint.js', ['.', '--max-warnings', '0']),
  );
}

function readReport(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

async function nodeTests(parts, folder) {
  const has = (part) => listFiles(root, `test/${part}`).some((file) => /\.test\.tsx?$/u.test(file));
  const present = parts.filter(has);
  if (present.length === 0) return empty;
  const report = path.join(folder, 'vitest.json');
  const { code, timedOut } = await runNode(
    inRoot('node_modules/vitest/vitest.mjs'),
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`].concat(
      present.map((part) => `test/${part}/`),
    ),
    { show: true, timeoutMs: NODE_LIMIT_MS, env: environment() },
  );
  if (timedOut) say('FAILED  the tests did not end in time and were stopped');
  const seen = readReport(report);
  for (const line of unsteady(seen)) say(line);
  return fromVitest(seen, code);
}

async function pageTests(folder) {
  if (!listFiles(root, 'test/e2e/specs').some((file) => file.endsWith('.spec.ts'))) return empty;
  if (findBrowser() === undefined) {
    say('skipped e2e: no Chromium here');
    return { ...empty, skipped: 1 };
  }
  const report = path.join(folder, 'e2e.json');
  const { code, timedOut } = await runNode(inRoot('node_modules/@playwright/test/cli.js'), ['test'], {
    show: true,
    timeoutMs: PAGE_LIMIT_MS,
    env: environment({ PLAYWRIGHT_JSON: report }),
  });
  if (timedOut) say('FAILED  the browser tests did not end in time and were stopped');
  const seen = readReport(report);
  for (const line of [...skipReasons(seen), ...unsteady(seen)]) say(line);
  return fromPlaywright(seen, code);
}

async function buildCheck() {
  try {
    await buildIfStale();
    say('ok      build');
    return passed;
  } catch (error) {
    say(`FAILED  build: ${error.message}`);
    return failed;
  }
}

async function runParts(parts) {
  await ensureNodeModules();
  await ensurePrograms();
  const { folder, remove } = temporaryFolder();
  // Also when a signal ends this; those who write into it are ended first.
  process.once('exit', remove);
  process.env.TMPDIR = folder;
  try {
    // Tests wait for servers most of the time; what only reads the sources goes on beside them.
    const checked = parts.includes('static') ? staticChecks() : Promise.resolve(empty);
    const tallies = [await buildCheck()];
    tallies.push(
      await nodeTests(
        NODE_PARTS.filter((part) => parts.includes(part)),
        folder,
      ),
    );
    tallies.push(await checked);
    if (parts.includes('e2e')) tallies.push(await pageTests(folder));
    return add(...tallies);
  } finally {
    remove();
  }
}

endChildrenOnSignal();
const asked = process.argv.slice(2);
const unknown = asked.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) {
  process.stderr.write(`There is no part "${unknown.join('", "')}". Parts: ${PARTS.join(', ')}.\n`);
  process.exit(2);
}
let tally = failed;
try {
  tally = await runParts(asked.length > 0 ? asked : PARTS);
} catch (error) {
  say(`FAILED  ${error.stack ?? error}`);
}
process.exitCode = exitCode(tally);
say(summary(tally));
