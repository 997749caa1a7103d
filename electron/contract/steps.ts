/** The kinds of steps of a runbook, after parsing. Types, and the few lists that schemas are made of; it checks nothing. */
import type { StepId, TargetName, VarName } from './ids.ts';
import type {
  Capture,
  Expectation,
  Probe,
  RerunPolicy,
  Role,
  StepCommon,
  Template,
  Undo,
} from './runbook.ts';

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
  /** Its harmless twin: shows what the command would do. Never passes the step. */
  readonly dryRun?: {
    readonly run: Template;
    readonly expect: readonly Expectation[];
    readonly timeoutMs: number;
  };
  readonly undo?: Undo;
}

/** `observe`: a read-only probe repeats until it holds or the time is over. */
export interface ObserveStep extends StepCommon {
  readonly kind: 'observe';
  readonly on: TargetName;
  readonly run: Template;
  readonly expect: readonly Expectation[];
  /** Pause between probes: a duration, or a reference to one parameter of type duration. */
  readonly every: Template;
  /** How long it goes on before the step fails; the same. */
  readonly for: Template;
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
  /** Fetch: an earlier fetch of the same file. The difference is kept, and must be as `change` says. */
  readonly before?: StepId;
  readonly change?: 'changed' | 'unchanged';
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
  /**
   * `verify: independent`: another person answers the same question again without seeing the first answer. Passes when
   * both agree.
   */
  readonly independentOf?: StepId;
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

/** `hold: wait`: nothing goes on until the time is over, counted from when the step got its turn. */
export interface WaitStep extends StepCommon {
  readonly kind: 'wait';
  /** Durations that are added up: texts with references to parameters of type duration, or literal ones. */
  readonly for: readonly Template[];
}

export const channels = ['email', 'chat', 'phone', 'paging', 'status-page', 'ticket'] as const;
export type Channel = (typeof channels)[number];

/** `notify`: a message is filled in, shown, copied or saved, and recorded as sent by whoever sent it. The app sends nothing. */
export interface NotifyStep extends StepCommon {
  readonly kind: 'notify';
  readonly by: Role;
  readonly channel: Channel;
  /** Whom it goes to. Plain text, references are not quoted for a shell. */
  readonly to: Template;
  readonly subject?: Template;
  readonly body: Template;
}

/**
 * `custodians`: the command is sent once for each of k different people, who answer its prompts themselves in a
 * terminal of which nothing is kept. Passes when k turns passed and the probe holds.
 */
export interface CustodiansStep extends StepCommon {
  readonly kind: 'custodians';
  readonly on: TargetName;
  readonly run: Template;
  /** What one turn must show. */
  readonly expect: readonly Expectation[];
  /** One turn at the most. */
  readonly timeoutMs: number;
  /** k: so many different people. */
  readonly needs: number;
  /** n: so many hold a share. */
  readonly of: number;
  /** Tells after the last turn whether all of them together had their effect. */
  readonly probe: Probe;
}

/** `measure`: the app itself takes the time between two instants that were recorded, and holds it against a limit. */
export interface MeasureStep extends StepCommon {
  readonly kind: 'measure';
  /** Instants: RFC 3339, or seconds since 1970 with up to six decimals. */
  readonly from: Template;
  readonly to: Template;
  readonly limit: { readonly op: 'below' | 'at-most'; readonly ms: number };
  /** The time in whole seconds, rounded up, for later steps and the report. */
  readonly capture: VarName;
}

export type Step =
  | RunStep
  | ObserveStep
  | TransferStep
  | AttestStep
  | DecideStep
  | HoldStep
  | WaitStep
  | NotifyStep
  | CustodiansStep
  | MeasureStep;
export type StepKind = Step['kind'];
