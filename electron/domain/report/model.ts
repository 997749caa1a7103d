/** The report of a run as data: everything the renderers show, and nothing that they would have to judge. Types only. */
import type { Purpose } from '../run/state.ts';
import type { EvidenceView, Verdict } from '../../contract/views.ts';
import type { Check, RunResult } from '../../contract/records.ts';
import type { Risk, Role, RunbookKind } from '../../contract/runbook.ts';
import type { StepKind } from '../../contract/steps.ts';
import type { KindBlock } from '../evidence/kindBlock.ts';
import type { StepStatus } from '../run/state.ts';
import type { Timeline } from './timeline.ts';

/** Where something is proven: a file of the evidence, and a line of it (from 1) where one rules. */
export interface Proof {
  readonly file: string;
  readonly line?: number;
}

/** The part of an output that is shown. `head` and `tail` are text as it came, made harmless by the renderers. */
export interface OutputPreview {
  readonly path: string;
  readonly bytes: number;
  readonly head: string;
  /** The end of the output; what lies between is left out. */
  readonly tail?: string;
}

export interface ReportHead {
  readonly runId: string;
  readonly title: string;
  readonly summary: string;
  readonly service: string;
  readonly kind: RunbookKind;
  readonly runbook: { readonly id: string; readonly version: string; readonly sha256: string };
  readonly rehearsal: boolean;
  /** Null while the run has not ended. */
  readonly result: RunResult | null;
  readonly reason?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly durationMs?: number;
  readonly plannedMs?: number;
  readonly operator: { readonly name: string; readonly principal: string };
  readonly device?: { readonly id: string; readonly keyProtection: string };
  readonly app?: { readonly version: string; readonly build: string };
  readonly ticket: string;
  readonly changeReason: string;
  readonly securityImpact?: string;
  readonly fallback?: string;
  readonly window?: { readonly from: string; readonly to: string };
  readonly origin?: string;
  readonly rollback?: { readonly runbook: string; readonly runId: string };
  readonly parameters: readonly { readonly name: string; readonly title: string; readonly value: string }[];
  readonly planSha256: string;
  readonly journal: { readonly records: number; readonly head?: string };
  readonly ledger?: { readonly seq: number; readonly head: string };
}

/** What the verifier found, and what it looked at. Absent for a run that is not sealed yet. */
export interface ReportVerification {
  readonly verdict: Verdict;
  readonly bundle?: { readonly name: string; readonly bytes: number; readonly sha256: string };
  readonly signatures: EvidenceView['signatures'];
  readonly timestamp?: { readonly at: string; readonly authority: string };
}

export interface ReportPerson {
  readonly part: 'operator' | 'approver' | 'signer' | 'reviewer';
  /** Words for the part: `operator`, `verifier of “Go / no-go”`. */
  readonly what: string;
  readonly name: string;
  readonly principal?: string;
  readonly fingerprint?: string;
  /** `signed`: by a key of theirs; `named`: entered by the operator; `desk`: sat at this desk. */
  readonly basis: 'signed' | 'named' | 'desk';
  readonly at?: string;
  readonly note?: string;
  /** Id of the hold that was passed. */
  readonly step?: string;
  readonly proof: readonly Proof[];
}

export interface ReportTarget {
  readonly name: string;
  readonly title: string;
  readonly address: string;
  readonly hostKeys: readonly { readonly key: string; readonly pin: string; readonly line: number }[];
  readonly server?: string;
  readonly cipher?: string;
  readonly via: readonly string[];
  readonly identity?: { readonly ok: boolean; readonly checks: readonly Check[]; readonly line: number };
  readonly clock?: { readonly offsetMs: number; readonly rttMs: number; readonly line: number };
  readonly connections: number;
  readonly legacy?: string;
}

export interface ReportAttempt {
  readonly n: number;
  readonly purpose: Purpose;
  readonly target: string;
  readonly group?: string;
  readonly mode: string;
  readonly startedAt: string;
  readonly ms?: number;
  readonly command: { readonly file: string; readonly sha256: string; readonly text?: string };
  readonly end?: string;
  readonly observed: boolean;
  readonly checks: readonly Check[];
  readonly tries: number;
  readonly transfer?: string;
  readonly recording: string;
  readonly outputs: readonly OutputPreview[];
  /** Secrets handed to it on standard input. */
  readonly fed: readonly string[];
  /** Nothing of what came back was kept. */
  readonly withheld: boolean;
  readonly proof: readonly Proof[];
}

/** Something that a person decided, or that happened besides the plan. */
export interface ReportEvent {
  readonly kind:
    | 'failure'
    | 'unknown'
    | 'retry'
    | 'override'
    | 'skip'
    | 'signal'
    | 'deviation'
    | 'note'
    | 'stop'
    | 'continue'
    | 'rollback'
    | 'lost'
    | 'gap'
    | 'recovered'
    | 'clock'
    | 'host-key'
    | 'redaction'
    | 'anchor';
  readonly at: string;
  readonly text: string;
  readonly reason?: string;
  readonly by?: string;
  /** Number of the step it belongs to. */
  readonly step?: number;
  readonly line: number;
}

export interface ReportStep {
  /** From 1, over all phases. */
  readonly number: number;
  readonly id: string;
  readonly title: string;
  readonly kind: StepKind;
  readonly risk: Risk;
  readonly on?: string;
  readonly state: StepStatus['state'];
  /** One sentence: how it came to this state. */
  readonly outcome: string;
  readonly reason?: string;
  readonly by?: string;
  readonly turnAt?: string;
  readonly settledAt?: string;
  /** From its turn to its outcome, and the part of that in which a command ran. */
  readonly tookMs?: number;
  readonly workedMs?: number;
  readonly plannedMs?: number;
  readonly attempts: readonly ReportAttempt[];
  readonly members: readonly { readonly target: string; readonly state: string; readonly reason?: string }[];
  readonly captures: readonly { readonly name: string; readonly value: string; readonly line: number }[];
  readonly signers: readonly ReportPerson[];
  readonly events: readonly ReportEvent[];
  readonly source?: string;
  readonly proof: readonly Proof[];
}

export interface ReportPhase {
  readonly title: string;
  readonly plannedMs?: number;
  readonly tookMs?: number;
  readonly steps: readonly ReportStep[];
}

/** One hand at a step of the script. Without a name nobody did it: a time that was over. */
export interface ScriptEntry {
  readonly at: string;
  readonly name?: string;
  readonly role?: Role;
  readonly initials?: string;
  readonly said: string;
  /** It went as it should. */
  readonly ok: boolean;
  readonly line: number;
}

export interface ScriptPerson {
  readonly initials: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly basis: ReportPerson['basis'];
  readonly fingerprint?: string;
}

/** The script of a ceremony, filled in from the record. */
export interface ReportScript {
  readonly purpose: string;
  readonly people: readonly ScriptPerson[];
  readonly phases: readonly {
    readonly title: string;
    readonly rows: readonly {
      readonly number: number;
      readonly id: string;
      readonly kind: StepKind;
      readonly title: string;
      readonly state: StepStatus['state'];
      readonly entries: readonly ScriptEntry[];
    }[];
  }[];
  readonly exceptions: readonly (ReportEvent & { readonly initials?: string })[];
}

/** A question an auditor asks, with the answer of this run. */
export interface ChangeQuestion {
  readonly framework: 'SOC 2' | 'ISO/IEC 27001:2022' | 'PCI DSS 4.0.1';
  readonly clause: string;
  readonly question: string;
  readonly state: 'yes' | 'no' | 'partly' | 'not-recorded';
  readonly answer: string;
  readonly proof: readonly Proof[];
}

export interface ReportCounts {
  readonly steps: number;
  readonly done: number;
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
  readonly skipped: number;
  readonly overridden: number;
  readonly notApplicable: number;
  readonly checks: number;
  readonly checksHeld: number;
  readonly holds: number;
  readonly retries: number;
  readonly deviations: number;
}

export interface Report {
  readonly format: 1;
  readonly head: ReportHead;
  readonly verification: ReportVerification | null;
  /** Why nothing was verified, where nothing was. */
  readonly unverified?: string;
  readonly counts: ReportCounts;
  readonly people: readonly ReportPerson[];
  readonly targets: readonly ReportTarget[];
  readonly phases: readonly ReportPhase[];
  /** Only of a ceremony. */
  readonly script: ReportScript | null;
  readonly events: readonly ReportEvent[];
  readonly changeRecord: readonly ChangeQuestion[];
  readonly block: KindBlock | null;
  readonly sealNotes: readonly { readonly kind: string; readonly file: string; readonly message: string }[];
  readonly timeline: Timeline | null;
}
