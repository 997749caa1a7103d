/**
 * The one list of what a shell may ask of the host: calls, events and terminal streams. The host validates each
 * argument with the schema here; the renderer imports types only, so that no schema code reaches the page.
 */
import { z } from 'zod';
import { RunbookId, RunId, Sha256, StepId, TargetName, VarName } from './ids.ts';
import { Intent } from './intents.ts';
import { Address, Change, type Plan, Prose } from './plan.ts';
import { PromptAnswer } from './prompts.ts';
import type { Prompt } from './prompts.ts';
import type { JournalRecord, RunResult } from './records.ts';
import type { Failure, Result } from './result.ts';
import type { ConnectCapabilities, Route } from './routes.ts';
import type { Diagnostic, Runbook, RunbookKind, Risk } from './runbook.ts';

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
  /** What must be typed before Run is enabled. */
  readonly confirm?: string;
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
    readonly role: 'seal' | 'operator';
    readonly principal: string;
    readonly fingerprint: string;
    readonly keyType: string;
  }[];
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: Sha256 }[];
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

export const Settings = z.strictObject({
  operatorName: z.string().max(100),
  operatorPrincipal: z.string().max(200),
  /** Where operator.sig comes from: a key file made by the app, a key file, or the agent (by fingerprint). */
  operatorKey: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('app') }),
    z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(1024) }),
    z.strictObject({ kind: z.literal('agent'), fingerprint: z.string().min(1).max(100) }),
  ]),
  theme: z.enum(['system', 'dark', 'light']),
  timeZone: z.string().max(64),
  terminalFontSize: z.int().min(10).max(28),
  agentSocket: z.string().max(1024),
  /** `auto`: the system's ssh where there is a suitable one, else the built-in client. */
  sshEngine: z.enum(['auto', 'openssh', 'ssh2']),
  /** Whether ~/.ssh/config is read. */
  sshConfig: z.enum(['use', 'ignore']),
  /** Whether `Match exec` commands of the configuration may run. */
  matchExec: z.enum(['ask', 'allow', 'never']),
  /** Whether the app may keep small files on hosts while a run is open (state from step to step, detached jobs). */
  filesOnHosts: z.enum(['allowed', 'forbidden']),
  /** Seconds between signs of life where the configuration says nothing; 0 switches them off. */
  keepAliveSeconds: z.int().min(0).max(600),
  /** How many of them may stay without an answer. */
  keepAliveCount: z.int().min(1).max(20),
});
export type Settings = z.infer<typeof Settings>;

export const StartRequest = z.strictObject({
  runbook: RunbookId,
  sha256: Sha256,
  rehearsal: z.boolean(),
  parameters: z.record(VarName, z.string().max(4096)),
  variants: z.record(VarName, z.string().max(64)),
  targets: z.record(TargetName, Address),
  groups: z.record(TargetName, z.array(TargetName).min(1).max(500)).optional(),
  change: Change,
  /** The run this one rolls back. */
  origin: RunId.optional(),
});
export type StartRequest = z.infer<typeof StartRequest>;

/** Problems of a start request, by field: `parameters.namespace`, `targets.ops`, `variants.connectivity`. */
export interface StartCheck {
  readonly problems: readonly { readonly field: string; readonly message: string }[];
  /** Present when there are no problems: what the plan would be, and its digest without id, time and nonce. */
  readonly digest?: Sha256;
}

/** What a start form is prefilled with. */
export interface StartDraft {
  readonly parameters: Readonly<Record<string, string>>;
  readonly variants: Readonly<Record<string, string>>;
  readonly targets: Readonly<Record<string, Address>>;
  readonly groups?: Readonly<Record<string, readonly TargetName[]>>;
  readonly from?: RunId;
}

interface CallShape {
  readonly in: z.ZodType;
}
function call<I extends z.ZodType>(input: I): { readonly in: I } {
  return { in: input };
}

const none = z.strictObject({});

export const calls = {
  'desk.info': call(none),
  'desk.settings': call(none),
  'desk.update-settings': call(Settings.partial()),

  /** How an address would be reached. Asks the person first when the configuration would run commands. */
  'connect.route': call(
    z.strictObject({
      /** `[user@]host[:port]` as typed; user and port may come from the configuration. */
      text: z.string().trim().min(1).max(400),
      via: z.array(z.string().trim().min(1).max(400)).max(8).optional(),
    }),
  ),
  'connect.capabilities': call(none),

  'library.list': call(none),
  'library.get': call(z.strictObject({ id: RunbookId })),

  'start.draft': call(
    z.strictObject({ runbook: RunbookId, rehearsal: z.boolean(), origin: RunId.optional() }),
  ),
  'start.check': call(StartRequest),
  'start.run': call(StartRequest),

  'run.list': call(none),
  'run.open': call(z.strictObject({ runId: RunId })),
  /** Takes an interrupted run up again: its records are replayed, a step in flight becomes unknown. */
  'run.resume': call(z.strictObject({ runId: RunId })),
  'run.records': call(z.strictObject({ runId: RunId, from: z.int().min(0) })),
  'run.preview': call(z.strictObject({ runId: RunId, step: StepId })),
  'run.intent': call(z.strictObject({ runId: RunId, intent: Intent })),

  'prompt.list': call(none),
  'prompt.answer': call(z.strictObject({ id: z.string().max(64), answer: PromptAnswer })),

  'terminal.attach': call(
    z.strictObject({
      runId: RunId,
      target: TargetName,
      cols: z.int().min(2).max(1000),
      rows: z.int().min(1).max(500),
    }),
  ),
  'terminal.detach': call(z.strictObject({ stream: z.int().min(1) })),
  /** `by`: a person typed it, or the terminal itself answered a question of the host. */
  'terminal.write': call(
    z.strictObject({
      stream: z.int().min(1),
      data: z.string().max(65_536),
      by: z.enum(['person', 'terminal']).optional(),
    }),
  ),
  'terminal.resize': call(
    z.strictObject({ stream: z.int().min(1), cols: z.int().min(2).max(1000), rows: z.int().min(1).max(500) }),
  ),
  'terminal.ack': call(z.strictObject({ stream: z.int().min(1), bytes: z.int().min(1) })),

  'evidence.get': call(z.strictObject({ runId: RunId })),
  /** The bundle's bytes in base64, for the page to offer as a download (browser shell). */
  'evidence.download': call(z.strictObject({ runId: RunId })),
  /** Writes the bundle to a folder the person chose (desktop shell) and returns the path. */
  'evidence.export': call(z.strictObject({ runId: RunId, directory: z.string().min(1).max(4096) })),
  /** Signs the sealed run with the operator's key. */
  'evidence.sign': call(z.strictObject({ runId: RunId, passphrase: z.string().max(1024).optional() })),
  'evidence.trust-file': call(none),

  'rehearsal.faults': call(none),
  'rehearsal.set-fault': call(z.strictObject({ id: z.string().max(64), on: z.boolean() })),
} as const satisfies Record<string, CallShape>;

export interface CallResults {
  'desk.info': DeskInfo;
  'desk.settings': Settings;
  'desk.update-settings': Settings;
  'connect.route': Route;
  'connect.capabilities': ConnectCapabilities;
  'library.list': LibraryList;
  'library.get': LibraryEntry;
  'start.draft': StartDraft;
  'start.check': StartCheck;
  'start.run': { readonly runId: RunId };
  'run.list': readonly RunSummary[];
  'run.open': RunSnapshot;
  'run.resume': RunSnapshot;
  'run.records': readonly JournalRecord[];
  'run.preview': CommandPreview;
  'run.intent': null;
  'prompt.list': readonly Prompt[];
  'prompt.answer': null;
  'terminal.attach': { readonly stream: number };
  'terminal.detach': null;
  'terminal.write': null;
  'terminal.resize': null;
  'terminal.ack': null;
  'evidence.get': EvidenceView;
  'evidence.download': { readonly name: string; readonly base64: string };
  'evidence.export': { readonly path: string };
  'evidence.sign': EvidenceView;
  'evidence.trust-file': { readonly text: string };
  'rehearsal.faults': readonly RehearsalFault[];
  'rehearsal.set-fault': readonly RehearsalFault[];
}

export type Method = keyof typeof calls;
export type Arg<M extends Method> = z.infer<(typeof calls)[M]['in']>;
export type Out<M extends Method> = CallResults[M];
export type Reply = Result<unknown>;

/** What the host must offer: each call, exactly once. */
export type Handlers = { readonly [M in Method]: (arg: Arg<M>) => Promise<Result<Out<M>>> };

/** News from the host. An event announces a change; it never drives control flow between modules. */
export type HostEvent =
  | { readonly type: 'run.records'; readonly runId: RunId; readonly records: readonly JournalRecord[] }
  | { readonly type: 'run.links'; readonly runId: RunId; readonly links: readonly LinkState[] }
  | {
      readonly type: 'run.progress';
      readonly runId: RunId;
      readonly recordingBytes: number;
      /** Age of the last output of the running command in ms, when one runs. */
      readonly silentMs?: number;
    }
  | { readonly type: 'run.storage'; readonly runId: RunId; readonly failure: Failure | null }
  | { readonly type: 'prompts'; readonly prompts: readonly Prompt[] }
  | { readonly type: 'library.changed' }
  | { readonly type: 'runs.changed' }
  | { readonly type: 'notice'; readonly failure: Failure };

export { Prose };
