/** The runbooks on disk. Reads files, hands their text to the parser, and reports what cannot be used and why. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BrokenRunbook, LibraryEntry } from '../../contract/views.ts';
import type { RunbookId } from '../../contract/ids.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Diagnostic } from '../../contract/runbook.ts';
import { parseRunbook } from '../../domain/runbook/parse.ts';
import { systemCode } from '../files/durable.ts';
import { sha256 } from '../files/hash.ts';

const SUFFIX = '.runbook.yaml';

/** A runbook with the exact bytes it was read from. */
export interface LoadedRunbook extends LibraryEntry {
  readonly bytes: Uint8Array;
}

export interface Library {
  list(): Promise<{ readonly entries: readonly LoadedRunbook[]; readonly broken: readonly BrokenRunbook[] }>;
  get(id: RunbookId): Promise<Result<LoadedRunbook>>;
}

/** A library over folders; a runbook in an earlier folder wins over one of the same id in a later one. */
export function createLibrary(folders: readonly string[]): Library {
  async function list() {
    const files = (await Promise.all(folders.map(runbookFiles))).flat();
    const seen = new Map<string, LoadedRunbook | BrokenRunbook>();
    for (const file of files) {
      if (!seen.has(basename(file))) seen.set(basename(file), await load(file));
    }
    const all = [...seen.values()];
    return {
      entries: all.filter((item): item is LoadedRunbook => 'runbook' in item),
      broken: all.filter((item): item is BrokenRunbook => !('runbook' in item)),
    };
  }

  async function get(id: RunbookId): Promise<Result<LoadedRunbook>> {
    for (const folder of folders) {
      const file = join(folder, `${id}${SUFFIX}`);
      const found = await load(file, true);
      if (found === null) continue;
      return 'runbook' in found ? ok(found) : broken(found);
    }
    return fail('not-found', `There is no runbook ${id} in the library.`, {
      hint: `Looked in ${folders.join(' and ')}.`,
    });
  }

  return { list, get };
}

function broken(found: BrokenRunbook): Result<LoadedRunbook> {
  const errors = found.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  return fail('invalid-runbook', errors.map(formatDiagnostic).join('\n'), {
    hint: 'Correct the file; it is read again at the next look.',
  });
}

/** `file:line:column message (rule). hint` as compilers write it. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, severity, message, rule, hint } = diagnostic;
  const place = `${file}:${String(line)}:${String(column)}`;
  return `${place} ${severity}: ${message} [${rule}]${hint === undefined ? '' : ` ${hint}`}`;
}

async function runbookFiles(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder))
      .filter((name) => name.endsWith(SUFFIX))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function load(file: string): Promise<LoadedRunbook | BrokenRunbook>;
async function load(file: string, optional: true): Promise<LoadedRunbook | BrokenRunbook | null>;
async function load(file: string, optional = false): Promise<LoadedRunbook | BrokenRunbook | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (optional && systemCode(error) === 'ENOENT') return null;
    const message = `The file cannot be read (${systemCode(error)}).`;
    return {
      file,
      diagnostics: [{ severity: 'error', rule: 'file.unreadable', message, file, line: 1, column: 1 }],
    };
  }
  return parseBytes(bytes, file);
}

/** Parses a runbook file's bytes. */
export function parseBytes(bytes: Uint8Array, file: string): LoadedRunbook | BrokenRunbook {
  const { runbook, diagnostics } = parseRunbook(new TextDecoder('utf-8').decode(bytes), file);
  if (runbook === null) return { file, diagnostics };
  return { runbook, sha256: sha256(bytes), file, diagnostics, bytes };
}
