/**
 * The names a bundle may hold and what each stands for. One grammar for writer and verifier; a name outside it is
 * never written and never read.
 */

import type { SigningRole } from '../../contract/people.ts';

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
export function namespaceOf(role: SigningRole): string {
  return `${role}.evidence-v1@holdpoint`;
}

export function signaturePath(role: SignatureRole): string {
  return `${ATTEST}${role}.sig`;
}

/** The n-th approval (from 1) and its signature. */
export function approvalPaths(n: number): { readonly statement: string; readonly signature: string } {
  const statement = `plan/approval-${String(n)}.json`;
  return { statement, signature: `${statement}.sig` };
}

/** The n-th statement of a hold in a run (from 1), and the k-th signature under it (from 1). */
export function holdStatementPath(n: number, step: string): string {
  return `holds/${String(n).padStart(2, '0')}-${step}.json`;
}
export function holdSignaturePath(statement: string, k: number): string {
  return `${statement.slice(0, -'.json'.length)}.${String(k)}.sig`;
}

/** The n-th review (from 1), its signature, and the timestamp over that. Added after the seal. */
export function reviewPaths(n: number): {
  readonly statement: string;
  readonly signature: string;
  readonly timestamp: string;
} {
  const statement = `${ATTEST}review-${String(n)}.json`;
  return { statement, signature: `${statement}.sig`, timestamp: `${statement}.sig.tsr` };
}

/** The timestamp token over a signature of the manifest. */
export function timestampPath(role: SignatureRole): string {
  return `${signaturePath(role)}.tsr`;
}

/** Receipt of the head that was written to a target's log, by the record it belongs to. */
export function anchorPath(seq: number, target: string): string {
  return `anchors/${String(seq).padStart(5, '0')}-${target}.json`;
}

/** Text of a message that a person sent, by the record that says so. */
export function messagePath(seq: number, step: string): string {
  return `messages/${String(seq).padStart(5, '0')}-${step}.txt`;
}

/** A file that the runbook was put together from: its own as it was written, one that it calls, an overlay. */
export function sourcePath(kind: 'main' | 'called' | 'overlay', id: string): string {
  return `plan/${kind}-${id}.yaml`;
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
  | 'approval'
  | 'hold'
  | 'message'
  | 'source'
  | 'anchor'
  | 'signature'
  | 'review'
  | 'timestamp';

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
  if (/^plan\/approval-[1-9]\d?\.json(?:\.sig)?$/.test(path)) return 'approval';
  if (/^holds\/\d{2,5}-[^/]+\.(?:json|\d{1,2}\.sig)$/.test(path)) return 'hold';
  if (/^messages\/\d{5,9}-[^/]+\.txt$/.test(path)) return 'message';
  if (/^plan\/(?:main|called|overlay)-[a-z0-9-]+\.yaml$/.test(path)) return 'source';
  if (/^anchors\/\d{5,9}-[^/]+\.json$/.test(path)) return 'anchor';
  return attestKindOf(path);
}

/** Only these names are legal in attest/: it grows after the seal, and nothing else may hide there. */
function attestKindOf(path: string): FileKind | null {
  if (signatureRoles.some((role) => path === signaturePath(role))) return 'signature';
  if (signatureRoles.some((role) => path === timestampPath(role))) return 'timestamp';
  if (/^attest\/review-[1-9]\d?\.json(?:\.sig)?$/.test(path)) return 'review';
  if (/^attest\/review-[1-9]\d?\.json\.sig\.tsr$/.test(path)) return 'timestamp';
  return null;
}

/** Whether files of this kind count only when the journal vouches for them. */
export function isVouched(kind: FileKind | null): boolean {
  return (
    kind === 'recording' || kind === 'output' || kind === 'fetched' || kind === 'torn' || kind === 'message'
  );
}

/** Byte order of ASCII paths, as `LC_ALL=C sort` has it. */
export function byPath(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
