/**
 * The runbook as the app understands it after parsing: every default filled in, every duration in milliseconds,
 * every template split into its parts. Types only; the authoring format (YAML) is domain/runbook/schema.
 */
import type { PhaseId, RunbookId, StepId, TargetName, VarName } from './ids.ts';
import type { ReportFacts } from './runbookFacts.ts';
import type { Step } from './steps.ts';

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
  /** Entry of the reference pages that the default comes from, such as `mazevault-jobs.gateway-heartbeat.interval`. */
  readonly from?: string;
  /** The site overlay gave this default. */
  readonly site?: string;
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
  /** Last line, where it is more than one. */
  readonly toLine?: number;
}

/** A product command that nobody has given: shown and explained, not runnable before a site overlay has filled it in. */
export interface VendorConfirm {
  /** What the command has to do, and how it is done by hand until then. Markdown. */
  readonly what: string;
  /** Who confirmed it, where an overlay has filled it in. */
  readonly filled?: { readonly site: string; readonly by: string; readonly on: string };
}

/** Where a step stands that came in by a call of another runbook. */
export interface PartOf {
  readonly runbook: RunbookId;
  readonly title: string;
  readonly version: string;
  /** Id of the call step. */
  readonly call: StepId;
  /** Id of this step in the runbook it comes from. */
  readonly step: StepId;
}

/** What takes the effect of a step back. Those of the steps that were really done are offered in reverse order. */
export type Undo =
  | {
      readonly kind: 'command';
      readonly title: string;
      readonly on: TargetName;
      readonly run: Template;
      readonly expect: readonly Expectation[];
      readonly timeoutMs: number;
      readonly risk: Risk;
    }
  | { readonly kind: 'runbook'; readonly runbook: RunbookId };

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
  readonly part?: PartOf;
  readonly vendorConfirm?: VendorConfirm;
  /** The format made this step from a key of another one (`verify`), not the author as a step of its own. */
  readonly madeFor?: StepId;
}

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

/** A file that a runbook is made of beside its own: one that it calls, or the overlay of the site. */
export interface RunbookSource {
  readonly kind: 'called' | 'overlay';
  /** Id of the runbook, or name of the site. */
  readonly id: string;
  readonly version: string;
  readonly sha256: string;
}

/** What the overlay of a site changed, for a person to see. */
export interface OverlayChange {
  readonly site: string;
  readonly what: 'parameter' | 'vendor-confirm';
  /** Parameter or step. */
  readonly name: string;
  /** What stood there before; empty where nothing did. */
  readonly was: string;
  readonly is: string;
}

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
  /** Other files it was made of, in the order they were read. Absent when there are none. */
  readonly sources?: readonly RunbookSource[];
  readonly overlay?: readonly OverlayChange[];
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
