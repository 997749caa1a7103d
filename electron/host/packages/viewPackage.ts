/** What people are shown of a package before they import it: what is in it, what is wrong with it, what it changes here. */
import type { PackageChange, PackageSigner, PackageView } from '../../contract/packages.ts';
import { checkBeside, checkRunbook } from '../../domain/package/check.ts';
import { type Here, type Known, packageChanges } from '../../domain/package/changes.ts';
import { type PackageParts, partsOf } from '../../domain/package/parts.ts';
import type { ProvenPackage } from '../../domain/package/read.ts';
import { compareVersions } from '../../domain/package/version.ts';
import type { SourceText } from '../../domain/runbook/link/link.ts';
import type { LinkMemo } from '../../domain/runbook/link/memo.ts';
import { sha256 } from '../files/hash.ts';
import { idOf, type Shelf } from '../library/shelf.ts';
import type { IntactPackage } from './installed.ts';

/** A package with all that was found in it; nothing of this desk is in it. */
export type CheckedPackage = Pick<
  PackageView,
  'runbooks' | 'overlays' | 'reference' | 'tests' | 'errors' | 'warnings'
> & { readonly parts: PackageParts };

/** Reads, puts together and lints everything, one runbook at a time. */
export async function checkPackage({ files }: ProvenPackage): Promise<CheckedPackage> {
  const parts = partsOf(files);
  const runbooks: PackageView['runbooks'][number][] = [];
  const found = [...checkBeside(parts)];
  for (const id of parts.runbooks.keys()) {
    await turnOfOthers();
    const { runbook, diagnostics } = checkRunbook(parts, id, sha256);
    if (runbook !== null) runbooks.push(runbook);
    found.push(...diagnostics);
  }
  // Of a runbook that calls another one, what is wrong with that one is found again.
  const once = [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
  return {
    parts,
    runbooks,
    overlays: [...parts.overlays.keys()],
    reference: [...parts.reference.keys()],
    tests: [...parts.tests.keys()],
    errors: once.filter(({ severity }) => severity === 'error'),
    warnings: once.filter(({ severity }) => severity !== 'error'),
  };
}

/** What it changes on this desk. `isFront`: whether a file stays in front of what a package brings. */
export function changesOf(
  { parts }: Pick<CheckedPackage, 'parts'>,
  shelf: Shelf,
  before: IntactPackage | undefined,
  isFront: (file: string) => boolean,
): readonly PackageChange[] {
  return packageChanges(
    knownOf(parts),
    hereOf(shelf, parts).map((one) => ({ ...one, front: isFront(one.file) })),
    before === undefined ? [] : knownOf(before.parts()),
  );
}

export function replacedBy(
  { head }: ProvenPackage,
  before: IntactPackage | undefined,
): Pick<PackageView, 'replaces'> {
  if (before === undefined) return {};
  const { version } = before.proven.head;
  const downgrade = compareVersions(head.version, version) < 0;
  return { replaces: { version, sha256: before.proven.sha256, downgrade } };
}

/** Why a package cannot be imported, as a sentence. */
export function whyBarred(signer: PackageSigner, errors: number): Pick<PackageView, 'barred'> {
  if (signer.state === 'none')
    return { barred: 'Nobody has signed this package. Have it signed by whoever may release runbooks here.' };
  if (signer.state === 'refused')
    return { barred: `Its signature does not count on this desk: ${signer.why}.` };
  if (errors === 0) return {};
  return { barred: `It has ${String(errors)} ${errors === 1 ? 'error' : 'errors'}: none of it is imported.` };
}

function knownOf(parts: PackageParts): readonly Known[] {
  const of = (kind: Known['kind'], all: ReadonlyMap<string, SourceText>) =>
    [...all].map(([id, file]) => ({ kind, id, sha256: file.sha256, ...versionOf(kind, file, parts.memo) }));
  return [
    ...of('runbook', parts.runbooks),
    ...of('overlay', parts.overlays),
    ...of('reference', parts.reference),
  ];
}

/** Files of the library that the package brings as well: of others nothing is read. */
function hereOf(shelf: Shelf, parts: PackageParts): readonly Omit<Here, 'front'>[] {
  const { memo } = shelf;
  const of = (
    kind: Known['kind'],
    files: readonly SourceText[],
    nameOf: (file: string) => string,
    brings: ReadonlyMap<string, unknown>,
  ) =>
    files
      .map((file) => ({ file, id: nameOf(file.file) }))
      .filter(({ id }) => brings.has(id))
      .map(({ file, id }) => ({
        kind,
        id,
        file: file.file,
        sha256: file.sha256,
        ...versionOf(kind, file, memo),
      }));
  return [
    ...of('runbook', [...shelf.runbooks.values()], idOf, parts.runbooks),
    ...of('overlay', shelf.overlays, stem, parts.overlays),
    ...of('reference', shelf.reference, stem, parts.reference),
  ];
}

/** `/folder/prague.overlay.yaml` is of `prague`. */
function stem(file: string): string {
  return (file.split(/[\\/]/).at(-1) ?? file).replace(/\.(?:overlay|reference)\.yaml$/, '');
}

function versionOf(kind: Known['kind'], file: SourceText, memo: LinkMemo): Pick<Known, 'version'> {
  if (kind === 'runbook') {
    const read = memo.input(file.text, file.file);
    return read.ok ? { version: String(read.input.version) } : {};
  }
  if (kind === 'reference') return {};
  const read = memo.overlay(file.text, file.file, file.sha256);
  return read.ok ? { version: String(read.overlay.input.version) } : {};
}

function turnOfOthers(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
