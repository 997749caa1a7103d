/** The state of a run: what evolve() makes of its records. Nothing here is stored; it can always be folded again. */
import type { RunId, StepId, TargetName } from '../../contract/ids.ts';
import type { AttestValue, Check, CommandEnd, RunResult, Signer } from '../../contract/records.ts';
import type { Runbook, Step } from '../../contract/runbook.ts';

/** One sending of a step's command, or one round of an observe step. */
export interface Attempt {
  readonly n: number;
  readonly purpose: 'run' | 'observe' | 'probe';
  readonly target: TargetName;
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
  | { readonly state: 'passed'; readonly via: 'checks' | 'probe'; readonly at: string }
  | { readonly state: 'attested'; readonly value: AttestValue; readonly by: string; readonly at: string }
  | { readonly state: 'decided'; readonly choice: string; readonly by: string; readonly at: string }
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
  readonly attempts: readonly Attempt[];
}

export interface TargetView {
  readonly name: TargetName;
  readonly connected: boolean;
  readonly address?: string;
  readonly hostKey?: string;
  readonly cipher?: string;
  readonly shell?: 'bash' | 'sh';
  readonly identity: 'none-declared' | 'unproven' | 'proven' | 'refuted';
  readonly identityAt?: string;
  readonly identityChecks: readonly Check[];
  readonly lostWhy?: string;
}

export interface RunState {
  readonly runbook: Runbook;
  readonly runId: RunId | null;
  readonly rehearsal: boolean;
  readonly operator: string;
  readonly startedAt: string | null;
  readonly steps: readonly StepView[];
  /** The step that has the turn; null when none is left or the run has not started. */
  readonly current: StepId | null;
  readonly captures: Readonly<Record<string, string>>;
  readonly targets: Readonly<Record<string, TargetView>>;
  readonly stopped: Acceptance | null;
  readonly deviations: readonly {
    readonly target: TargetName;
    readonly at: string;
    readonly recording: string;
  }[];
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
