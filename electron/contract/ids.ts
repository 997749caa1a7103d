/** Names of things that cross a boundary. Each is branded, so that a step id is never passed for a run id. */
import { z } from 'zod';

const slug = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Id of a runbook: lower-case words joined by hyphens, at most 64 characters; also its file name. */
export const RunbookId = z.string().max(64).regex(slug).brand<'RunbookId'>();
export type RunbookId = z.infer<typeof RunbookId>;

/** Id of a step, unique in its runbook. Never translated. */
export const StepId = z.string().max(64).regex(slug).brand<'StepId'>();
export type StepId = z.infer<typeof StepId>;

/** Id of a phase, unique in its runbook. */
export const PhaseId = z.string().max(64).regex(slug).brand<'PhaseId'>();
export type PhaseId = z.infer<typeof PhaseId>;

/** Name a runbook gives to a host it works on, such as `ops`. Not a host name. */
export const TargetName = z
  .string()
  .max(32)
  .regex(/^[a-z][a-z0-9-]*$/)
  .brand<'TargetName'>();
export type TargetName = z.infer<typeof TargetName>;

/** Name of a parameter, capture or variant: what `${name}` may refer to. */
export const VarName = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9_]*$/)
  .brand<'VarName'>();
export type VarName = z.infer<typeof VarName>;

/** Id of a run: UTC start time and 6 random hex digits, `20261121T020311Z-4f2a9c`. Sorts by start time. */
export const RunId = z
  .string()
  .regex(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/)
  .brand<'RunId'>();
export type RunId = z.infer<typeof RunId>;

/** SHA-256 digest, 64 lower-case hex digits. */
export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<'Sha256'>();
export type Sha256 = z.infer<typeof Sha256>;

/** RFC 3339 UTC instant with milliseconds and `Z`. */
export const Instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
  .brand<'Instant'>();
export type Instant = z.infer<typeof Instant>;
