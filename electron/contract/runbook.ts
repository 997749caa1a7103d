/**
 * The runbook as the app understands it after parsing: every default filled in, every duration in milliseconds,
 * every template split into its parts. Types only; the authoring format (YAML) is domain/runbook/schema.
 */
import type { PhaseId, RunbookId, StepId, TargetName, VarName } from './ids.ts';

export const runbookKinds = [
  'upgrade',
  'rollback',
  'disaster-recovery',
  'key-rotation',
  'maintenance',
  'verification',
  'emergency',
  'reference',
] as const;
export type RunbookKind = (typeof runbookKinds)[number];

export const risks = ['read', 'reversible', 'disruptive', 'irreversible'] as const;
export type Risk = (typeof risks)[number];

export const rerunPolicies = ['safe', 'check-first', 'never'] as const;
export type RerunPolicy = (typeof rerunPolicies)[number];

export const roles = ['operator', 'verifier', 'owner', 'witness', 'custodian'] as const;
export type Role = (typeof roles)[number];

/** Text with `${name}` references. `source` is the author's text, to the byte. */
export interface Template {
  readonly source: string;
  readonly parts: readonly TemplatePart[];
}
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  /** `raw` parts are inserted unquoted (`${raw:name}`); everything else is quoted for the shell by the app. */
  | { readonly kind: 'ref'; readonly name: VarName; readonly raw: boolean };

export type ParameterType =
  | { readonly kind: 'text'; readonly maxLength: number }
  | { readonly kind: 'name' }
  | { readonly kind: 'version' }
  | { readonly kind: 'integer'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'path' }
  | { readonly kind: 'host' }
  | { readonly kind: 'url' }
  | { readonly kind: 'digest' }
  | { readonly kind: 'duration' }
  | { readonly kind: 'image' }
  /** Never stored, never on a command line. */
  | { readonly kind: 'secret' };

export interface Parameter {
  readonly name: VarName;
  readonly title: string;
  readonly help?: string;
  readonly type: ParameterType;
  readonly required: boolean;
  readonly default?: string;
  readonly example?: string;
}

export interface Variant {
  readonly name: VarName;
  readonly title: string;
  readonly options: readonly { readonly id: string; readonly title: string }[];
  readonly default?: string;
}

/** One limit on a number. Operands are templates: they may refer to parameters and captures. */
export type Comparison =
  | { readonly op: 'equals'; readonly value: Template }
  | { readonly op: 'at-least'; readonly value: Template }
  | { readonly op: 'at-most'; readonly value: Template }
  | { readonly op: 'above'; readonly value: Template }
  | { readonly op: 'below'; readonly value: Template }
  | { readonly op: 'in'; readonly values: readonly Template[] };

/** What is looked for in a stream of output (carriage returns folded, escape sequences removed). */
export type TextTest =
  | { readonly test: 'equals'; readonly value: Template }
  | { readonly test: 'contains'; readonly value: Template }
  | { readonly test: 'matches'; readonly pattern: string }
  | { readonly test: 'empty'; readonly empty: boolean }
  | { readonly test: 'lines'; readonly compare: Comparison }
  | { readonly test: 'number'; readonly compare: Comparison; readonly unit?: string }
  | { readonly test: 'json'; readonly path: string; readonly compare: Comparison }
  | { readonly test: 'date'; readonly notOlderThanMs?: number; readonly after?: Template }
  | { readonly test: 'digest'; readonly value: Template }
  | { readonly test: 'same-as'; readonly capture: VarName };

/** One thing that must be true for the step to pass. `label` is its short name in the journal and on the screen. */
export type Expectation =
  | { readonly on: 'exit'; readonly label: string; readonly codes: readonly number[] }
  | {
      readonly on: 'stdout' | 'stderr';
      readonly label: string;
      readonly negate: boolean;
      readonly test: TextTest;
    };

/** Takes a value out of the output, for later steps and the report. At most 4,096 characters. */
export interface Capture {
  readonly name: VarName;
  readonly from: 'stdout' | 'stderr';
  readonly pick:
    | { readonly kind: 'all' }
    | { readonly kind: 'match'; readonly pattern: string }
    | { readonly kind: 'json'; readonly path: string };
}

/** A command with what must be seen for it to count. */
export interface Probe {
  readonly on: TargetName;
  readonly run: Template;
  readonly expect: readonly Expectation[];
  readonly timeoutMs: number;
}

export interface Target {
  readonly name: TargetName;
  readonly title: string;
  /** Several hosts under one name; which ones is said when the run starts. */
  readonly group?: true;
  /** The runbook asks for a shell on the operator's own computer. */
  readonly local?: true;
  /** The app may write the head of the journal into this host's log (`logger`). */
  readonly anchor?: true;
  /** Commands that prove we are where we think we are. All must hold before Run is enabled. */
  readonly identity: readonly {
    readonly title: string;
    readonly run: Template;
    readonly expect: readonly Expectation[];
  }[];
}

export interface SourceRef {
  readonly document: string;
  readonly section?: string;
  readonly line?: number;
}

export interface StepCommon {
  readonly id: StepId;
  readonly title: string;
  /** Markdown. */
  readonly why?: string;
  /** Markdown. Shown before the action it guards. */
  readonly caution?: string;
  /** Markdown. */
  readonly note?: string;
  readonly plannedMs?: number;
  readonly risk: Risk;
  /** CEL expression; the step is not applicable when it is false. */
  readonly when?: string;
  readonly source?: SourceRef;
}

/** How a step goes over the members of a group. One command and one recording a member. */
export interface FanOut {
  /** `serial`: one after the other. `canary`: the first alone, then the rest. `parallel`: all. */
  readonly order: 'serial' | 'canary' | 'parallel';
  /** How many run at a time, after the canary. 1 for serial. */
  readonly limit: number;
  /** `stop`: no further member is started after one that did not pass. `go-on`: all are started. */
  readonly onFailure: 'stop' | 'go-on';
}

/** How a detached command is kept alive on the host. `shell` needs nothing but a POSIX shell. */
export const detachers = ['shell', 'systemd-run', 'tmux'] as const;
export type Detacher = (typeof detachers)[number];

/** `run`: the command is sent once, on the operator's word. */
export interface RunStep extends StepCommon {
  readonly kind: 'run';
  readonly on: TargetName;
  readonly run: Template;
  /**
   * `pty`: stdout and stderr arrive as one, as on a screen. `exec`: apart, without a terminal. `detached`: in a session
   * of its own on the host, with a terminal; a lost link does not touch it, and it is taken up again.
   */
  readonly mode: 'pty' | 'exec' | 'detached';
  /** Only with `detached`. */
  readonly detacher?: Detacher;
  /** Only where the target is a group. */
  readonly fanOut?: FanOut;
  readonly expect: readonly Expectation[];
  readonly timeoutMs: number;
  readonly silenceMs?: number;
  /** Handed to the command on its standard input, then closed. The only place where a secret may stand. Mode `exec`. */
  readonly stdin?: Template;
  /** `none`: what comes back is shown and judged, and kept nowhere; a mark says so. */
  readonly evidence?: 'none';
  readonly rerun: RerunPolicy;
  readonly probe?: Probe;
  readonly capture: readonly Capture[];
  /** What the operator must type to enable Run. */
  readonly confirm?: Template;
}

/** `observe`: a read-only probe repeats until it holds or the time is over. */
export interface ObserveStep extends StepCommon {
  readonly kind: 'observe';
  readonly on: TargetName;
  readonly run: Template;
  readonly expect: readonly Expectation[];
  readonly everyMs: number;
  readonly forMs: number;
  /** How many times in a row it must hold. */
  readonly times: number;
  readonly evidence?: 'none';
  /** One probe at the most. */
  readonly timeoutMs: number;
  readonly capture: readonly Capture[];
}

/** `transfer`: a small file is fetched from the host into the evidence, or put there, with its digest on record. */
export interface TransferStep extends StepCommon {
  readonly kind: 'transfer';
  readonly on: TargetName;
  readonly direction: 'fetch' | 'put';
  /** Absolute path on the host. */
  readonly path: Template;
  /** Put: absolute path of the file on this computer. */
  readonly from?: Template;
  /** SHA-256 (64 hex digits) the bytes must have. */
  readonly sha256?: Template;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly rerun: RerunPolicy;
}

export type AttestInput =
  | { readonly kind: 'text'; readonly label: string; readonly pattern?: string; readonly minLength: number }
  | {
      readonly kind: 'number';
      readonly label: string;
      readonly min?: number;
      readonly max?: number;
      readonly unit?: string;
    }
  | {
      readonly kind: 'choice';
      readonly label: string;
      readonly options: readonly string[];
      readonly passes: readonly string[];
    }
  | { readonly kind: 'checklist'; readonly items: readonly string[] };

/** `attest`: a person reports what they saw. */
export interface AttestStep extends StepCommon {
  readonly kind: 'attest';
  readonly by: Role;
  readonly input: AttestInput;
  readonly capture?: VarName;
}

/** `decide`: a choice that selects what follows (`choice.<name>` in conditions). */
export interface DecideStep extends StepCommon {
  readonly kind: 'decide';
  readonly by: Role;
  readonly question: string;
  readonly options: readonly { readonly id: string; readonly title: string; readonly reason: boolean }[];
  /** The choice is available to conditions and templates under this name. */
  readonly capture: VarName;
}

/** `hold`: nothing goes on until the named people say so. Cannot be passed with Enter. */
export interface HoldStep extends StepCommon {
  readonly kind: 'hold';
  readonly hold: 'go' | 'verify' | 'point-of-no-return';
  /** A role may stand here several times: as many different people. */
  readonly signers: readonly Role[];
  /** How many of them are enough (k of n); all when absent. */
  readonly needs?: number;
}

export type Step = RunStep | ObserveStep | TransferStep | AttestStep | DecideStep | HoldStep;
export type StepKind = Step['kind'];

export interface Phase {
  readonly id: PhaseId;
  readonly title: string;
  readonly budgetMs?: number;
  readonly steps: readonly Step[];
}

/** What a runbook demands of the evidence of its real runs. The stricter of this and the desk's own policy holds. */
export interface RunbookPolicy {
  readonly approvals?: number;
  readonly holds?: 'signed';
  readonly reviews?: number;
  readonly timestamp?: 'required';
  readonly anchors?: 'logger';
}

/** Names of the facts that a runbook may state, by its kind. Kinds that are not here have none. */
export const factNames = {
  'key-rotation': [
    'keyId',
    'oldVersion',
    'newVersion',
    'algorithm',
    'bits',
    'oldFingerprint',
    'newFingerprint',
    'cryptoperiodDays',
    'lastRotated',
    'custodians',
    'dualControl',
    'oldKeyDisposition',
    'reencrypted',
    'remainingOnOldKey',
    'decryptTest',
  ],
  'disaster-recovery': [
    'scenario',
    'environment',
    'backupId',
    'backupTakenAt',
    'rtoTargetS',
    'rtoMeasuredS',
    'rpoTargetS',
    'rpoMeasuredS',
    'integrityChecks',
    'participants',
    'lessons',
    'actions',
  ],
  upgrade: [
    'from',
    'to',
    'imageDigests',
    'backupSha256',
    'preChecks',
    'postChecks',
    'maintenanceWindow',
    'notified',
    'downtimeS',
  ],
  rollback: [
    'from',
    'to',
    'imageDigests',
    'backupSha256',
    'preChecks',
    'postChecks',
    'maintenanceWindow',
    'notified',
    'downtimeS',
  ],
} as const satisfies Partial<Record<RunbookKind, readonly string[]>>;

/** Facts of the change record by kind of runbook (run.json), such as `keyId` of a key rotation. */
export type ReportFacts = Readonly<Record<string, Template>>;

export interface Runbook {
  readonly format: 1;
  readonly id: RunbookId;
  readonly title: string;
  readonly version: string;
  readonly kind: RunbookKind;
  readonly service: string;
  readonly summary: string;
  readonly source?: SourceRef;
  readonly downtime?: string;
  readonly objectives: { readonly rollbackMs?: number; readonly rtoMs?: number; readonly rpoMs?: number };
  /** Runbook to offer when this one fails. */
  readonly rollback?: RunbookId;
  readonly roles: readonly Role[];
  readonly policy?: RunbookPolicy;
  readonly facts?: ReportFacts;
  /** When to stop, shown at the start and at each hold. */
  readonly abort: readonly string[];
  readonly variants: readonly Variant[];
  readonly targets: readonly Target[];
  readonly parameters: readonly Parameter[];
  readonly phases: readonly Phase[];
}

/** Something wrong (or risky) in a runbook file, with its place. Lines and columns count from 1. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly rule: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How to mend it. */
  readonly hint?: string;
}
