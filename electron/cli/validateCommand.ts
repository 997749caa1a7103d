/** `holdpoint validate`: reads runbooks, overlays and reference pages and says, place by place, what is wrong with them. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../contract/runbook.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import { parseReference } from '../domain/reference/parse.ts';
import { loadOverlay } from '../domain/runbook/link/overlay.ts';
import { sha256 } from '../host/files/hash.ts';
import { formatDiagnostic } from '../host/library/library.ts';
import { type BesideReader, createBesideReader } from '../host/library/readBeside.ts';
import { appFolder } from './compose.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';

const KINDS = ['.runbook.yaml', '.overlay.yaml', '.reference.yaml'] as const;

/** Validates files and folders. 0 when there is no error, 1 when there is one, 2 or 3 when nothing could be read. */
export async function validateCommand(paths: readonly string[], output: Output): Promise<ExitCode> {
  const found: Diagnostic[] = [];
  const reader = createBesideReader([join(appFolder(), 'runbooks')]);
  let files = 0;
  for (const path of paths) {
    const named = await filesIn(path);
    if (!named.ok) return output.failure(named.error);
    for (const file of named.value) {
      files += 1;
      found.push(...(await problemsIn(file, reader)));
    }
  }
  const diagnostics = [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
  for (const diagnostic of diagnostics) output.line(formatDiagnostic(diagnostic));
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  output.data({ files, errors, warnings: diagnostics.length - errors, diagnostics });
  output.note(
    `${String(files)} files, ${String(errors)} errors, ${String(diagnostics.length - errors)} warnings`,
  );
  return errors === 0 ? EXIT.ok : EXIT.findings;
}

async function problemsIn(file: string, reader: BesideReader): Promise<readonly Diagnostic[]> {
  const text = await readFile(file, 'utf8');
  if (file.endsWith('.reference.yaml')) return parseReference(text, file).diagnostics;
  if (file.endsWith('.overlay.yaml')) {
    const loaded = loadOverlay(text, file, sha256(text));
    return loaded.ok ? [] : loaded.diagnostics;
  }
  return (await reader.read(text, file)).diagnostics;
}

async function filesIn(path: string): Promise<Result<readonly string[]>> {
  try {
    if (!(await stat(path)).isDirectory()) return ok([path]);
    const names = (await readdir(path)).filter((name) => KINDS.some((kind) => name.endsWith(kind))).sort();
    return ok(names.map((name) => join(path, name)));
  } catch {
    return fail('not-found', `${path} cannot be read.`);
  }
}
