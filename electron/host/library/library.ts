/** The runbooks of this desk, put together for real runs or for rehearsals, and what cannot be used with its reason. */
import { basename } from 'node:path';
import type { BrokenRunbook } from '../../contract/views.ts';
import type { RunbookId } from '../../contract/ids.ts';
import type { ReferencePage } from '../../contract/reference.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Diagnostic } from '../../contract/runbook.ts';
import { linkShelved, type LoadedRunbook } from './loaded.ts';
import { strangeNames } from './overlayNames.ts';
import { type LibraryFolders, readShelf, type Shelf } from './shelf.ts';

export { type LoadedRunbook, parseBytes } from './loaded.ts';

/** Which of the two forms of a runbook is meant; for real runs when nothing is said. */
export interface Form {
  readonly rehearsal?: boolean | undefined;
}

export interface Library {
  /** What it is put together from, as it is on disk now. */
  shelf(): Promise<Shelf>;
  /** Every runbook once: for real runs, and where that cannot be, for rehearsals, with what is wrong under `broken`. */
  list(): Promise<{ readonly entries: readonly LoadedRunbook[]; readonly broken: readonly BrokenRunbook[] }>;
  get(id: RunbookId, form?: Form): Promise<Result<LoadedRunbook>>;
  /** Ids of the runbooks there are, usable or not. */
  ids(): Promise<ReadonlySet<string>>;
  /** Reference pages that can be read. */
  pages(): Promise<readonly ReferencePage[]>;
}

/** What was put together of a shelf, by form and id. */
const made = new WeakMap<Shelf, Map<string, LoadedRunbook | BrokenRunbook>>();

/** A library over folders; a runbook in an earlier folder wins over one of the same id in a later one. */
export function createLibrary(
  runbooks: LibraryFolders['runbooks'],
  overlays: Partial<Omit<LibraryFolders, 'runbooks'>> = {},
): Library {
  const folders = { runbooks, overlays: overlays.overlays ?? [], rehearsal: overlays.rehearsal ?? [] };
  let shelf: Shelf | undefined;

  /** Files are read anew each time; what they come to is only made anew when one of them is another. */
  async function shelved(): Promise<Shelf> {
    shelf = await readShelf(folders, shelf);
    return shelf;
  }

  function load(from: Shelf, id: string, rehearsal: boolean): LoadedRunbook | BrokenRunbook | null {
    const file = from.runbooks.get(id);
    if (file === undefined) return null;
    const known = made.get(from) ?? new Map<string, LoadedRunbook | BrokenRunbook>();
    made.set(from, known);
    const key = `${String(rehearsal)} ${id}`;
    const loaded = known.get(key) ?? linkShelved(from, file, rehearsal);
    known.set(key, loaded);
    return loaded;
  }

  async function list() {
    const now = await shelved();
    const entries: LoadedRunbook[] = [];
    const broken: BrokenRunbook[] = [];
    for (const id of now.runbooks.keys()) {
      // A library is a second of work when all of it is new: a terminal in a run does not wait for it.
      await turnOfOthers();
      const real = load(now, id, false);
      if (real === null) continue;
      if ('runbook' in real) {
        entries.push(real);
        continue;
      }
      broken.push(real);
      const rehearsed = load(now, id, true);
      if (rehearsed !== null && 'runbook' in rehearsed) entries.push(rehearsed);
    }
    await turnOfOthers();
    return { entries, broken: byFile([...now.broken, ...strangeNames(now), ...broken]) };
  }

  async function get(id: RunbookId, form: Form = {}): Promise<Result<LoadedRunbook>> {
    const now = await shelved();
    const found = load(now, id, form.rehearsal ?? false);
    if (found !== null) return 'runbook' in found ? ok(found) : refused(found);
    const unreadable = now.broken.find(({ file }) => basename(file) === `${id}.runbook.yaml`);
    if (unreadable !== undefined) return refused(unreadable);
    return fail('not-found', `There is no runbook ${id} in the library.`, {
      hint: `Looked in ${runbooks.filter((place) => typeof place === 'string').join(' and ')}, and in the packages of this desk.`,
    });
  }

  return {
    shelf: shelved,
    list,
    get,
    ids: async () => new Set((await shelved()).runbooks.keys()),
    pages: async () => (await shelved()).pages,
  };
}

function turnOfOthers(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** One entry a file, each thing once: an error in an overlay is found with every runbook that it is merged into. */
function byFile(broken: readonly BrokenRunbook[]): readonly BrokenRunbook[] {
  const files = new Map<string, Map<string, Diagnostic>>();
  for (const diagnostic of broken.flatMap(({ diagnostics }) => diagnostics)) {
    const found = files.get(diagnostic.file) ?? new Map<string, Diagnostic>();
    found.set(JSON.stringify(diagnostic), diagnostic);
    files.set(diagnostic.file, found);
  }
  return [...files].map(([file, found]) => ({ file, diagnostics: [...found.values()] }));
}

function refused(found: BrokenRunbook): Result<LoadedRunbook> {
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
