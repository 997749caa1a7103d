/** Reads everything the library is put together from: runbooks, reference pages and overlays. It judges none of it. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BrokenRunbook } from '../../contract/views.ts';
import type { Sha256 } from '../../contract/ids.ts';
import type { ReferencePage } from '../../domain/reference/page.ts';
import { recent } from '../../domain/recent.ts';
import { referenceValue } from '../../domain/reference/lookUp.ts';
import { type ParsedReference, parseReference } from '../../domain/reference/parse.ts';
import type { SourceText } from '../../domain/runbook/link/link.ts';
import { type LinkMemo, sharedMemo } from '../../domain/runbook/link/memo.ts';
import { systemCode } from '../files/durable.ts';
import { sha256 } from '../files/hash.ts';

/** A file with its exact bytes. */
export interface ShelfFile extends SourceText {
  readonly sha256: Sha256;
  readonly bytes: Uint8Array;
}

/** What a place that is no folder has of a kind. */
export interface PlaceFiles {
  readonly files: readonly ShelfFile[];
  readonly broken: readonly BrokenRunbook[];
}
/** A place for files beside folders, such as packages: what it has now, by kind. */
export type ShelfPlace = () => Promise<(kind: ShelfKind) => PlaceFiles>;
export type ShelfKind = 'runbook' | 'reference' | 'overlay';

/** Where the parts of the library are. A file in an earlier place wins over one of the same name in a later one. */
export interface LibraryFolders {
  /** Reference pages are in the folder `reference` of each. */
  readonly runbooks: readonly (string | ShelfPlace)[];
  /** Overlays of the site, for real runs. */
  readonly overlays: readonly (string | ShelfPlace)[];
  /** Overlays for rehearsals. */
  readonly rehearsal: readonly string[];
}

export interface Shelf {
  /** By id, as the file names say it. */
  readonly runbooks: ReadonlyMap<string, ShelfFile>;
  readonly pages: readonly ReferencePage[];
  /** Value of the reference pages, by `page.entry.value`. */
  value(path: string): string | undefined;
  /** The files of the pages. */
  readonly reference: readonly ShelfFile[];
  /** In the order they are merged. */
  readonly overlays: readonly ShelfFile[];
  readonly rehearsal: readonly ShelfFile[];
  /** Files that cannot be read at all, and reference pages with errors. */
  readonly broken: readonly BrokenRunbook[];
  /** The same for the same files with the same content. */
  readonly digest: Sha256;
  readonly memo: LinkMemo;
}

const RUNBOOK = '.runbook.yaml';
const SUFFIXES: Readonly<Record<ShelfKind, string>> = {
  runbook: RUNBOOK,
  overlay: '.overlay.yaml',
  reference: '.reference.yaml',
};

/** What is on disk now. The shelf that was read before is handed out again when nothing has changed. */
export async function readShelf(folders: LibraryFolders, before?: Shelf): Promise<Shelf> {
  const broken: BrokenRunbook[] = [];
  const opened = new Map<ShelfPlace, ReturnType<ShelfPlace>>();
  const open = (place: ShelfPlace) => {
    const found = opened.get(place) ?? place();
    opened.set(place, found);
    return found;
  };
  const read = async (places: LibraryFolders['runbooks'], kind: ShelfKind) => {
    const found = await readFirst(places, kind, open);
    broken.push(...found.broken);
    return found.files;
  };
  const runbooks = await read(folders.runbooks, 'runbook');
  const reference = await read(
    folders.runbooks.map((place) => (typeof place === 'string' ? join(place, 'reference') : place)),
    'reference',
  );
  const overlays = await read(folders.overlays, 'overlay');
  const rehearsal = await read(folders.rehearsal, 'overlay');
  const all = [...runbooks, ...reference, ...overlays, ...rehearsal];
  const digest = sha256(
    [...all.map((file) => `${file.sha256} ${file.file}`), JSON.stringify(broken)].join('\n'),
  );
  if (before?.digest === digest) return before;
  return shelves.of(digest, () => shelfOf({ runbooks, reference, overlays, rehearsal, broken, digest }));
}

const DIGEST_CHARS = 64;
/** Desks of one process look at the same files. */
const shelves = recent<Shelf>(4 * DIGEST_CHARS);

interface Found extends Pick<Shelf, 'reference' | 'overlays' | 'rehearsal' | 'broken' | 'digest'> {
  readonly runbooks: readonly ShelfFile[];
}

/** Reference pages are read when somebody asks for them: a runbook that takes nothing from them does not wait. */
function shelfOf({ runbooks, broken, ...found }: Found): Shelf {
  const read = new Map<ShelfFile, ParsedReference>();
  const pageOf = (file: ShelfFile) => {
    const page = read.get(file) ?? parseReference(file.text, file.file);
    read.set(file, page);
    return page;
  };
  return {
    ...found,
    runbooks: new Map(runbooks.map((file) => [idOf(file.file), file])),
    // What was read of one file stands, whatever becomes of the others.
    memo: sharedMemo,
    get pages() {
      return found.reference.flatMap((file) => pageOf(file).page ?? []);
    },
    get broken() {
      const pages = found.reference.flatMap((file): readonly BrokenRunbook[] => {
        const { page, diagnostics } = pageOf(file);
        return page === null ? [{ file: file.file, diagnostics }] : [];
      });
      return [...broken, ...pages];
    },
    value(path) {
      const name = `${path.split('.')[0] ?? ''}${SUFFIXES.reference}`;
      const file = found.reference.find((one) => basename(one.file) === name);
      const page = file === undefined ? null : pageOf(file).page;
      return page === null ? undefined : referenceValue([page], path);
    },
  };
}

/** `/folder/upgrade.runbook.yaml` is the runbook `upgrade`. */
export function idOf(file: string): string {
  return basename(file).slice(0, -RUNBOOK.length);
}

async function readFirst(
  places: LibraryFolders['runbooks'],
  kind: ShelfKind,
  open: (place: ShelfPlace) => ReturnType<ShelfPlace>,
): Promise<PlaceFiles> {
  const files: ShelfFile[] = [];
  const broken: BrokenRunbook[] = [];
  const seen = new Set<string>();
  for (const place of places) {
    const found = typeof place === 'string' ? await readFolder(place, kind, seen) : (await open(place))(kind);
    broken.push(...found.broken);
    for (const file of found.files) {
      const name = basename(file.file);
      if (!seen.has(name)) files.push(file);
    }
    for (const { file } of [...found.files, ...found.broken]) seen.add(basename(file));
  }
  return { files, broken };
}

async function readFolder(folder: string, kind: ShelfKind, seen: ReadonlySet<string>): Promise<PlaceFiles> {
  const files: ShelfFile[] = [];
  const broken: BrokenRunbook[] = [];
  for (const name of (await namesIn(folder, SUFFIXES[kind])).filter((one) => !seen.has(one))) {
    const found = await readOne(join(folder, name));
    if ('bytes' in found) files.push(found);
    else broken.push(found);
  }
  return { files, broken };
}

async function namesIn(folder: string, suffix: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(suffix)).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function readOne(file: string): Promise<ShelfFile | BrokenRunbook> {
  try {
    return fileOf(file, await readFile(file));
  } catch (error) {
    const reason = error instanceof TypeError ? 'it is not UTF-8' : systemCode(error);
    const message = `The file cannot be read (${reason}).`;
    return {
      file,
      diagnostics: [{ severity: 'error', rule: 'file.unreadable', message, file, line: 1, column: 1 }],
    };
  }
}

/** Throws a TypeError when the bytes are not UTF-8. */
export function fileOf(file: string, bytes: Uint8Array): ShelfFile {
  return {
    file,
    bytes,
    sha256: sha256(bytes),
    text: new TextDecoder('utf-8', { fatal: true }).decode(bytes),
  };
}
