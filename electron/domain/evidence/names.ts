/**
 * The names a bundle may hold and what each stands for. One grammar for writer and verifier; a name outside it is
 * never written and never read.
 */

export const JOURNAL = 'journal.jsonl';
export const RUN_FILE = 'run.json';
export const MANIFEST = 'MANIFEST.sha256';
export const RUNBOOK = 'plan/runbook.yaml';
export const PLAN = 'plan/plan.json';
export const ATTEST = 'attest/';

/** Who signs. The role is part of the signed bytes: a signature made for one role is worthless for another. */
export const signatureRoles = ['seal', 'operator'] as const;
export type SignatureRole = (typeof signatureRoles)[number];

/** SSHSIG namespace of a role, such as `seal.evidence-v1@holdpoint`. */
export function namespaceOf(role: SignatureRole): string {
  return `${role}.evidence-v1@holdpoint`;
}

export function signaturePath(role: SignatureRole): string {
  return `${ATTEST}${role}.sig`;
}

/** Top directory of a bundle. */
export function topDirectory(runId: string): string {
  return `ev-${runId}`;
}

/** File name of a bundle. */
export function bundleName(runId: string): string {
  return `${runId}.evidence.zip`;
}

export type FileKind =
  | 'journal'
  | 'run'
  | 'runbook'
  | 'plan'
  | 'recording'
  | 'output'
  | 'fetched'
  | 'host'
  | 'torn'
  | 'manifest'
  | 'signature';

/** Longest path in a bundle, in bytes: fits the 260 characters of old Windows programs with room for a folder. */
export const MAX_PATH_BYTES = 180;
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const DIRECTORY = /^[a-z0-9][A-Za-z0-9._-]*$/;
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/** Why a path may not stand in a bundle; null when it may. */
export function pathProblem(path: string): string | null {
  if (path.length > MAX_PATH_BYTES) return `longer than ${String(MAX_PATH_BYTES)} bytes`;
  const segments = path.split('/');
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (!(last ? SEGMENT : DIRECTORY).test(segment)) return 'holds a character or a form that is not allowed';
    if (segment.endsWith('.')) return 'a name ends in a dot';
    if (RESERVED.test(segment)) return 'a name that Windows reserves';
  }
  return null;
}

/**
 * Where a fetched file is kept: under its own name as far as a bundle may hold it, in a folder of its step. `base` names
 * the step's other files, such as `07-restart`.
 */
export function fetchedPath(base: string, remote: string): string {
  const safe = (remote.split('/').at(-1) ?? '')
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .slice(-60)
    .replace(/[.]+$/, '');
  const begun = safe.replace(/^[._-]+/, (lead) => (lead.startsWith('.') ? 'dot-' : 'file-'));
  const name = begun === '' || RESERVED.test(begun) ? `file-${begun}` : begun;
  return `files/${base}/${name === 'file-' ? 'file' : name}`;
}

/** The form under which two paths are the same file on a file system that ignores case. */
export function foldPath(path: string): string {
  return path.toLowerCase();
}

/** What a path in a bundle stands for; null when it stands for nothing this version knows. */
export function kindOf(path: string): FileKind | null {
  if (path === JOURNAL) return 'journal';
  if (path === RUN_FILE) return 'run';
  if (path === RUNBOOK) return 'runbook';
  if (path === PLAN) return 'plan';
  if (path === MANIFEST) return 'manifest';
  if (/^journal\.torn(?:[.-]\d+)?$/.test(path)) return 'torn';
  if (/^recordings\/[^/]+\.cast$/.test(path)) return 'recording';
  if (/^outputs\/[^/]+\.(?:cmd|wire|out|err)$/.test(path)) return 'output';
  if (/^files\/[^/]+(?:\/[^/]+)?$/.test(path)) return 'fetched';
  if (/^hosts\/[^/]+\.json$/.test(path)) return 'host';
  if (signatureRoles.some((role) => path === signaturePath(role))) return 'signature';
  return null;
}

/** Whether files of this kind count only when the journal vouches for them. */
export function isVouched(kind: FileKind | null): boolean {
  return kind === 'recording' || kind === 'output' || kind === 'fetched' || kind === 'torn';
}

/** Byte order of ASCII paths, as `LC_ALL=C sort` has it. */
export function byPath(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
