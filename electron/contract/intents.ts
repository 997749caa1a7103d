/** What a person at the desk can ask of a run. Each is judged by domain/run/decide before anything happens. */
import { z } from 'zod';
import { RunbookId, RunId, StepId, TargetName } from './ids.ts';
import { Prose } from './plan.ts';
import { AttestValue } from './records.ts';

const reason = Prose.min(3);

export const Intent = z.discriminatedUnion('kind', [
  /** Send the step's command (or start its probes). `seen` is the SHA-256 of the command that was on the screen. */
  z.strictObject({
    kind: z.literal('run'),
    step: StepId,
    seen: z.string().max(64),
    confirm: z.string().max(400).optional(),
  }),
  z.strictObject({
    kind: z.literal('attest'),
    step: StepId,
    value: AttestValue,
    by: z.string().max(100).optional(),
  }),
  z.strictObject({
    kind: z.literal('decide'),
    step: StepId,
    choice: z.string().max(64),
    reason: reason.optional(),
  }),
  z.strictObject({
    kind: z.literal('pass-hold'),
    step: StepId,
    /** Names of the people for the signer roles the hold asks for, in the same order. */
    names: z.array(z.string().trim().min(1).max(100)).max(10),
    /** The word shown by the hold, typed: a hold is never passed by Enter alone. */
    word: z.string().max(40),
  }),
  /** Ask for the signatures of a hold: makes the statement of what would be sent now. Voids those given before. */
  z.strictObject({ kind: z.literal('request-hold'), step: StepId }),
  /** A signature (SSHSIG armor) under the hold's statement, made here or elsewhere. */
  z.strictObject({
    kind: z.literal('sign-hold'),
    step: StepId,
    role: z.enum(['operator', 'verifier', 'owner', 'witness', 'custodian']),
    armor: z.string().max(20_000),
  }),
  /** Send the harmless twin of the step. `seen` as for `run`. */
  z.strictObject({ kind: z.literal('dry-run'), step: StepId, seen: z.string().max(64) }),
  /** Begin one custodian's turn: the command is sent, and they answer its prompts. */
  z.strictObject({
    kind: z.literal('custodian'),
    step: StepId,
    name: z.string().trim().min(1).max(100),
    seen: z.string().max(64),
  }),
  /** A person says that the message was sent. `seen` is the SHA-256 of the text that was shown. */
  z.strictObject({
    kind: z.literal('notified'),
    step: StepId,
    seen: z.string().max(64),
    by: z.string().max(100).optional(),
  }),
  /** Take the time of a measure step. */
  z.strictObject({ kind: z.literal('measure'), step: StepId }),
  z.strictObject({ kind: z.literal('skip'), step: StepId, reason }),
  z.strictObject({ kind: z.literal('override'), step: StepId, reason }),
  z.strictObject({ kind: z.literal('retry'), step: StepId, reason }),
  /** Leave `unknown`: by the step's probe, or by a person who looked and says that it failed. */
  z.strictObject({ kind: z.literal('probe'), step: StepId }),
  z.strictObject({ kind: z.literal('declare-failed'), step: StepId, reason }),
  /** `target`: only that member of a group; else all that run. */
  z.strictObject({
    kind: z.literal('signal'),
    step: StepId,
    signal: z.enum(['INT', 'TERM', 'KILL']),
    target: TargetName.optional(),
  }),
  z.strictObject({ kind: z.literal('connect'), target: TargetName }),
  /** Take a detached command of this app's earlier life up again. Sends nothing but the question where it stands. */
  z.strictObject({ kind: z.literal('attach'), step: StepId }),
  /** Put the key that a host has shown in the place of the one on record. `fingerprint` was read elsewhere and typed. */
  z.strictObject({
    kind: z.literal('replace-host-key'),
    target: TargetName,
    fingerprint: z.string().max(200),
    reason,
    /** Name of the second person who compared it. */
    second: z.string().trim().min(1).max(100),
  }),
  /** Have the live shell that is in front now (after sudo -i, su or ssh) report its prompts. */
  z.strictObject({ kind: z.literal('track-shell'), target: TargetName }),
  z.strictObject({ kind: z.literal('note'), text: reason }),
  z.strictObject({ kind: z.literal('stop'), reason }),
  z.strictObject({ kind: z.literal('continue'), reason }),
  z.strictObject({ kind: z.literal('start-rollback'), runbook: RunbookId, runId: RunId }),
  z.strictObject({ kind: z.literal('abort'), reason }),
  z.strictObject({ kind: z.literal('finish') }),
]);
export type Intent = z.infer<typeof Intent>;
export type IntentOf<K extends Intent['kind']> = Extract<Intent, { kind: K }>;
