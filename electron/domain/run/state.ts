/** The state of a run: what evolve() makes of its records. Nothing here is stored; it can always be folded again. */
import type { RunId, StepId, TargetName, VarName } from '../../contract/ids.ts';
import type { AttestValue, Check, CommandEnd, FileRef, RunResult, Signer } from '../../contract/records.ts';
import type { Role, Runbook } from '../../contract/runbook.ts';
import type { Channel, RunStep, Step } from '../../contract/steps.ts';
import type { GuardedCommand } from '../../contract/statements.ts';

/** Why a command was sent. Only `run`, `observe` and `probe` can pass a step. */
export type Purpose = 'run' | 'observe' | 'probe' | 'dry-run' | 'custodian';

/** One sending of a step's command, or one round of an observe step. */
export interface Attempt {
  readonly n: number;
  readonly purpose: Purpose;
  /** Whose turn it was, at a step of custodians. */
  readonly custodian?: string;
  /** The host it went to; on a group, the member. */
  readonly target: TargetName;
  /** Group that `target` is a member of, when the step runs on a group. */
  readonly group?: TargetName;
  readonly mode: RunStep['mode'];
  /** Detached: name of the job's folder on the host. */
  readonly job?: string;
  /** How often a detached command was taken up again. */
  readonly attached: number;
  /** The host has no POSIX shell: what it says of a command's end proves nothing, so the attempt never passes. */
  readonly observed: boolean;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly commandSha256: string;
  readonly recording: string;
  readonly end?: CommandEnd;
  readonly ms?: number;
  readonly checks: readonly Check[];
  /** Probes so far, and what the last one saw. */
  readonly tries: number;
  readonly lastTry?: { readonly end: CommandEnd; readonly checks: readonly Check[] };
  /** The file that a transfer step moved. */
  readonly file?: {
    readonly direction: 'fetch' | 'put';
    readonly path: string;
    readonly file: FileRef;
    readonly hostSha256?: string;
  };
  /** How the fetched file differs from an earlier fetch of it. */
  readonly diff?: {
    readonly before: StepId;
    readonly changed: boolean;
    readonly added: number;
    readonly removed: number;
    readonly file?: FileRef;
  };
  /** What the harmless twin came to. */
  readonly dryRun?: { readonly ok: boolean; readonly reason?: string };
  /** Secrets it was given on its standard input. */
  readonly fed?: readonly VarName[];
  /** What came back is kept nowhere. */
  readonly withheld?: true;
}

/** One person's signature under a hold's statement. */
export interface HoldSignature {
  readonly role: Role;
  readonly principal: string;
  readonly fingerprint: string;
  /** SHA-256 of the statement that was signed. */
  readonly statement: string;
  readonly signature: FileRef;
  readonly at: string;
}

/** The signatures that a hold is to be passed with: the last request for them and what was given since. */
export interface HoldRequest {
  readonly statement: FileRef;
  /** Commands behind the hold as they would be sent: no other one may go out in their place. */
  readonly guards: readonly GuardedCommand[];
  /** Steps behind the hold that the signatures do not bind, because their commands were not known yet. */
  readonly unguarded: readonly StepId[];
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly signatures: readonly HoldSignature[];
}

/** One custodian's turn. Only a passed one counts. */
export interface Turn {
  readonly name: string;
  readonly attempt: number;
  readonly state: 'running' | 'passed' | 'failed' | 'unknown';
  readonly reason?: string;
}

/** How a step on a group stands with one member. */
export interface MemberView {
  readonly state: 'waiting' | 'running' | 'passed' | 'failed' | 'unknown' | 'not-run';
  /** The member's own attempt that the state comes from. */
  readonly attempt?: number;
  readonly reason?: string;
  /** Settled before the step was sent again: it stays as it is and is not sent again. */
  readonly earlier?: true;
}

interface Acceptance {
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

/**
 * `waiting` has not had its turn; `current` waits for the operator; the rest is what happened. There is always exactly
 * one step that is current, running, failed or unknown until the run has no step left.
 */
export type StepStatus =
  | { readonly state: 'waiting' }
  | { readonly state: 'current'; readonly retry?: Acceptance }
  | { readonly state: 'running' }
  | {
      readonly state: 'passed';
      readonly via: 'checks' | 'probe' | 'targets' | 'time' | 'measure';
      readonly at: string;
    }
  | { readonly state: 'attested'; readonly value: AttestValue; readonly by: string; readonly at: string }
  | { readonly state: 'decided'; readonly choice: string; readonly by: string; readonly at: string }
  | {
      readonly state: 'notified';
      readonly channel: Channel;
      readonly to: string;
      readonly message: FileRef;
      readonly by: string;
      readonly at: string;
    }
  | { readonly state: 'held'; readonly signers: readonly Signer[]; readonly at: string }
  | { readonly state: 'failed'; readonly reason?: string; readonly at: string }
  | { readonly state: 'unknown'; readonly reason?: string; readonly at: string }
  | { readonly state: 'not-applicable'; readonly when: string }
  | ({ readonly state: 'skipped' } & Acceptance)
  | ({ readonly state: 'overridden'; readonly was: 'failed' | 'unknown' } & Acceptance);

export interface StepView {
  readonly step: Step;
  readonly index: number;
  readonly phase: number;
  readonly status: StepStatus;
  /** In the order they were started. On a group several may be running at once. */
  readonly attempts: readonly Attempt[];
  /** Number of the attempt that was started or taken up last; 0 before the first. */
  readonly latest: number;
  /** Only on a step that runs on a group: its members in the order they are worked on. Empty before the run starts. */
  readonly members?: Readonly<Record<string, MemberView>>;
  /** Somebody interrupted all members: no further one is started. */
  readonly interrupted: boolean;
  /** Only on a hold for which signatures were asked for. */
  readonly request?: HoldRequest;
  /** Only on a wait that has begun: nothing goes on before `until`, which moves with a clock that was set. */
  readonly wait?: {
    readonly at: string;
    readonly ms: number;
    readonly until: string;
    /** Steps of the wall clock since it began (ms) that no sleep of the computer explains. */
    readonly stepped: readonly number[];
  };
  /** Only on a step of custodians: the turns since the step was last begun. */
  readonly turns?: readonly Turn[];
  /** Only on a step that took a time. */
  readonly measured?: { readonly from: string; readonly to: string; readonly ms: number };
}

export interface TargetView {
  readonly name: TargetName;
  /** Several hosts under one name, never connected itself: see `groups` of the state. */
  readonly group?: true;
  /** It came with this group when the run started. */
  readonly memberOf?: TargetName;
  readonly connected: boolean;
  readonly address?: string;
  readonly hostKey?: string;
  readonly cipher?: string;
  /** `none`: no POSIX shell, so its commands are only observed. */
  readonly shell?: 'bash' | 'sh' | 'none';
  readonly engine?: 'openssh' | 'ssh2' | 'local';
  /** Addresses of the jump hosts, nearest first. */
  readonly via?: readonly string[];
  /** Why old algorithms were allowed. */
  readonly legacy?: string;
  /** Directory and variables are not carried from step to step. */
  readonly uncarried?: true;
  /** A step has left its directory and variables there for the next one. */
  readonly carried?: true;
  /** What steps had left there was gone at the last connection, and no command was sent since. */
  readonly stateLost?: true;
  readonly identity: 'none-declared' | 'unproven' | 'proven' | 'refuted';
  readonly identityAt?: string;
  readonly identityChecks: readonly Check[];
  readonly lostWhy?: string;
  /** Which side closed: this app, the host, or neither (the network went dead). */
  readonly lostSide?: 'here' | 'there' | 'network';
  /** The last command of the live shell that ended, by the shell's own word. It never counts. */
  readonly lastObserved?: { readonly at: string; readonly depth: number; readonly exit?: number };
}

/** A key on record that gave way to the one the host shows, by the word of two people. */
export interface KeyReplaced {
  readonly target: TargetName;
  readonly host: string;
  readonly old: readonly string[];
  readonly new: string;
  readonly reason: string;
  readonly by: string;
  readonly second: string;
  readonly at: string;
}

export interface RunState {
  readonly runbook: Runbook;
  readonly runId: RunId | null;
  readonly rehearsal: boolean;
  readonly operator: string;
  /** Principal of the operator in allowed_signers; empty before the start. */
  readonly principal: string;
  readonly startedAt: string | null;
  readonly steps: readonly StepView[];
  /** The step that has the turn; null when none is left or the run has not started. */
  readonly current: StepId | null;
  readonly captures: Readonly<Record<string, string>>;
  readonly targets: Readonly<Record<string, TargetView>>;
  /** Members of each target that is a group, in the order they are worked on. */
  readonly groups: Readonly<Record<string, readonly TargetName[]>>;
  readonly stopped: Acceptance | null;
  readonly deviations: readonly {
    readonly target: TargetName;
    readonly at: string;
    readonly recording: string;
  }[];
  /** Commands that were started outside the window of the plan. */
  readonly outsideWindow: readonly { readonly step: StepId; readonly at: string }[];
  readonly keysReplaced: readonly KeyReplaced[];
  /** Times the computer was not running for a while: shown, it counts as nothing. */
  readonly gaps: readonly { readonly ms: number; readonly at: string }[];
  readonly notes: readonly { readonly text: string; readonly by: string; readonly at: string }[];
  readonly rollback: { readonly runbook: string; readonly runId: RunId } | null;
  readonly recovered: number;
  /** How often somebody decided that a step is done over. */
  readonly retries: number;
  readonly end: { readonly result: RunResult; readonly at: string; readonly reason?: string } | null;
  /** How many commands were started so far; numbers the files of the next one. */
  readonly starts: number;
  /** Sequence number the next record gets. */
  readonly seq: number;
}
