/**
 * MANIFEST.sha256, the signed root of a bundle: `<64 hex>  <path>` lines that `sha256sum -c` reads. Byte-sorted, LF,
 * no comments. Parsing is strict because sha256sum is not: it follows `..`, ignores unlisted files, accepts duplicates.
 */
import type { Sha256 } from '../../contract/ids.ts';
import { ATTEST, byPath, foldPath, MANIFEST, pathProblem } from './names.ts';

export interface ManifestEntry {
  readonly path: string;
  readonly sha256: Sha256;
}

/** Text of the manifest; entries in any order. Throws a TypeError on a path the grammar forbids: a writer's bug. */
export function formatManifest(entries: readonly ManifestEntry[]): string {
  const text = [...entries]
    .sort((a, b) => byPath(a.path, b.path))
    .map((entry) => `${entry.sha256}  ${entry.path}\n`)
    .join('');
  const problem = parseManifest(text).problems[0];
  if (problem !== undefined) throw new TypeError(`manifest line ${String(problem.line)}: ${problem.message}`);
  return text;
}

export interface ManifestProblem {
  /** Counts from 1. */
  readonly line: number;
  readonly message: string;
}

const LINE = /^([0-9a-f]{64}) {2}([\x21-\x7e]+)$/;

/** Every entry that can be read, and everything wrong with the text. A good manifest has no problems. */
export function parseManifest(text: string): {
  readonly entries: readonly ManifestEntry[];
  readonly problems: readonly ManifestProblem[];
} {
  const entries: ManifestEntry[] = [];
  const problems: ManifestProblem[] = [];
  const folded = new Set<string>();
  if (text === '') problems.push({ line: 1, message: 'the manifest is empty' });
  const lines = text.split('\n');
  if (lines.pop() !== '') problems.push({ line: lines.length + 1, message: 'no line feed at the end' });
  for (const [index, line] of lines.entries()) {
    const problem = (message: string) => problems.push({ line: index + 1, message });
    const match = LINE.exec(line);
    const [, sha256, path] = match ?? [];
    if (sha256 === undefined || path === undefined) {
      problem('not of the form "<64 hex digits>  <path>"');
      continue;
    }
    const wrong = pathProblem(path);
    if (wrong !== null) problem(`path ${path}: ${wrong}`);
    if (path === MANIFEST || path.startsWith(ATTEST)) problem(`${path} may not be listed`);
    const before = entries.at(-1)?.path;
    if (before !== undefined && byPath(before, path) >= 0)
      problem(`${path} is not in byte order after ${before}`);
    if (folded.has(foldPath(path)))
      problem(`${path} is listed twice (upper and lower case count as the same)`);
    folded.add(foldPath(path));
    entries.push({ path, sha256: sha256 as Sha256 });
  }
  return { entries, problems };
}
