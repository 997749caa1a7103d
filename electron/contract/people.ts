/** Keys, the people behind them, and what is asked of them. Free of rules: who counts is for the trust file to say. */
import { z } from 'zod';
import { RunId, type Sha256, StepId } from './ids.ts';
import { Prose } from './plan.ts';

/** Where a private key is: made by the app on this desk, an OpenSSH key file, or an agent (by fingerprint). */
export const KeySource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('app') }),
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(1024) }),
  z.strictObject({ kind: z.literal('agent'), fingerprint: z.string().min(1).max(100) }),
]);
export type KeySource = z.infer<typeof KeySource>;

/**
 * Roles a key can be listed for. Each is an SSHSIG namespace (`<role>.evidence-v1@holdpoint`): a signature made in one
 * is worth nothing in another.
 */
export const signingRoles = [
  'seal',
  'operator',
  'approve',
  'review',
  'ledger',
  'verifier',
  'owner',
  'witness',
  'custodian',
  'enrol',
  'release',
] as const;
export const SigningRole = z.enum(signingRoles);
export type SigningRole = (typeof signingRoles)[number];

/** Something that waits for a signature. */
export const SignatureWanted = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('approval'), runId: RunId }),
  z.strictObject({
    kind: z.literal('hold'),
    runId: RunId,
    step: StepId,
    role: z.enum(['operator', 'verifier', 'owner', 'witness', 'custodian']),
  }),
  z.strictObject({
    kind: z.literal('review'),
    runId: RunId,
    verdict: z.enum(['accepted', 'rejected']),
    comment: Prose,
  }),
]);
export type SignatureWanted = z.infer<typeof SignatureWanted>;

/** What goes out to somebody who signs elsewhere, with the program they need. */
export interface SignRequest {
  /** File name for it, such as `20261122T010203Z-aabbcc.approval.json`. */
  readonly name: string;
  /** The exact text to sign, as UTF-8: canonical JSON and a line feed. */
  readonly text: string;
  readonly sha256: Sha256;
  readonly namespace: string;
  /** Command line that signs the file with stock OpenSSH; `KEY` stands for the person's key file. */
  readonly command: string;
  readonly expiresAt?: string;
}

/** A signature that was checked and kept. */
export interface GivenSignature {
  readonly role: SigningRole;
  readonly principal: string;
  readonly fingerprint: string;
  readonly keyType: string;
  readonly at: string;
}

/** A plan that waits for its approvals before it can become a run. */
export interface PreparedPlan {
  readonly runId: RunId;
  readonly planSha256: Sha256;
  readonly runbook: string;
  readonly title: string;
  readonly version: string;
  readonly ticket: string;
  readonly operator: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly state: 'waiting' | 'approved' | 'expired';
  readonly needed: number;
  readonly approvals: readonly GivenSignature[];
  /** Parameters of type secret that must be given again at the start: they are never kept. */
  readonly secrets: readonly string[];
}

/** A key this desk could sign with. */
export interface KeyOnDesk {
  readonly source: KeySource;
  readonly keyType: string;
  readonly fingerprint: string;
  readonly comment: string;
  /** A passphrase will be asked for. */
  readonly encrypted: boolean;
  /** What the trust file of this desk says of it, a line each: `alice@example.com: approve, review`. */
  readonly listed: readonly { readonly principal: string; readonly roles: readonly SigningRole[] }[];
}

export interface TrustedSigner {
  readonly line: number;
  readonly principals: readonly string[];
  readonly roles: readonly SigningRole[];
  readonly keyType: string;
  readonly fingerprint: string;
  readonly validAfter?: string;
  readonly validBefore?: string;
  readonly revoked: boolean;
  /** Why the line does not count. */
  readonly problem?: string;
}

/** The trust this desk judges signatures by. It came from the security team; nothing of it comes from a bundle. */
export interface TrustView {
  readonly allowedSigners: string;
  readonly revoked: string;
  /** PEM certificates of timestamp authorities. */
  readonly tsaCa: string;
  readonly signers: readonly TrustedSigner[];
  readonly authorities: readonly {
    readonly subject: string;
    readonly notAfter: string;
    readonly sha256: string;
  }[];
}

/** What a person hands to the security team to be listed. */
export interface Enrolment {
  /** One line for allowed_signers. */
  readonly line: string;
  readonly fingerprint: string;
  readonly randomart: string;
  /** The statement and its signature, for the team to check that the key is really held. */
  readonly statement: string;
  readonly signature: string;
  /** Command line that checks it with stock OpenSSH. */
  readonly command: string;
}

export interface LedgerEntryView {
  readonly seq: number;
  readonly t: string;
  readonly type: 'open' | 'seal' | 'abandon';
  readonly runId: RunId;
  /** Of an `open`; absent in entries of older versions. */
  readonly runbook?: string;
  readonly rehearsal?: boolean;
  readonly result?: string;
  readonly manifestSha256?: Sha256;
  readonly reason?: string;
}

/** Every run this desk ever opened, in order, with what is not right about the list. */
export interface LedgerView {
  readonly head: Sha256;
  readonly entries: readonly LedgerEntryView[];
  readonly findings: readonly { readonly id: string; readonly place: string; readonly message: string }[];
}
