/** run.json, the summary of a run for people and programs. Derived from plan and journal alone; it decides nothing. */
import { z } from 'zod';
import { Instant, RunbookId, RunId, Sha256, TargetName } from '../../contract/ids.ts';
import { Address, Change, Operator, type Plan, Policy } from '../../contract/plan.ts';
import { type JournalRecord, runResults } from '../../contract/records.ts';
import type { Runbook } from '../../contract/runbook.ts';
import { escapeText } from './jcs.ts';
import { KindBlock, kindBlockOf } from './kindBlock.ts';

/** Something the seal found when it compared the files with what the journal says of them. Said, never hidden. */
export const SealNote = z.strictObject({
  kind: z.enum([
    'tampered-at-rest',
    'missing',
    'uncited',
    'left-out',
    // A person let the run be sealed although a secret may stand in it, or although nobody could look.
    'secret-found',
    'secret-not-searched',
    // The app had forgotten secrets, and the search before the seal was made with what a person gave again.
    'secret-given-again',
  ]),
  file: z.string().max(400),
  message: z.string().max(1000),
});
export type SealNote = z.infer<typeof SealNote>;

export const ToolInfo = z.strictObject({
  name: z.string().max(40),
  version: z.string().max(40),
  build: z.string().max(80),
});
export type ToolInfo = z.infer<typeof ToolInfo>;

export const RunFile = z.strictObject({
  format: z.literal(1),
  runId: RunId,
  result: z.enum(runResults),
  reason: z.string().max(4000).exactOptional(),
  rehearsal: z.boolean(),
  startedAt: Instant,
  endedAt: Instant,
  operator: Operator,
  device: z.strictObject({ principal: z.string().max(200) }),
  runbook: z.strictObject({ id: RunbookId, version: z.string().max(32), sha256: Sha256 }),
  targets: z.record(TargetName, Address),
  groups: z.record(TargetName, z.array(TargetName)).exactOptional(),
  change: Change,
  planSha256: Sha256,
  journal: z.strictObject({ head: Sha256, records: z.int().min(1) }),
  files: z.array(z.strictObject({ path: z.string().max(200), bytes: z.int().min(0) })),
  policy: Policy,
  tool: ToolInfo,
  notes: z.array(SealNote),
  /** Only where the runbook states facts. */
  block: KindBlock.exactOptional(),
});
export type RunFile = z.infer<typeof RunFile>;

export interface RunFileInput {
  readonly plan: Plan;
  readonly planSha256: Sha256;
  readonly start: JournalRecord & { type: 'run.start' };
  readonly end: JournalRecord & { type: 'run.end' };
  readonly journal: RunFile['journal'];
  readonly files: RunFile['files'];
  readonly principal: string;
  readonly tool: ToolInfo;
  readonly notes: readonly SealNote[];
  /** plan/runbook.yaml as parsed, null when it cannot be read as a runbook; and all records of the journal. */
  readonly story?: { readonly runbook: Runbook | null; readonly records: readonly JournalRecord[] };
}

/** The summary, ready for canonicalize(). */
export function makeRunFile(input: RunFileInput): RunFile {
  const { plan, start, end } = input;
  return {
    format: 1,
    runId: start.d.runId,
    result: end.d.result,
    ...(end.d.reason === undefined ? {} : { reason: end.d.reason }),
    rehearsal: start.d.rehearsal,
    startedAt: start.t,
    endedAt: end.t,
    operator: plan.operator,
    device: { principal: input.principal },
    runbook: start.d.runbook,
    targets: plan.targets,
    ...(plan.groups === undefined ? {} : { groups: plan.groups }),
    change: plan.change,
    planSha256: input.planSha256,
    journal: input.journal,
    files: [...input.files],
    policy: plan.policy,
    tool: input.tool,
    notes: input.notes.map((note) => ({
      kind: note.kind,
      file: bounded(note.file, 400),
      message: bounded(note.message, 1000),
    })),
    ...blockOf(input),
  };
}

/** Runbooks of earlier versions state no facts: their summaries stay as they were. */
function blockOf({ plan, story }: RunFileInput): Pick<RunFile, 'block'> {
  const runbook = story?.runbook ?? null;
  if (story === undefined || runbook?.facts === undefined) return {};
  const block = kindBlockOf(runbook, plan, story.records);
  return block === null ? {} : { block };
}

/** Escaped and cut. The cut may split a surrogate pair: what is left of it is escaped in turn. */
function bounded(text: string, max: number): string {
  return escapeText(escapeText(text).slice(0, max - 16));
}
