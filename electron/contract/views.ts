/** What a page is shown: answers of the host, as types alone. Free of schemas, so that the page may import it. */
import type { RunId, RunbookId, Sha256, StepId, TargetName, VarName } from './ids.ts';
import type { GivenSignature, SigningRole } from './people.ts';
import type { RunbookRelease } from './packages.ts';
import type { Address, Plan, Policy } from './plan.ts';
import type { JournalRecord, RunResult } from './records.ts';
import type { Failure } from './result.ts';
import type { Diagnostic, OverlayChange, Risk, Runbook, RunbookKind, RunbookSource } from './runbook.ts';
import type { Channel } from './steps.ts';

export interface RunbookSummary {
  readonly id: RunbookId;
  readonly title: string;
  readonly version: string;
  readonly kind: RunbookKind;
  readonly service: string;
  readonly summary: string;
  readonly steps: number;
  readonly holds: number;
  readonly plannedMs: number;
  readonly highestRisk: Risk;
  readonly rollback?: RunbookId;
  readonly pointOfNoReturn: boolean;
  /** How many of its steps have a product command that no overlay has filled in. */
  readonly vendorOpen: number;
  /** Where it stands with a package; absent when no package has it. */
  readonly release?: RunbookRelease;
  readonly lastRun?: RunSummary;
}

/** A file in the library that could not be read as a runbook. */
export interface BrokenRunbook {
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];
}

export interface LibraryList {
  readonly runbooks: readonly RunbookSummary[];
  readonly broken: readonly BrokenRunbook[];
}

export interface LibraryEntry {
  readonly runbook: Runbook;
  readonly sha256: Sha256;
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Put together for a rehearsal (with the overlay that is shipped for it), or for real runs (with the site's own). */
  readonly rehearsal: boolean;
  /** Steps whose product command no overlay has filled in. */
  readonly vendorOpen: readonly StepId[];
  /** Other files it is made of: called runbooks and overlays. */
  readonly sources: readonly RunbookSource[];
  /** What the overlay of the site changed. */
  readonly overlay: readonly OverlayChange[];
  /** Where it stands with a package, for real runs; absent when no package has it. */
  readonly release?: RunbookRelease;
}

/** What the linter finds in a runbook, counted. Errors keep it from being started in production. */
export interface RunbookHealth {
  readonly id: RunbookId;
  readonly errors: number;
  readonly warnings: number;
}

export interface RunbookText {
  readonly file: string;
  readonly version: string;
  /** Its own file. */
  readonly written: string;
  /** As it would be run, with the runbooks it calls and the overlays of the site; the same where it has none. */
  readonly text: string;
  /** Of `text`. */
  readonly sha256: Sha256;
}

/** A Markdown document, shown as a runbook. It was never checked as one and cannot be started. */
export interface OpenedDocument {
  readonly runbook: Runbook;
  /** Places are those of the document. */
  readonly findings: readonly Diagnostic[];
  readonly file: string;
}

/** What a run would have taken back, as it stands now. */
export interface RollbackPlan {
  /** Id of the runbook that does it, for `library.get` and `start.run` with this run as the origin; absent without one. */
  readonly runbook?: RunbookId;
  /** In the order it would be done: what was done last comes first. */
  readonly undo: readonly {
    readonly step: StepId;
    readonly title: string;
    /** The step did not pass: it may have had its effect in part, or not at all. */
    readonly uncertain: boolean;
    readonly how:
      | {
          readonly kind: 'command';
          readonly title: string;
          readonly on: TargetName;
          /** Hosts of a group that the step was sent to, where these are not all of them. */
          readonly members?: readonly TargetName[];
          /** Values stand as `${name}`. */
          readonly command: string;
          readonly risk: Risk;
        }
      | { readonly kind: 'runbook'; readonly runbook: RunbookId };
  }[];
  /** Changes that were made and for which no way back is given. */
  readonly without: readonly { readonly step: StepId; readonly title: string; readonly why: string }[];
  /** The rollback that the runbook itself names. */
  readonly linked?: RunbookId;
}

export interface RunSummary {
  readonly runId: RunId;
  readonly runbook: RunbookId;
  readonly title: string;
  readonly version: string;
  readonly rehearsal: boolean;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** `open`: in this app now. `interrupted`: its app went away before the end. `locked`: another app has it. */
  readonly status: 'open' | 'interrupted' | 'locked' | 'ended';
  /** Ended and not sealed: a secret may stand in its files, see `evidence.block`. */
  readonly sealBlocked?: boolean;
  readonly result?: RunResult;
  readonly operator: string;
  readonly stepsDone: number;
  readonly steps: number;
}

/** All a page needs to show a run; it folds the records itself with domain/run/evolve. */
export interface RunSnapshot {
  readonly plan: Plan;
  readonly planSha256: Sha256;
  readonly runbook: Runbook;
  readonly records: readonly JournalRecord[];
  /** Open in this app and ready for intents; else read-only. */
  readonly live: boolean;
  readonly links: readonly LinkState[];
  readonly recordingBytes: number;
  /** Secrets that the run needs; those not held must be given again (`run.secret`) before a step can use them. */
  readonly secrets?: readonly { readonly name: VarName; readonly title: string; readonly held: boolean }[];
  /** Set when the evidence can no longer be written: Run is disabled until it can. */
  readonly storage?: Failure;
}

/** What is true of a connection right now. Shown, never judged: judgements rest on records. */
export interface LinkState {
  readonly target: TargetName;
  readonly address: string;
  readonly state: 'idle' | 'connecting' | 'asking' | 'connected' | 'lost' | 'failed';
  readonly rttMs?: number;
  readonly engine?: 'openssh' | 'ssh2' | 'local';
  /** Addresses of the jump hosts, nearest first. */
  readonly via?: readonly string[];
  /** The app tries again by itself in so many ms (counted from this state). Nothing is sent again. */
  readonly retryInMs?: number;
  readonly failure?: Failure;
}

/** What Run would send for a step, to the byte. */
export interface CommandPreview {
  readonly step: StepId;
  readonly target: TargetName;
  readonly address: string;
  readonly command: string;
  readonly bytes: number;
  readonly sha256: Sha256;
  /** Where `${name}` was filled in, for marking: offsets in UTF-16 code units. */
  readonly values: readonly { readonly start: number; readonly end: number; readonly name: VarName }[];
  /** The members it would run on now, where the target is a group. */
  readonly members?: readonly { readonly target: TargetName; readonly address: string }[];
  /** The expectations with their values filled in. */
  readonly expect: readonly { readonly label: string; readonly expected: string }[];
  /** Secrets it gets on its standard input. */
  readonly fed?: readonly VarName[];
  /** Nothing of what comes back is kept. */
  readonly withheld?: boolean;
  /** What must be typed before Run is enabled. */
  readonly confirm?: string;
}

/** The message of a notify step as it would be sent now. `text` is what is kept and hashed. */
export interface MessagePreview {
  readonly step: StepId;
  readonly channel: Channel;
  readonly to: string;
  readonly subject?: string;
  readonly body: string;
  readonly text: string;
  readonly sha256: Sha256;
}

export interface RehearsalFault {
  readonly id: string;
  readonly title: string;
  readonly on: boolean;
}

export interface CheckFinding {
  /** Stable id, such as `manifest.hash-mismatch`. */
  readonly id: string;
  readonly level: 'L1' | 'L2' | 'L3' | 'container';
  readonly place: string;
  readonly message: string;
}

/** What the verifier found. L3 is `none` when no outside witness is in the bundle: said, never hidden. */
export interface Verdict {
  readonly runId?: string;
  readonly result?: string;
  readonly rehearsal?: boolean;
  readonly l1: 'holds' | 'fails';
  readonly l2: 'holds' | 'fails' | 'not-checked';
  readonly l3: 'holds' | 'fails' | 'none';
  /** One line each: what the level rests on. */
  readonly rests: {
    readonly l1: readonly string[];
    readonly l2: readonly string[];
    readonly l3: readonly string[];
  };
  readonly findings: readonly CheckFinding[];
  readonly files: number;
  readonly records: number;
}

export interface EvidenceView {
  readonly runId: RunId;
  readonly bundle: { readonly name: string; readonly bytes: number; readonly sha256: Sha256 };
  readonly verdict: Verdict;
  readonly signatures: readonly {
    readonly role: SigningRole;
    readonly principal: string;
    readonly fingerprint: string;
    readonly keyType: string;
  }[];
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: Sha256 }[];
  readonly policy: Policy;
  readonly reviews: readonly (GivenSignature & {
    readonly verdict: 'accepted' | 'rejected';
    readonly comment: string;
  })[];
  /** Time by the timestamp token over operator.sig, where there is one. */
  readonly timestamp?: { readonly at: string; readonly authority: string };
}

/** Why a run that has ended is not sealed: a declared secret may stand in its files. */
export interface SealBlock {
  readonly runId: RunId;
  readonly findings: readonly { readonly file: string; readonly rule: string; readonly message: string }[];
  /** Secrets that must be given again, because the files cannot be searched for what nobody knows. */
  readonly unknown: readonly VarName[];
}

/** Formats of the report. `pdf` needs a browser engine: the desktop shell's own, or a Chromium of the system. */
export const reportFormats = ['html', 'pdf', 'markdown', 'csv', 'json'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** A bundle that is open for reading: verified first, its bytes kept apart so that nobody changes them meanwhile. */
export interface BundleView {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: Sha256;
  readonly verdict: Verdict;
  readonly signatures: EvidenceView['signatures'];
  readonly files: EvidenceView['files'];
  /** Present when the bundle is intact and its story can be read: what a page folds to show the run. */
  readonly snapshot?: RunSnapshot;
}

export interface DeskInfo {
  readonly version: string;
  readonly build: string;
  readonly platform: string;
  readonly shell: 'desktop' | 'browser';
  readonly home: string;
  readonly capabilities: readonly { readonly id: string; readonly ok: boolean; readonly text: string }[];
  readonly device: { readonly principal: string; readonly fingerprint: string; readonly protection: string };
  readonly notices: readonly Failure[];
}

/** Problems of a start request, by field: `parameters.namespace`, `targets.ops`, `variants.connectivity`. */
export interface StartCheck {
  readonly problems: readonly { readonly field: string; readonly message: string }[];
  /** Present when there are no problems: what the plan would be, and its digest without id, time and nonce. */
  readonly digest?: Sha256;
  /** What the run would have to satisfy: the site's policy and the runbook's, the stricter of each. */
  readonly policy?: Policy;
}

/** What a start form is prefilled with. */
export interface StartDraft {
  readonly parameters: Readonly<Record<string, string>>;
  readonly variants: Readonly<Record<string, string>>;
  readonly targets: Readonly<Record<string, Address>>;
  readonly groups?: Readonly<Record<string, readonly TargetName[]>>;
  readonly from?: RunId;
}
