/** `holdpoint lint`: what the linter finds in runbooks and documents, place by place, and what a rule means. Changes no file. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../contract/runbook.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import { importDocument } from '../domain/import/importDocument.ts';
import { lintRunbook, rules } from '../domain/lint/lint.ts';
import { rulePage } from '../domain/lint/page.ts';
import { suggestion } from '../domain/runbook/suggest.ts';
import { formatDiagnostic } from '../host/library/library.ts';
import { type BesideReader, createBesideReader } from '../host/library/readBeside.ts';
import { appFolder } from './compose.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';

const RUNBOOK = '.runbook.yaml';
const DOCUMENT = /\.(?:md|markdown)$/i;

export interface LintArguments {
  /** Warnings count as errors. */
  readonly strict: boolean;
}

/**
 * Lints files and folders. 0 without errors (with `strict` without warnings too), 1 otherwise, 3 when something cannot
 * be read. A document that the import refuses ends with 1 and says why.
 */
export async function lintCommand(
  paths: readonly string[],
  { strict }: LintArguments,
  output: Output,
): Promise<ExitCode> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await filesIn(path);
    if (!found.ok) return output.failure(found.error);
    files.push(...found.value);
  }
  const library = new Set(files.flatMap((file) => idOf(file) ?? []));
  const diagnostics: Diagnostic[] = [];
  const reader = createBesideReader([join(appFolder(), 'runbooks')]);
  for (const file of files) {
    const found = await lintFile(file, library, reader);
    if (!found.ok) return output.failure(found.error);
    diagnostics.push(...found.value);
  }
  for (const diagnostic of diagnostics) output.line(formatDiagnostic(diagnostic));
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  output.data({ files: files.length, errors, warnings, diagnostics });
  output.note(`${count(files.length, 'file')}, ${count(errors, 'error')}, ${count(warnings, 'warning')}`);
  return errors > 0 || (strict && warnings > 0) ? EXIT.findings : EXIT.ok;
}

/** Prints the page of a rule. */
export function explainCommand(id: string, output: Output): ExitCode {
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) {
    const near = suggestion(
      id,
      rules.map((one) => one.id),
    );
    output.note(`holdpoint: there is no rule ${id}; ${near ?? 'docs/lint lists them'}`);
    return EXIT.usage;
  }
  output.line(rulePage(rule).trimEnd());
  const { severity, title, why, remedy, bad, good } = rule;
  output.data({ id, severity, title, why, remedy, bad, good });
  return EXIT.ok;
}

async function lintFile(
  file: string,
  library: ReadonlySet<string>,
  reader: BesideReader,
): Promise<Result<readonly Diagnostic[]>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return notRead(file, error);
  }
  if (!DOCUMENT.test(file)) {
    const read = await reader.read(text, file);
    return ok(lintRunbook(text, file, { library: await beside(file, library), read }));
  }
  const imported = importDocument(text, file);
  return imported.ok ? ok(imported.value.findings) : imported;
}

/** A runbook may call those that are linted with it, and those in its own folder. */
async function beside(file: string, library: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  try {
    const names = await readdir(join(file, '..'));
    return new Set([...library, ...names.flatMap((name) => idOf(name) ?? [])]);
  } catch {
    // The folder may be closed while the file is open; what was named is known all the same.
    return library;
  }
}

function idOf(file: string): string | undefined {
  const name = file.split(/[\\/]/).at(-1) ?? file;
  return name.endsWith(RUNBOOK) ? name.slice(0, -RUNBOOK.length) : undefined;
}

/** A file itself, whatever it is called; of a folder its runbooks and documents. */
async function filesIn(path: string): Promise<Result<readonly string[]>> {
  try {
    if (!(await stat(path)).isDirectory()) return ok([path]);
    const names = (await readdir(path))
      .filter((name) => name.endsWith(RUNBOOK) || DOCUMENT.test(name))
      .sort();
    return ok(names.map((name) => join(path, name)));
  } catch (error) {
    return notRead(path, error);
  }
}

function notRead(path: string, error: unknown): Result<never> {
  const why = error instanceof Error ? error.message : String(error);
  return fail('storage', `${path} cannot be read: ${why}.`);
}

function count(n: number, what: string): string {
  return `${String(n)} ${what}${n === 1 ? '' : 's'}`;
}
