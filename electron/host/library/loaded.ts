/** A runbook with the exact bytes that are planned, run and kept, and those of every file they were put together from. */
import type { BrokenRunbook, LibraryEntry } from '../../contract/views.ts';
import type { Plan } from '../../contract/plan.ts';
import type { Diagnostic, Runbook } from '../../contract/runbook.ts';
import { sourcePath } from '../../domain/evidence/names.ts';
import { type Linked, linkRunbook, openSteps } from '../../domain/runbook/link/link.ts';
import { parseRunbook, readInput } from '../../domain/runbook/parse.ts';
import { sha256 } from '../files/hash.ts';
import { idOf, type Shelf, type ShelfFile } from './shelf.ts';

export type PlannedSource = NonNullable<Plan['sources']>[number];

/** A file the runbook was put together from. */
export interface SourceBytes extends PlannedSource {
  readonly bytes: Uint8Array;
}

export interface LoadedRunbook extends LibraryEntry {
  readonly bytes: Uint8Array;
  /** In the order the plan names them; none where the runbook is one file as it stands. */
  readonly kept: readonly SourceBytes[];
}

/** Where the bytes of a source are kept in a run or in a prepared plan. */
export function keptFiles({ kept }: Pick<LoadedRunbook, 'kept'>): readonly {
  readonly path: string;
  readonly content: Uint8Array;
}[] {
  return kept.map(({ kind, id, bytes }) => ({ path: sourcePath(kind, id), content: bytes }));
}

/** What a plan says of the files; nothing where there are none. */
export function plannedSources({ kept }: Pick<LoadedRunbook, 'kept'>): Pick<Plan, 'sources'> {
  if (kept.length === 0) return {};
  return {
    sources: kept.map(({ kind, id, version, sha256: digest }) => ({ kind, id, version, sha256: digest })),
  };
}

/** Puts one runbook of the shelf together. Its bytes and their digest are made when they are first asked for. */
export function linkShelved(
  shelf: Shelf,
  main: ShelfFile,
  rehearsal: boolean,
): LoadedRunbook | BrokenRunbook {
  const overlays = rehearsal ? shelf.rehearsal : shelf.overlays;
  const linked = linkRunbook(main.text, main.file, {
    called: (id) => shelf.runbooks.get(id),
    known: [...shelf.runbooks.keys()],
    overlays,
    reference: (path) => shelf.value(path),
    memo: shelf.memo,
  });
  if (linked.before) return { file: main.file, diagnostics: madeByApp(main) };
  const { runbook, diagnostics } = linked;
  if (runbook === null) return { file: main.file, diagnostics };
  let printed: Pick<ShelfFile, 'bytes' | 'sha256'> | undefined = linked.changed ? undefined : main;
  const print = () => {
    printed ??= withDigest(new TextEncoder().encode(linked.text));
    return printed;
  };
  return {
    ...entryOf(runbook, main.file, diagnostics, rehearsal),
    get bytes() {
      return print().bytes;
    },
    get sha256() {
      return print().sha256;
    },
    kept: linked.changed ? keptOf(shelf, main, overlays, runbook, linked) : [],
  };
}

/** A runbook as a run or a prepared plan has it: one file, put together before. */
export function parseBytes(
  bytes: Uint8Array,
  file: string,
  form: { readonly rehearsal: boolean; readonly kept?: readonly SourceBytes[] },
): LoadedRunbook | BrokenRunbook {
  const { runbook, diagnostics } = parseRunbook(new TextDecoder('utf-8').decode(bytes), file);
  if (runbook === null) return { file, diagnostics };
  const entry = entryOf(runbook, file, diagnostics, form.rehearsal);
  return { ...entry, ...withDigest(bytes), kept: form.kept ?? [] };
}

function withDigest(bytes: Uint8Array) {
  return { bytes, sha256: sha256(bytes) };
}

function entryOf(
  runbook: Runbook,
  file: string,
  diagnostics: readonly Diagnostic[],
  rehearsal: boolean,
): Omit<LoadedRunbook, 'bytes' | 'sha256' | 'kept'> {
  return {
    runbook,
    file,
    diagnostics,
    rehearsal,
    vendorOpen: openSteps(runbook),
    sources: runbook.sources ?? [],
    overlay: runbook.overlay ?? [],
  };
}

function keptOf(
  shelf: Shelf,
  main: ShelfFile,
  overlays: readonly ShelfFile[],
  runbook: Runbook,
  { sources }: Linked,
): readonly SourceBytes[] {
  const own: SourceBytes = {
    kind: 'main',
    id: runbook.id,
    version: runbook.version,
    sha256: main.sha256,
    bytes: main.bytes,
  };
  const others = sources.flatMap(({ kind, id, version, sha256: digest }): readonly SourceBytes[] => {
    const file = kind === 'called' ? shelf.runbooks.get(id) : overlays.find((one) => one.sha256 === digest);
    return file === undefined ? [] : [{ kind, id, version, sha256: file.sha256, bytes: file.bytes }];
  });
  return [own, ...others];
}

/** A text that was put together belongs to a run: in the library it would hide what it was made of. */
function madeByApp({ text, file }: ShelfFile): readonly Diagnostic[] {
  const read = readInput(text, file);
  if (!read.ok) return read.diagnostics;
  const message = 'This runbook was put together by the app for a run.';
  const hint = `put the file it was written as here instead, plan/main-${idOf(file)}.yaml of that run`;
  return [read.source.at('error', 'runbook.linked', ['linked'], message, { key: true, hint })];
}
