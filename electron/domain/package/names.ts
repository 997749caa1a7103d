/** The names a package may hold and what each stands for. One grammar for writer and reader. */
import { namespaceOf, pathProblem } from '../evidence/names.ts';

export const SUMS = 'SHA256SUMS';
export const HEAD = 'package.json';
export const SIGNATURE = 'package.sig';

/** SSHSIG namespace of the signature over the digest list. */
export const RELEASE_NAMESPACE = namespaceOf('release');

/** The top directory of a package is `rb-<name>`. */
export const TOP_FORM = /^rb-[a-z0-9]+(?:-[a-z0-9]+)*$/;

export const MAX_PACKAGE_BYTES = 16 * 1024 * 1024;
/** The same that a runbook may have. */
export const MAX_FILE_BYTES = 1024 * 1024;
export const MAX_FILES = 1_000;

export const contentKinds = ['runbook', 'reference', 'test', 'overlay'] as const;
export type ContentKind = (typeof contentKinds)[number];

/** Folder and ending of each kind: the same as on disk, so that an unpacked package can be linted and tested. */
const PLACES: Readonly<Record<ContentKind, readonly [folder: string, ending: string]>> = {
  runbook: ['runbooks', '.runbook.yaml'],
  reference: ['runbooks/reference', '.reference.yaml'],
  test: ['runbooks/tests', '.test.yaml'],
  overlay: ['overlays', '.overlay.yaml'],
};

export function topDirectory(name: string): string {
  return `rb-${name}`;
}

/** File name of a package. */
export function packageFileName(name: string, version: string): string {
  return `${name}-${version}.runbooks.zip`;
}

/** Where a file of a kind stands in a package. `id`: as its file name says it. */
export function contentPath(kind: ContentKind, id: string): string {
  const [folder, ending] = PLACES[kind];
  return `${folder}/${id}${ending}`;
}

export interface ContentName {
  readonly kind: ContentKind;
  readonly id: string;
}

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** What a path stands for; null when it has no business in a package. */
export function contentOf(path: string): ContentName | null {
  if (pathProblem(path) !== null) return null;
  const slash = path.lastIndexOf('/');
  for (const kind of contentKinds) {
    const [folder, ending] = PLACES[kind];
    if (path.slice(0, slash) !== folder || !path.endsWith(ending)) continue;
    const id = path.slice(slash + 1, -ending.length);
    return ID.test(id) ? { kind, id } : null;
  }
  return null;
}
