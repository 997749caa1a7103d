/** `holdpoint validate`: reads runbooks and says, place by place, what is wrong with them. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../contract/runbook.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import { parseRunbook } from '../domain/runbook/parse.ts';
import { formatDiagnostic } from '../host/library/library.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';

/** Validates files and folders. 0 when there is no error, 1 when there is one, 2 or 3 when nothing could be read. */
export async function validateCommand(paths: readonly string[], output: Output): Promise<ExitCode> {
  const diagnostics: Diagnostic[] = [];
  let files = 0;
  for (const path of paths) {
    const found = await runbookFiles(path);
    if (!found.ok) return output.failure(found.error);
    for (const file of found.value) {
      files += 1;
      diagnostics.push(...parseRunbook(await readFile(file, 'utf8'), file).diagnostics);
    }
  }
  for (const diagnostic of diagnostics) output.line(formatDiagnostic(diagnostic));
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  output.data({ files, errors, warnings: diagnostics.length - errors, diagnostics });
  output.note(
    `${String(files)} files, ${String(errors)} errors, ${String(diagnostics.length - errors)} warnings`,
  );
  return errors === 0 ? EXIT.ok : EXIT.findings;
}

async function runbookFiles(path: string): Promise<Result<readonly string[]>> {
  try {
    if (!(await stat(path)).isDirectory()) return ok([path]);
    const names = (await readdir(path)).filter((name) => name.endsWith('.runbook.yaml')).sort();
    return ok(names.map((name) => join(path, name)));
  } catch {
    return fail('not-found', `${path} cannot be read.`);
  }
}
