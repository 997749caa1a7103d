/** `holdpoint test`: runs the tests of runbooks in rehearsals, several at a time, and says place by place what is not as they say. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fail, ok, type Result } from '../contract/result.ts';
import type { Diagnostic } from '../contract/runbook.ts';
import { readTest } from '../domain/testing/testFile.ts';
import { formatDiagnostic } from '../host/library/library.ts';
import { appFolder } from './compose.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';
import { type CaseOutcome, type CaseToRun, runCase } from './testCase.ts';

const SUFFIX = '.test.yaml';
const RUNBOOK = '.runbook.yaml';
const FOLDER = 'tests';

export interface TestArguments {
  /** Only cases whose name holds this. */
  readonly only?: string;
  /** Cases at a time; two more than there are cores when it is left out: most of its time a case waits. */
  readonly jobs?: number;
  /** Folder that holds `runbooks` and `assets`; that of the app when it is left out. */
  readonly appDir?: string;
}

/** 0 when every case is as its test says, 1 when one is not, 2 or 3 when nothing could be read. */
export async function testCommand(
  paths: readonly string[],
  args: TestArguments,
  output: Output,
): Promise<ExitCode> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await testFiles(path);
    if (!found.ok) return output.failure(found.error);
    files.push(...found.value);
  }
  const prepared = await mkdtemp(join(tmpdir(), 'holdpoint-prepared-'));
  try {
    return await testAll([...new Set(files)], prepared, args, output);
  } finally {
    await rm(prepared, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function testAll(
  files: readonly string[],
  prepared: string,
  args: TestArguments,
  output: Output,
): Promise<ExitCode> {
  const read = await readAll(files, prepared, args);
  if (!read.ok) return output.failure(read.error);
  const { cases, broken } = read.value;
  for (const diagnostic of broken) output.line(formatDiagnostic(diagnostic));
  if (cases.length === 0 && broken.length === 0)
    return output.failure(fail('not-found', 'There is no case to run.').error);
  const outcomes = await runAll(cases, args.jobs ?? availableParallelism() + 2, output);
  const passed = outcomes.filter(({ problems }) => problems.length === 0).length;
  const failed = outcomes.length - passed;
  output.data({
    files: files.length,
    passed,
    failed,
    cases: outcomes.map(({ it, result, ms, problems }) => ({
      runbook: it.test.runbook,
      name: it.one.name,
      ok: problems.length === 0,
      ...(result === undefined ? {} : { result }),
      ms,
      problems,
    })),
    diagnostics: broken,
  });
  output.note(`${String(outcomes.length)} cases, ${String(passed)} as they should be, ${String(failed)} not`);
  return failed === 0 && broken.length === 0 ? EXIT.ok : EXIT.findings;
}

/** A file itself; of a runbook its own test; of a folder its tests and those in its folder `tests`. */
async function testFiles(path: string): Promise<Result<readonly string[]>> {
  try {
    if (!(await stat(path)).isDirectory()) {
      const own = basename(path).endsWith(RUNBOOK)
        ? join(dirname(path), FOLDER, basename(path).replace(RUNBOOK, SUFFIX))
        : path;
      return ok([own]);
    }
    const own = await testsIn(path);
    const below = (await readdir(path)).includes(FOLDER) ? await testsIn(join(path, FOLDER)) : [];
    const all = [...own, ...below];
    return all.length > 0 ? ok(all) : fail('not-found', `There are no tests in ${path}: <id>${SUFFIX}.`);
  } catch {
    return fail('not-found', `${path} cannot be read.`);
  }
}

async function testsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith(SUFFIX))
    .sort()
    .map((name) => join(folder, name));
}

interface Tests {
  readonly cases: readonly CaseToRun[];
  readonly broken: readonly Diagnostic[];
}

async function readAll(
  files: readonly string[],
  prepared: string,
  args: TestArguments,
): Promise<Result<Tests>> {
  const cases: CaseToRun[] = [];
  const broken: Diagnostic[] = [];
  for (const file of files) {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch {
      return fail('storage', `${file} cannot be read.`);
    }
    const { test, diagnostics, at } = readTest(text, file);
    broken.push(...diagnostics);
    if (test === null) continue;
    const folder = dirname(file);
    const runbooks = basename(folder) === FOLDER ? dirname(folder) : folder;
    for (const [n, one] of test.cases.entries()) {
      if (args.only !== undefined && !one.name.includes(args.only)) continue;
      cases.push({ test, n, one, at, runbooks, appDir: args.appDir ?? appFolder(), prepared });
    }
  }
  return ok({ cases, broken });
}

type Outcome = CaseOutcome & { readonly it: CaseToRun; readonly ms: number };

/** Several at a time; told in the order of the files, each as soon as those before it are. */
async function runAll(
  cases: readonly CaseToRun[],
  jobs: number,
  output: Output,
): Promise<readonly Outcome[]> {
  const outcomes: (Outcome | undefined)[] = cases.map(() => undefined);
  let next = 0;
  let told = 0;
  const work = async (): Promise<void> => {
    for (let n = next; n < cases.length; n = next) {
      next += 1;
      const it = cases[n];
      if (it === undefined) return;
      const started = performance.now();
      const outcome = await runCase(it);
      outcomes[n] = { ...outcome, it, ms: Math.round(performance.now() - started) };
      for (let one = outcomes[told]; one !== undefined; one = outcomes[told]) {
        tell(one, output);
        told += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, cases.length)) }, work));
  return outcomes.filter((outcome) => outcome !== undefined);
}

function tell({ it, result, ms, problems }: Outcome, output: Output): void {
  for (const problem of problems) output.line(formatDiagnostic(problem));
  if (problems.length > 0) return;
  const { file, line, column } = it.at(it.n, ['name'], '');
  const took = `${(ms / 1000).toFixed(1)} s`;
  output.line(`${file}:${String(line)}:${String(column)} ok: ${it.one.name} (${result ?? ''}, ${took})`);
}
