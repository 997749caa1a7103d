/**
 * The records of a journal: everything that can happen in a run. One line each, hash-chained, append-only.
 * Adding a type is fine; changing the meaning of one is not, because old journals must replay for ever.
 */
import { z } from 'zod';
import { Instant, RunbookId, RunId, Sha256, StepId, TargetName, VarName } from './ids.ts';
import { Operator, Prose } from './plan.ts';
import { GuardedCommand } from './statements.ts';

const attempt = z.int().min(1);
const millis = z.int().min(0);
const bytes = z.int().min(0);
const fileRef = z.strictObject({ file: z.string().max(200), bytes, sha256: Sha256 });
export type FileRef = z.infer<typeof fileRef>;

const hostKey = z.strictObject({ type: z.string().max(64), fingerprint: z.string().max(100) });
/** How a host key came to be trusted. `pinned`: by the inventory. `ca`: signed by a known authority. `none`: no SSH. */
const pin = z.enum(['known', 'accepted', 'rehearsal', 'pinned', 'ca', 'none']);
const hop = z.strictObject({
  address: z.string().max(330),
  hostKey,
  pin,
  auth: z.string().max(80),
  kex: z.string().max(80),
  cipher: z.string().max(80),
  server: z.string().max(255),
});

/** How a command ended, as the SSH protocol reported it; `lost` when contact went before it could. */
export const CommandEnd = z.discriminatedUnion('how', [
  z.strictObject({ how: z.literal('exit'), code: z.int() }),
  z.strictObject({ how: z.literal('signal'), signal: z.string().max(32) }),
  z.strictObject({ how: z.literal('lost'), why: z.string().max(400) }),
  /** Time was over; the app sent the signals and then gave up waiting. */
  z.strictObject({ how: z.literal('timeout'), afterMs: millis }),
]);
export type CommandEnd = z.infer<typeof CommandEnd>;

const check = z.strictObject({
  name: z.string().max(300),
  expected: z.string().max(1000),
  actual: z.string().max(1000),
  ok: z.boolean(),
});
export type Check = z.infer<typeof check>;

export const AttestValue = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text: Prose }),
  /** A decimal number as the person typed it; journal numbers are integers only. */
  z.strictObject({
    kind: z.literal('number'),
    number: z
      .string()
      .max(40)
      .regex(/^-?\d+(\.\d+)?$/),
  }),
  z.strictObject({ kind: z.literal('choice'), option: z.string().max(400) }),
  z.strictObject({ kind: z.literal('checklist'), ticked: z.array(z.int().min(0)).max(50) }),
]);
export type AttestValue = z.infer<typeof AttestValue>;

const signer = z.strictObject({
  role: z.enum(['operator', 'verifier', 'owner', 'witness', 'custodian']),
  name: z.string().min(1).max(100),
  /** `named`: the operator entered this name; no key of theirs was used. `signed`: by their key, see `hold.sign`. */
  basis: z.enum(['desk', 'named', 'signed']),
  principal: z.string().max(200).optional(),
  fingerprint: z.string().max(100).optional(),
});
export type Signer = z.infer<typeof signer>;

export const runResults = [
  'success',
  'success-with-deviations',
  'failed',
  'rolled-back',
  'aborted',
  'crashed',
] as const;
export type RunResult = (typeof runResults)[number];

function body<T extends string, S extends z.ZodRawShape>(type: T, shape: S) {
  return z.strictObject({ type: z.literal(type), d: z.strictObject(shape) });
}

export const RecordBody = z.discriminatedUnion('type', [
  body('run.start', {
    runId: RunId,
    planSha256: Sha256,
    runbook: z.strictObject({ id: RunbookId, version: z.string().max(32), sha256: Sha256 }),
    rehearsal: z.boolean(),
    app: z.strictObject({ version: z.string().max(40), build: z.string().max(80) }),
    device: z.strictObject({
      id: z.string().max(200),
      keyProtection: z.enum(['os-keyring', 'file', 'none']),
      boot: z.string().max(80),
    }),
    operator: Operator,
    ledger: z.strictObject({ seq: z.int().min(0), head: Sha256 }),
    /** Members of each target that is a group. */
    groups: z.record(TargetName, z.array(TargetName).min(1).max(500)).optional(),
    /** Approvals of the plan that were there, in the order of `plan/approval-N.json`. */
    approvals: z
      .array(
        z.strictObject({
          statement: fileRef,
          signature: fileRef,
          principal: z.string().max(200),
          fingerprint: z.string().max(100),
        }),
      )
      .max(10)
      .optional(),
  }),
  /** A person accepted a host key that was not known before. */
  body('host.trust', { target: TargetName, host: z.string().max(260), hostKey, by: z.string().max(100) }),
  body('host.connect', {
    target: TargetName,
    ...hop.shape,
    /** `bash`: pipelines fail as a whole. `sh`: only the last element counts. `none`: no POSIX shell, only observed. */
    shell: z.enum(['bash', 'sh', 'none']),
    engine: z.enum(['openssh', 'ssh2', 'local']).optional(),
    /** Jump hosts it goes through, nearest first. */
    via: z.array(hop).max(8).optional(),
    /** Why old algorithms were allowed with this host. */
    legacy: Prose.optional(),
    /** Nothing could be kept on the host: directory and variables are not carried from step to step. */
    uncarried: z.boolean().optional(),
    /** What earlier steps of the run had left there (directory, variables) was gone: the host starts afresh. */
    stateLost: z.boolean().optional(),
  }),
  /** A key on record gave way to the one the host shows, by the word of two people. */
  body('host.key-replaced', {
    target: TargetName,
    host: z.string().max(330),
    old: z.array(hostKey).min(1).max(20),
    new: hostKey,
    file: z.string().max(1024),
    reason: Prose,
    by: z.string().max(100),
    second: z.string().max(100),
  }),
  body('host.identity', { target: TargetName, ok: z.boolean(), checks: z.array(check).max(50) }),
  body('clock.sample', { target: TargetName, offsetMs: z.int(), rttMs: millis }),
  /** `here`: this app closed it. `there`: the host did. `network`: neither, it went dead. */
  body('net.lost', {
    target: TargetName,
    why: z.string().max(400),
    side: z.enum(['here', 'there', 'network']).optional(),
  }),
  /** The computer was not running for a while: it slept, or was stopped. */
  body('desk.gap', { ms: millis }),

  /** The command whose start is recorded next goes out outside the window of the plan: a deviation. */
  body('window.outside', { step: StepId, from: Instant, to: Instant }),
  /** Durable on disk before one byte of the command leaves. */
  body('step.start', {
    step: StepId,
    attempt,
    /** `repeat` counts the probes of an observe step; `probe` is the probe that settles an unknown step. */
    purpose: z.enum(['run', 'observe', 'probe', 'dry-run', 'custodian']),
    target: TargetName,
    /** The custodian whose turn it is. */
    custodian: signer.optional(),
    /** The command as the operator saw it. */
    command: fileRef,
    /** What really goes over the wire: the command in its wrapper. */
    wire: fileRef,
    mode: z.enum(['pty', 'exec', 'detached']),
    /** Group that `target` is a member of, when the step runs on a group. */
    group: TargetName.optional(),
    /** Detached: name of the job's folder on the host. */
    job: z.string().max(100).optional(),
    /** Secrets that are handed to the command on its standard input. They stand in no file. */
    fed: z.array(VarName).max(20).optional(),
    /** The runbook says `evidence: none`: what comes back is shown and judged, and kept nowhere. */
    withheld: z.boolean().optional(),
    /** Files the output goes to, under the run's folder. */
    recording: z.string().max(200),
    output: z.string().max(200),
  }),
  /** A detached command was taken up again; its recording goes on from this byte of its output. */
  body('step.attach', { step: StepId, attempt, fromByte: bytes }),
  /** A probe of an observe step that did not (yet) hold. Kept short: one line a probe. */
  body('observe.try', {
    step: StepId,
    attempt,
    n: z.int().min(1),
    end: CommandEnd,
    checks: z.array(check).max(50),
  }),
  body('step.end', {
    step: StepId,
    attempt,
    end: CommandEnd,
    ms: millis,
    recording: fileRef.optional(),
    stdout: fileRef.optional(),
    stderr: fileRef.optional(),
  }),
  body('check', { step: StepId, attempt, ...check.shape }),
  /** A file that went to a host or came from one. Fetched files are kept under `file.file`. */
  body('file.transfer', {
    step: StepId,
    attempt,
    target: TargetName,
    direction: z.enum(['fetch', 'put']),
    path: z.string().max(1024),
    file: fileRef,
    /** Digest as the host itself counted it, where it can. */
    hostSha256: Sha256.optional(),
  }),
  /** The difference between a fetched file and an earlier fetch of it. Kept under `diff.file` when there is one. */
  body('file.diff', {
    step: StepId,
    attempt,
    before: StepId,
    changed: z.boolean(),
    added: z.int().min(0),
    removed: z.int().min(0),
    diff: fileRef.optional(),
  }),
  /** What the harmless twin of a step showed. The step still has its turn. */
  body('dry-run.result', { step: StepId, attempt, ok: z.boolean(), reason: Prose.optional() }),
  /** How one custodian's turn went. Only a passed one counts. */
  body('custodian.turn', {
    step: StepId,
    attempt,
    state: z.enum(['passed', 'failed', 'unknown']),
    reason: Prose.optional(),
  }),
  /** Outcome of one member of a group. `not-run`: an earlier member kept it from being started. */
  body('target.result', {
    step: StepId,
    target: TargetName,
    /** Absent when it was not started. */
    attempt: attempt.optional(),
    state: z.enum(['passed', 'failed', 'unknown', 'not-run']),
    reason: Prose.optional(),
  }),
  body('capture', { step: StepId, name: VarName, value: z.string().max(4096) }),
  /** The step's outcome. `passed` only when each of its checks held (or its probe's, when `via` is `probe`). */
  body('step.result', {
    step: StepId,
    attempt,
    state: z.enum(['passed', 'failed', 'unknown']),
    /** `targets`: follows from the results of a group's members. `observed`: the host cannot prove how it ended. */
    via: z.enum(['checks', 'probe', 'person', 'contact-lost', 'recovered', 'targets', 'observed']),
    reason: Prose.optional(),
  }),

  body('attest', {
    step: StepId,
    value: AttestValue,
    ok: z.boolean(),
    by: z.string().max(100),
    role: z.enum(['operator', 'verifier', 'owner', 'witness', 'custodian']),
  }),
  body('decision', {
    step: StepId,
    choice: z.string().max(64),
    reason: Prose.optional(),
    by: z.string().max(100),
  }),
  /** Signatures are asked for under this statement. Those given under an earlier one no longer count. */
  body('hold.request', {
    step: StepId,
    statement: fileRef,
    guards: z.array(GuardedCommand).max(500),
    /** Steps behind the hold whose commands were not known yet: nothing binds them. */
    unguarded: z.array(StepId).max(500).optional(),
    expiresAt: Instant,
  }),
  /** One person's signature under the hold's statement, checked against the trust of this desk. */
  body('hold.sign', {
    step: StepId,
    role: z.enum(['operator', 'verifier', 'owner', 'witness', 'custodian']),
    principal: z.string().max(200),
    fingerprint: z.string().max(100),
    /** SHA-256 of the statement that was signed. */
    statement: Sha256,
    signature: fileRef,
  }),
  body('hold.pass', { step: StepId, signers: z.array(signer).min(1).max(10), seenHead: Sha256 }),
  /** The time of a wait begins: nothing goes on before `until`. */
  body('wait.start', { step: StepId, ms: millis, until: Instant }),
  body('wait.end', { step: StepId }),
  /** A message was sent by a person; the app sends none. `message` is its text as it was shown. */
  body('notify', {
    step: StepId,
    message: fileRef,
    channel: z.enum(['email', 'chat', 'phone', 'paging', 'status-page', 'ticket']),
    to: z.string().max(1000),
    by: z.string().max(100),
    role: z.enum(['operator', 'verifier', 'owner', 'witness', 'custodian']),
  }),
  /** Time between two instants, and whether it is within its limit. */
  body('measure', {
    step: StepId,
    from: Instant,
    to: Instant,
    ms: z.int(),
    limitMs: millis,
    ok: z.boolean(),
  }),
  /** The condition of the step was false when its turn came. */
  body('step.na', { step: StepId, when: z.string().max(1000) }),
  body('step.skip', { step: StepId, reason: Prose, by: z.string().max(100) }),
  /** A failed or unknown outcome accepted by name and reason. Stays visible for ever. */
  body('step.override', { step: StepId, reason: Prose, by: z.string().max(100) }),
  /** An operator's decision that the step may be sent again. */
  body('step.retry', { step: StepId, reason: Prose, by: z.string().max(100) }),
  body('step.signal', {
    step: StepId,
    attempt,
    signal: z.string().max(32),
    by: z.string().max(100),
    target: TargetName.optional(),
  }),

  /** The operator typed into the live shell between steps. What came back is in the recording. */
  body('deviation', { target: TargetName, recording: z.string().max(200), fromByte: bytes }),
  /** A command of the live shell between steps ended, by the shell's own word: observed, it never counts. */
  body('shell.observed', {
    target: TargetName,
    recording: z.string().max(200),
    fromByte: bytes,
    /** Exit status the shell reported; absent when it reported none. */
    exit: z.int().optional(),
    /** 0: the login shell; each nested shell that is tracked adds one. */
    depth: z.int().min(0).max(50),
  }),
  body('note', { text: Prose, by: z.string().max(100) }),
  body('run.stop', { reason: Prose, by: z.string().max(100) }),
  body('run.continue', { reason: Prose, by: z.string().max(100) }),
  body('rollback.start', { runbook: RunbookId, runId: RunId, by: z.string().max(100) }),

  /** The head of the journal was written where the operator has no hand on it, or could not be (`ok` false). */
  body('anchor.emit', {
    target: TargetName,
    method: z.literal('logger'),
    /** Record that the head belongs to. */
    seq: z.int().min(0),
    head: Sha256,
    ok: z.boolean(),
    detail: z.string().max(400).optional(),
  }),
  /** Secrets were masked in a file before it was hashed. The rule is the secret's name. */
  body('redaction', { file: z.string().max(200), rule: z.string().max(64), count: z.int().min(1) }),

  body('recording.close', { ...fileRef.shape, events: z.int().min(0) }),
  /** The app came back to a run it had not closed. A torn last line is kept as journal.torn. */
  body('run.recovered', { torn: fileRef.optional(), boot: z.string().max(80) }),
  /** Wall clock and monotonic clock disagreed by more than 2 s. */
  body('clock.step', { byMs: z.int() }),
  body('run.end', { result: z.enum(runResults), reason: Prose.optional() }),
]);
export type RecordBody = z.infer<typeof RecordBody>;
export type RecordType = RecordBody['type'];
export type RecordOf<T extends RecordType> = Extract<RecordBody, { type: T }>;

/** A record as it stands in the journal. `mono` counts microseconds of a clock that never goes back within a boot. */
export type JournalRecord = RecordBody & {
  readonly _prev: Sha256;
  readonly _seq: number;
  readonly mono: number;
  readonly t: Instant;
};

/** What every record has beside its body; the rest of a line is left to RecordBody. */
export const Envelope = z.object({
  _prev: Sha256,
  _seq: z.int().min(0),
  mono: z.int().min(0),
  t: Instant,
});
