/**
 * The shipped runbooks: each is linted clean, and each comes out in rehearsal as its own test says, with evidence that
 * verifies. No fault of a case may lead to a pass that its test does not declare.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lintCommand } from '../../../electron/cli/lintCommand.ts';
import type { Output } from '../../../electron/cli/output.ts';
import { lintRunbook } from '../../../electron/domain/lint/lint.ts';
import { readTest } from '../../../electron/domain/testing/testFile.ts';
import { faultTitles } from '../../../electron/host/rehearsal/faults.ts';
import { formatDiagnostic } from '../../../electron/host/library/library.ts';
import { createBesideReader } from '../../../electron/host/library/readBeside.ts';
import { type CliResult, runCli } from '../../fixtures/platform/runCli.ts';
import { APP_DIR } from '../../fixtures/runs/desk.ts';

const RUNBOOKS = join(APP_DIR, 'runbooks');
const TESTS = join(RUNBOOKS, 'tests');

function listening(): { readonly output: Output; readonly lines: string[] } {
  const lines: string[] = [];
  const output: Output = {
    json: false,
    line: (line) => lines.push(line.replace(`${APP_DIR}/`, '')),
    data: () => undefined,
    note: () => undefined,
    failure: (failure) => {
      lines.push(failure.message);
      return 3;
    },
    paint: (_colour, text) => text,
  };
  return { output, lines };
}

const ids = async (folder: string, suffix: string) =>
  (await readdir(folder)).flatMap((name) => (name.endsWith(suffix) ? [name.slice(0, -suffix.length)] : []));

test('every runbook is linted clean', async () => {
  const { output, lines } = listening();
  const code = await lintCommand([RUNBOOKS], { strict: true }, output);
  expect(lines.filter((line) => / (?:error|warning): /.test(line))).toEqual([]);
  expect(code).toBe(0);
});

test('every runbook is clean as it would be run, with all that it calls', async () => {
  const reader = createBesideReader();
  const library = new Set(await ids(RUNBOOKS, '.runbook.yaml'));
  for (const id of library) {
    const file = join(RUNBOOKS, `${id}.runbook.yaml`);
    const linked = await reader.read(await readFile(file, 'utf8'), file);
    expect(linked.runbook, id).not.toBeNull();
    const found = lintRunbook(linked.text, file, { library });
    expect(found.filter(({ severity }) => severity === 'error').map(formatDiagnostic), id).toEqual([]);
  }
});

test('every runbook has a test, with a case that completes, and every fault is in a case', async () => {
  const tested = await ids(TESTS, '.test.yaml');
  expect(tested.sort()).toEqual((await ids(RUNBOOKS, '.runbook.yaml')).sort());
  const faults = new Set<string>();
  for (const id of tested) {
    const file = join(TESTS, `${id}.test.yaml`);
    const { test: read, diagnostics } = readTest(await readFile(file, 'utf8'), file);
    expect(diagnostics, id).toEqual([]);
    for (const { faults: on } of read?.cases ?? []) for (const fault of on) faults.add(fault);
    const completes = read?.cases.some((one) => one.faults.length === 0 && one.result.startsWith('success'));
    expect(completes, `${id} has no case that completes`).toBe(true);
  }
  expect(Object.keys(faultTitles).filter((fault) => !faults.has(fault))).toEqual([]);
});

/**
 * All of them at once, by the program that is shipped: it does with less than the tests' own process, whose size is
 * copied for each command that a rehearsal starts.
 */
describe('in rehearsal', async () => {
  const names = await ids(TESTS, '.test.yaml');
  let home: string;
  let done: CliResult;
  let lines: readonly string[];

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'hp-shipped-'));
    done = await runCli(home, ['test', 'runbooks']);
    lines = done.stdout.split('\n').filter((line) => line !== '');
  }, 45 * 60_000);
  afterAll(() => rm(home, { recursive: true, force: true }));

  test.each(names)('%s comes out as its test says', async (id) => {
    const file = join('runbooks', 'tests', `${id}.test.yaml`);
    const { test: read } = readTest(await readFile(join(APP_DIR, file), 'utf8'), file);
    const own = lines.filter((line) => line.startsWith(`${file}:`));
    expect(own.filter((line) => !line.includes(' ok: '))).toEqual([]);
    expect(own).toHaveLength(read?.cases.length ?? 0);
  });

  test('nothing else is wrong', () => {
    expect(lines.filter((line) => !line.includes(' ok: '))).toEqual([]);
    expect(done.stderr.trimEnd()).toMatch(/^(\d+) cases, \1 as they should be, 0 not$/);
    expect(done.code).toBe(0);
  });
});
