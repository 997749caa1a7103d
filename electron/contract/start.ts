/** What a start form asks for. */
import { z } from 'zod';
import { Instant, RunId, RunbookId, Sha256, TargetName, VarName } from './ids.ts';
import { Address, Change } from './plan.ts';

export const StartRequest = z.strictObject({
  runbook: RunbookId,
  sha256: Sha256,
  rehearsal: z.boolean(),
  parameters: z.record(VarName, z.string().max(4096)),
  variants: z.record(VarName, z.string().max(64)),
  targets: z.record(TargetName, Address),
  groups: z.record(TargetName, z.array(TargetName).min(1).max(500)).optional(),
  change: Change,
  window: z.strictObject({ from: Instant, to: Instant }).optional(),
  /** Values of secret parameters. Held in memory while the run is open; written nowhere. */
  secrets: z.record(VarName, z.string().min(1).max(4096)).optional(),
  /** The run this one rolls back. */
  origin: RunId.optional(),
});
export type StartRequest = z.infer<typeof StartRequest>;
