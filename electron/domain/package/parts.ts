/** What a package is made of, ready to be put together: a library of its own, which knows nothing of any other. Pure. */
import type { ReferencePage } from '../../contract/reference.ts';
import type { Diagnostic } from '../../contract/runbook.ts';
import { referenceValue } from '../reference/lookUp.ts';
import { parseReference } from '../reference/parse.ts';
import { type Linked, linkRunbook, type SourceText } from '../runbook/link/link.ts';
import { linkMemo, type LinkMemo } from '../runbook/link/memo.ts';
import { byPath } from '../evidence/names.ts';
import { contentOf, type ContentKind } from './names.ts';
import type { PackedFile } from './read.ts';

export interface PackageParts {
  /** By id, as the file names say it. */
  readonly runbooks: ReadonlyMap<string, SourceText>;
  readonly reference: ReadonlyMap<string, SourceText>;
  readonly tests: ReadonlyMap<string, SourceText>;
  /** By site, in the order they are merged. */
  readonly overlays: ReadonlyMap<string, SourceText>;
  readonly pages: readonly ReferencePage[];
  /** Of the reference pages. */
  readonly diagnostics: readonly Diagnostic[];
  readonly memo: LinkMemo;
}

export function partsOf(files: ReadonlyMap<string, Pick<PackedFile, 'text' | 'sha256'>>): PackageParts {
  const of = (kind: ContentKind): ReadonlyMap<string, SourceText> => {
    const found = [...files].flatMap(([file, { text, sha256 }]) => {
      const content = contentOf(file);
      return content?.kind === kind ? [[content.id, { file, text, sha256 }] as const] : [];
    });
    return new Map(found.sort(([, a], [, b]) => byPath(a.file, b.file)));
  };
  const reference = of('reference');
  const read = [...reference.values()].map(({ text, file }) => parseReference(text, file));
  return {
    runbooks: of('runbook'),
    reference,
    tests: of('test'),
    overlays: of('overlay'),
    pages: read.flatMap(({ page }) => (page === null ? [] : [page])),
    diagnostics: read.flatMap(({ diagnostics }) => diagnostics),
    memo: linkMemo(),
  };
}

/** A runbook as the package alone puts it together; null when the package does not have it. */
export function linkPart(parts: PackageParts, id: string): Linked | null {
  const main = parts.runbooks.get(id);
  if (main === undefined) return null;
  return linkRunbook(main.text, main.file, {
    called: (called) => parts.runbooks.get(called),
    known: [...parts.runbooks.keys()],
    overlays: [...parts.overlays.values()],
    reference: (path) => referenceValue(parts.pages, path),
    memo: parts.memo,
  });
}
