/**
 * The one list of what a shell may ask of the host: calls, events and terminal streams. The host validates each
 * argument with the schema here; the renderer imports types only, so that no schema code reaches the page.
 */
import { z } from 'zod';
import { RunId, RunbookId, Sha256, StepId, TargetName, VarName } from './ids.ts';
import { Intent } from './intents.ts';
import {
  type Enrolment,
  type GivenSignature,
  type KeyOnDesk,
  KeySource,
  type LedgerView,
  type PreparedPlan,
  type SignRequest,
  SignatureWanted,
  SigningRole,
  type TrustView,
} from './people.ts';
import type { InstalledPackage, PackageDigests, PackageFile, PackageView } from './packages.ts';
import { PackageName, PackageRequest, PackageSource } from './packages.ts';
import { type Plan, Prose } from './plan.ts';
import { type Prompt, PromptAnswer } from './prompts.ts';
import type { JournalRecord } from './records.ts';
import type { ReferencePage } from './reference.ts';
import type { Failure, Result } from './result.ts';
import type { Diagnostic } from './runbook.ts';
import type { ConnectCapabilities, Route } from './routes.ts';
import { Settings } from './settings.ts';
import { StartRequest } from './start.ts';
import {
  type BundleView,
  type CommandPreview,
  type MessagePreview,
  type OpenedDocument,
  type DeskInfo,
  type EvidenceView,
  type LibraryEntry,
  type LibraryList,
  type LinkState,
  type RollbackPlan,
  type RehearsalFault,
  type RunbookHealth,
  type RunbookText,
  type RunSnapshot,
  type RunSummary,
  type SealBlock,
  type StartCheck,
  type StartDraft,
  reportFormats,
} from './views.ts';

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
  /**
   * A runbook as it would be started: for real runs, or for rehearsals. With `origin` also the runbook that takes that
   * run back (`run.rollback-plan`).
   */
  'library.get': call(
    z.strictObject({ id: RunbookId, rehearsal: z.boolean().optional(), origin: RunId.optional() }),
  ),
  /** What the linter finds in a runbook as it would be run. */
  'library.lint': call(z.strictObject({ id: RunbookId, rehearsal: z.boolean().optional() })),
  /** How much it finds in each runbook of the library, as it would be run in real runs. */
  'library.health': call(none),
  /** Text of a runbook: as it would be run, and as its own file has it. */
  'library.text': call(z.strictObject({ id: RunbookId, rehearsal: z.boolean().optional() })),
  /** Shows a document as a runbook that can only be read. Nothing is kept of it. */
  'library.document': call(
    z.strictObject({ name: z.string().min(1).max(255), text: z.string().max(400_000) }),
  ),
  'library.reference': call(none),

  'start.draft': call(
    z.strictObject({ runbook: RunbookId, rehearsal: z.boolean(), origin: RunId.optional() }),
  ),
  'start.check': call(StartRequest),
  'start.run': call(StartRequest),

  /** Writes the plan down so that people can approve it; the run starts later with `plan.start`. */
  'plan.prepare': call(StartRequest),
  'plan.list': call(none),
  'plan.get': call(z.strictObject({ runId: RunId })),
  'plan.discard': call(z.strictObject({ runId: RunId })),
  'plan.start': call(
    z.strictObject({
      runId: RunId,
      secrets: z.record(VarName, z.string().min(1).max(4096)).optional(),
    }),
  ),

  'people.trust': call(none),
  /** Replaces parts of the desk's trust. Refused as a whole when a line cannot be read. */
  'people.set-trust': call(
    z.strictObject({
      allowedSigners: z.string().max(1_000_000).optional(),
      revoked: z.string().max(1_000_000).optional(),
      tsaCa: z.string().max(1_000_000).optional(),
    }),
  ),
  'people.keys': call(none),
  'people.enrol': call(
    z.strictObject({
      principal: z.string().min(3).max(200),
      roles: z.array(SigningRole).min(1).max(10),
      key: KeySource,
      passphrase: z.string().max(1024).optional(),
    }),
  ),

  /** The statement that waits for a signature, to be signed here or carried elsewhere. */
  'request.get': call(z.strictObject({ wanted: SignatureWanted })),
  /** Signs it on this desk. `sha256` is that of the statement that was on the screen. */
  'request.sign': call(
    z.strictObject({
      wanted: SignatureWanted,
      sha256: Sha256,
      key: KeySource,
      passphrase: z.string().max(1024).optional(),
    }),
  ),
  /** Takes a signature that was made elsewhere. */
  'request.import': call(
    z.strictObject({ wanted: SignatureWanted, sha256: Sha256, armor: z.string().min(1).max(20_000) }),
  ),

  'ledger.view': call(none),
  /** The ledger and its signatures as a zip, for an auditor to take samples from. */
  'ledger.export': call(none),

  'run.list': call(none),
  'run.open': call(z.strictObject({ runId: RunId })),
  /** Takes an interrupted run up again: its records are replayed, a step in flight becomes unknown. */
  'run.resume': call(z.strictObject({ runId: RunId })),
  /** Closes a run that nobody will take up again, as crashed, and seals what is there. */
  'run.abandon': call(z.strictObject({ runId: RunId, reason: Prose.min(3) })),
  'run.secret': call(z.strictObject({ runId: RunId, name: VarName, value: z.string().min(1).max(4096) })),
  'run.records': call(z.strictObject({ runId: RunId, from: z.int().min(0) })),
  'run.preview': call(
    z.strictObject({
      runId: RunId,
      step: StepId,
      of: z.enum(['run', 'dry-run', 'custodian', 'probe']).optional(),
    }),
  ),
  /** The message of a notify step, filled in. */
  'run.message': call(z.strictObject({ runId: RunId, step: StepId })),
  /** A small file that the run keeps and its journal vouches for: a message, a fetched file, a difference. */
  'run.file': call(z.strictObject({ runId: RunId, path: z.string().max(200) })),
  /** What would be taken back of a run, last first, and what has no way back. */
  'run.rollback-plan': call(z.strictObject({ runId: RunId })),
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
  /** Why an ended run is not sealed; null when nothing keeps it. */
  'evidence.block': call(z.strictObject({ runId: RunId })),
  /** Tries to seal again; `override` lets it pass although a secret may be in the files, by name and reason. */
  'evidence.seal': call(
    z.strictObject({
      runId: RunId,
      secrets: z.record(VarName, z.string().min(1).max(4096)).optional(),
      override: Prose.min(3).optional(),
    }),
  ),
  /** Gets a timestamp over operator.sig from the site's authority. */
  'evidence.timestamp': call(z.strictObject({ runId: RunId })),
  /** The request of it as bytes, and the reply brought back, where the desk has no network. */
  'evidence.timestamp-request': call(z.strictObject({ runId: RunId })),
  'evidence.timestamp-reply': call(z.strictObject({ runId: RunId, base64: z.string().max(400_000) })),
  /** The report of a run of this desk, or of an open bundle. */
  'evidence.report': call(
    z.strictObject({
      of: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('run'), runId: RunId }),
        z.strictObject({ kind: z.literal('bundle'), id: z.string().max(64) }),
      ]),
      format: z.enum(reportFormats),
    }),
  ),

  /** A bundle comes in pieces, so that its size does not matter; `bundle.open` verifies it. */
  'bundle.begin': call(z.strictObject({ name: z.string().max(255), bytes: z.int().min(1) })),
  'bundle.chunk': call(z.strictObject({ id: z.string().max(64), base64: z.string().max(1_500_000) })),
  'bundle.open': call(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('upload'), id: z.string().max(64) }),
      z.strictObject({ kind: z.literal('path'), path: z.string().min(1).max(4096) }),
      z.strictObject({ kind: z.literal('run'), runId: RunId }),
    ]),
  ),
  /** Bytes of a file of an open bundle: at most 1 MiB at a time. */
  'bundle.read': call(
    z.strictObject({
      id: z.string().max(64),
      path: z.string().max(200),
      offset: z.int().min(0),
      length: z.int().min(1).max(1_048_576),
    }),
  ),
  'bundle.close': call(z.strictObject({ id: z.string().max(64) })),

  /** Packages of runbooks that are imported here. */
  'package.list': call(none),
  /** Makes a package out of the library. It is unsigned, and open until it is closed. */
  'package.make': call(PackageRequest),
  /** Opens a package file and says what it holds, who signed it and what it would change here. Changes nothing. */
  'package.open': call(z.strictObject({ from: PackageSource })),
  /** What is signed of an open package, to be signed elsewhere. */
  'package.digests': call(z.strictObject({ id: z.string().max(64) })),
  /** Signs it on this desk. `sha256` is that of the package that was on the screen, here and below. */
  'package.sign': call(
    z.strictObject({
      id: z.string().max(64),
      sha256: Sha256,
      key: KeySource,
      passphrase: z.string().max(1024).optional(),
    }),
  ),
  /** Takes a signature that was made elsewhere. */
  'package.take-signature': call(
    z.strictObject({ id: z.string().max(64), sha256: Sha256, armor: z.string().min(1).max(20_000) }),
  ),
  /** The bytes of an open package, to be saved. */
  'package.file': call(z.strictObject({ id: z.string().max(64) })),
  'package.import': call(z.strictObject({ id: z.string().max(64), sha256: Sha256 })),
  'package.close': call(z.strictObject({ id: z.string().max(64) })),
  /** Goes back to the version before. */
  'package.revert': call(z.strictObject({ name: PackageName })),
  'package.remove': call(z.strictObject({ name: PackageName })),

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
  'library.lint': readonly Diagnostic[];
  'library.health': readonly RunbookHealth[];
  'library.text': RunbookText;
  'library.document': OpenedDocument;
  'library.reference': readonly ReferencePage[];
  'start.draft': StartDraft;
  'start.check': StartCheck;
  'start.run': { readonly runId: RunId };
  'plan.prepare': PreparedPlan;
  'plan.list': readonly PreparedPlan[];
  'plan.get': { readonly prepared: PreparedPlan; readonly plan: Plan };
  'plan.discard': null;
  'plan.start': { readonly runId: RunId };
  'people.trust': TrustView;
  'people.set-trust': TrustView;
  'people.keys': readonly KeyOnDesk[];
  'people.enrol': Enrolment;
  'request.get': SignRequest;
  'request.sign': GivenSignature;
  'request.import': GivenSignature;
  'ledger.view': LedgerView;
  'ledger.export': { readonly name: string; readonly base64: string };
  'run.list': readonly RunSummary[];
  'run.open': RunSnapshot;
  'run.resume': RunSnapshot;
  'run.abandon': null;
  'run.secret': null;
  'run.records': readonly JournalRecord[];
  'run.preview': CommandPreview;
  'run.message': MessagePreview;
  'run.file': { readonly base64: string };
  'run.rollback-plan': RollbackPlan;
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
  'evidence.block': SealBlock | null;
  'evidence.seal': SealBlock | null;
  'evidence.timestamp': EvidenceView;
  'evidence.timestamp-request': { readonly name: string; readonly base64: string };
  'evidence.timestamp-reply': EvidenceView;
  'evidence.report': { readonly name: string; readonly mime: string; readonly base64: string };
  'bundle.begin': { readonly id: string };
  'bundle.chunk': { readonly received: number };
  'bundle.open': BundleView;
  'bundle.read': { readonly base64: string; readonly end: boolean };
  'bundle.close': null;
  'package.list': readonly InstalledPackage[];
  'package.make': PackageView;
  'package.open': PackageView;
  'package.digests': PackageDigests;
  'package.sign': PackageView;
  'package.take-signature': PackageView;
  'package.file': PackageFile;
  'package.import': readonly InstalledPackage[];
  'package.close': null;
  'package.revert': readonly InstalledPackage[];
  'package.remove': readonly InstalledPackage[];
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
  /** Plans that wait, trust, or the ledger have changed. */
  | { readonly type: 'people.changed' }
  | { readonly type: 'runs.changed' }
  | { readonly type: 'notice'; readonly failure: Failure };

export { Prose };
