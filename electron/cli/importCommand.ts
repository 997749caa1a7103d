/** `holdpoint import`: makes a draft of a runbook out of a document, and says place by place what is wrong with it. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RunbookId } from '../contract/ids.ts';
import { fail, ok, type Result } from '../contract/result.ts';
import { MAX_BYTES } from '../domain/import/guard.ts';
import { importDocument } from '../domain/import/importDocument.ts';
import { formatDiagnostic } from '../host/library/library.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Output } from './output.ts';

export interface ImportArguments {
  /** Folder of the draft, made when it is not there; the current one when it is left out. */
  readonly out?: string;
  readonly id?: string;
}

/**
 * Imports one document. Writes `<id>.runbook.yaml`, never over a file that is there. 0 when nothing was found, 1 when
 * there are findings (the draft is written all the same), 2 or 3 when nothing could be read or written.
 */
export async function importCommand(path: string, args: ImportArguments, output: Output): Promise<ExitCode> {
  if (args.id !== undefined && !RunbookId.safeParse(args.id).success) {
    output.note(`holdpoint: --id ${args.id}: lower-case words joined by hyphens, 64 characters at most.`);
    return EXIT.usage;
  }
  const text = await readDocument(path);
  if (!text.ok) return output.failure(text.error);
  const imported = importDocument(text.value, path, args.id === undefined ? {} : { id: args.id });
  if (!imported.ok) return output.failure(imported.error);
  const { id, runbook, findings } = imported.value;
  const file = join(args.out ?? '.', `${id}.runbook.yaml`);
  const written = await writeNew(file, runbook);
  if (!written.ok) return output.failure(written.error);
  for (const finding of findings) output.line(formatDiagnostic(finding));
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  output.data({ file, errors, warnings: findings.length - errors, findings });
  output.note(
    `${file}: a draft, ${String(errors)} errors, ${String(findings.length - errors)} warnings in ${path}`,
  );
  return findings.length === 0 ? EXIT.ok : EXIT.findings;
}

async function readDocument(path: string): Promise<Result<string>> {
  try {
    const info = await stat(path);
    if (!info.isFile()) return fail('not-found', `${path} is not a file.`);
    if (info.size > MAX_BYTES) {
      return fail('unsupported', `${path}: the document is larger than 256 KiB.`, {
        hint: 'Import it in parts.',
      });
    }
    return ok(await readFile(path, 'utf8'));
  } catch {
    return fail('not-found', `${path} cannot be read.`);
  }
}

async function writeNew(file: string, text: string): Promise<Result<null>> {
  const unwritable = fail('storage', `${file} cannot be written.`, {
    hint: 'Check the folder and the space on it.',
  });
  try {
    await mkdir(dirname(file), { recursive: true });
  } catch {
    return unwritable;
  }
  try {
    await writeFile(file, text, { flag: 'wx' });
    return ok(null);
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    return exists
      ? fail('refused', `${file} is there already.`, {
          kept: 'The file was not touched.',
          hint: 'Choose another folder with --out or another id with --id.',
        })
      : unwritable;
  }
}
