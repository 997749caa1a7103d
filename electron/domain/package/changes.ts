/** What of a library becomes different when a package is imported. Pure. */
import type { PackageChange } from '../../contract/packages.ts';
import { compareVersions } from './version.ts';

/** A file as the library has it, or as a package brings it. */
export interface Known {
  readonly kind: PackageChange['kind'];
  readonly id: string;
  readonly sha256: string;
  readonly version?: string;
}

/** A file that the library has, and where. */
export interface Here extends Known {
  readonly file: string;
  /** It is in front of every package: what a package brings under this name is not used. */
  readonly front: boolean;
}

/** `before`: what the version of this package that is imported now brought. Sorted by kind and id. */
export function packageChanges(
  brings: readonly Known[],
  here: readonly Here[],
  before: readonly Known[],
): readonly PackageChange[] {
  const find = <T extends Known>(all: readonly T[], { kind, id }: Known) =>
    all.find((one) => one.kind === kind && one.id === id);
  const kept = brings.map((one) => changeOf(one, find(here, one)));
  const gone = before
    .filter((one) => find(brings, one) === undefined)
    .map(({ kind, id, version }): PackageChange => ({
      kind,
      id,
      change: 'removed',
      downgrade: false,
      ...(version === undefined ? {} : { from: version }),
    }));
  return [...kept, ...gone].sort((a, b) => order(a) - order(b) || (a.id < b.id ? -1 : 1));
}

function changeOf({ kind, id, sha256, version }: Known, here: Here | undefined): PackageChange {
  const both = version !== undefined && here?.version !== undefined;
  const same = here?.sha256 === sha256;
  return {
    kind,
    id,
    change: here === undefined ? 'added' : same ? 'same' : 'changed',
    downgrade: both && compareVersions(version, here.version ?? version) < 0,
    ...(here?.version === undefined ? {} : { from: here.version }),
    ...(version === undefined ? {} : { to: version }),
    ...(here?.front === true && !same ? { hiddenBy: here.file } : {}),
  };
}

function order({ kind }: PackageChange): number {
  return ['runbook', 'overlay', 'reference'].indexOf(kind);
}
